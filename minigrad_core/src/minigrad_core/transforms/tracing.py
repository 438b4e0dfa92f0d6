"""Evaluate a function at variables, and pull cotangents back with one sweep through the recorded graph."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..array import ARRAY_TYPES, to_array
from ..engine.backward import sweep
from ..engine.modes import Block, active_variables, enable_grad, recording
from ..engine.node import node_numbers
from ..errors import DifferentiabilityError, GradientError
from ..parameter import Parameter
from ..tensor import ComplexTensor, Tensor, freeze, make_output
from ..tensor.ownership import copy_if_shared
from . import trees
from .arguments import check_argnums, check_function, check_leaves
from .paths import Paths, find_paths, gradient_key
from .replay import make_raw_rule, make_replay_rule
from .variables import get_leaf, is_private, make_variable


@dataclass(slots=True)
class Trace:
    """One recorded evaluation of a function.

    Attributes
    ----------
    primals : list
        The arguments to differentiate with respect to, each a tree.
    inputs : list
        The leaves of the primals.
    variables : list of Tensor
        The tensors that `f` received instead of the inputs.
    output : Any
        The tree that `f` returned.
    outputs : list
        The leaves of the output.
    paths : Paths
        The recorded calls between output and variables.
    as_tensors : bool
        Whether results are tensors: a primal is a tensor, or another transform is active.
    in_outer_graph : bool
        Whether results also belong to a graph around this one: a primal, or a tensor that `f` closes over,
        requires a gradient.
    """

    primals: list[Any]
    inputs: list[Any]
    variables: list[Tensor]
    output: Any
    outputs: list[Any]
    paths: Paths
    as_tensors: bool
    in_outer_graph: bool

    @property
    def value(self) -> Any:
        """The output, detached unless in an outer graph; copied, since an operation may have saved it."""
        return trees.map_leaves(self.output, lambda leaf: self._detach_leaf(leaf, copy=True))

    def detach_aux(self, tree: Any) -> tuple[Any, bool]:
        """Return `tree`, which `f` returned besides its value, and whether the tree is in an outer graph.

        Tensors of an outer graph stay in that graph; other tensors are detached. The tensors of `tree` may
        depend on tensors outside of `f` even if the value of `f` does not. Detached tensors are copied, and
        so are arrays that share memory with an argument. Other objects are returned unchanged.
        """
        leaves: list[Any] = []
        trees.map_leaves(tree, leaves.append)
        if self.in_outer_graph or (
            recording.get() and find_paths(leaves, self.variables, self.paths.until).outside
        ):
            return tree, True
        detached = trees.map_leaves(
            tree, lambda leaf: self._detach_leaf(leaf, copy=self._may_share_memory(leaf))
        )
        return detached, False

    def pullback(self, cotangents: Sequence[Any], *, retain: bool = True) -> list[Any]:
        """Return, for each variable, the cotangents times the Jacobian, from one sweep.

        cotangents: one for each leaf of the output; None means zeros.
        """
        tensors = [c for c in cotangents if isinstance(c, Tensor)]
        tracked = recording.get() and (self.in_outer_graph or any(c.tracked for c in tensors))
        roots = self._make_roots(cotangents, tracked)
        if tracked:
            grads = self._sweep_on_tensors(roots, constant=not self.in_outer_graph)
        else:
            grads = sweep(roots, retain=retain, until=self.paths.until, rule=make_raw_rule(self.paths))
        return self._make_results(grads, self.as_tensors or bool(tensors))

    def trace_pullback(self, cotangents: Sequence[Any]) -> Trace:
        """Return the trace of the pullback at fixed `cotangents`, as a function of the same variables.

        The outputs of the trace have no values: no code reads them, and the second sweep needs the memory.
        """
        with enable_grad():
            keys = frozenset(map(gradient_key, self.variables))
            grads = self._sweep_on_tensors(self._make_roots(cotangents, True), constant=False, unread=keys)
        outputs = list(map(_drop_values, self._make_results(grads, True)))
        # If the function depends on the variables alone, so does its pullback.
        paths = find_paths(outputs, self.variables, self.paths.until) if self.paths.outside else self.paths
        modes = self.as_tensors, self.in_outer_graph
        return Trace(self.primals, self.inputs, self.variables, outputs, outputs, paths, *modes)

    def _sweep_on_tensors(self, roots: list[tuple[Tensor, Any]], **options: Any) -> dict[Any, Any]:
        """Return the gradients of a recorded sweep on tensors; options: those of `make_replay_rule`."""
        rule = make_replay_rule(self.paths, **options)
        return sweep(roots, retain=True, until=self.paths.until, rule=rule)

    def _make_results(self, grads: dict[Any, Any], as_tensors: bool) -> list[Any]:
        pairs = zip(self.inputs, self.variables, strict=True)
        return [_finish_gradient(x, v, grads.pop(gradient_key(v), None), as_tensors) for x, v in pairs]

    def _make_roots(self, cotangents: Sequence[Any], tracked: bool) -> list[tuple[Tensor, Any]]:
        roots = []
        for out, c in zip(self.outputs, cotangents, strict=True):
            if c is not None and isinstance(out, Tensor) and out.tracked:
                if not isinstance(c, Tensor):
                    c = _cast_cotangent(c, out)
                roots.append((out, c.data if isinstance(c, Tensor) and not tracked else c))
        return roots

    def _may_share_memory(self, leaf: Any) -> bool:
        """Return whether `leaf` is a tensor, or an array that may share memory with a variable."""
        if not isinstance(leaf, np.ndarray):
            return isinstance(leaf, Tensor)
        return any(np.may_share_memory(leaf, variable.data) for variable in self.variables)

    def _detach_leaf(self, leaf: Any, *, copy: bool) -> Any:
        if self.in_outer_graph and isinstance(leaf, Tensor):
            return leaf
        data = leaf.data if isinstance(leaf, Tensor) else leaf
        if copy and isinstance(data, np.ndarray):
            data = data.copy()
        if not isinstance(leaf, Tensor):
            return data
        return Tensor(data) if self.as_tensors else data[()]


def _drop_values(x: Tensor) -> Tensor:
    """Return a tensor with the same node, but without values."""
    node = x.node
    return x if node is None else make_output(node, np.empty(0, x.data.dtype), x.index if node.outputs else 0)


def refuse_complex(traced: Trace, what: str) -> None:
    """Raise `DifferentiabilityError` if the variables, or the values, are complex."""
    if ComplexTensor in map(type, (*traced.variables, *traced.outputs)):
        raise DifferentiabilityError(
            f"{what} is for real arguments and values: take the real and imaginary part as arguments, "
            "compute z = x + 1j * y, and return the real and imaginary part of the value, or use vjp or jvp"
        )


def trace(
    f: Callable[..., Any],
    args: Sequence[Any],
    argnums: Sequence[int],
    kwargs: dict[str, Any] | None = None,
    *,
    may_join_graph: bool = True,
) -> Trace:
    """Evaluate `f` with variables instead of the arguments `argnums`.

    A parameter is its own variable: the sweep stops there, and `f` receives a module itself, not a copy.
    may_join_graph: whether results stay in the graph of the tensors that `f` closes over.
    """
    check_function(f)
    check_argnums(argnums, len(args))
    primals = [args[i] for i in argnums]
    inputs, outer = trees.leaves(primals), active_variables.get()
    as_tensors = outer is not None or any(
        isinstance(x, Tensor) and not isinstance(x, Parameter) for x in inputs
    )
    variables = list(map(make_variable, inputs))
    new_args = list(args)
    for i, arg in zip(argnums, trees.replace_leaves(primals, variables, keep_modules=True), strict=True):
        new_args[i] = arg
    kwargs = kwargs or {}
    with enable_grad():
        _refuse_repeated_parameters(variables, args, argnums, kwargs)
        until = next(node_numbers)
        with Block(active_variables, frozenset([*map(get_leaf, variables), *(outer or ())])):
            output = f(*new_args, **kwargs)
    outputs = [freeze(x) if isinstance(x, Tensor) else x for x in check_leaves(output)]
    paths = find_paths(outputs, variables, until)
    reads_graph = paths.outside or (as_tensors and not all(map(is_private, variables)))
    in_outer_graph = reads_graph and may_join_graph and recording.get()
    as_tensors = as_tensors or in_outer_graph
    return Trace(primals, inputs, variables, output, outputs, paths, as_tensors, in_outer_graph)


def _refuse_repeated_parameters(
    variables: list[Tensor], args: Sequence[Any], argnums: Sequence[int], kwargs: dict[str, Any]
) -> None:
    """Raise if a parameter to differentiate with respect to is in two arguments, constants included."""
    parameters = [x for x in variables if isinstance(x, Parameter)]
    if not parameters:
        return
    positions = {i % len(args) for i in argnums}
    others = [arg for i, arg in enumerate(args) if i not in positions]
    constants = {x for x in trees.leaves([others, kwargs]) if isinstance(x, Parameter)}
    if len(set(parameters)) < len(parameters) or not constants.isdisjoint(parameters):
        raise GradientError(
            "a parameter to differentiate with respect to is passed twice, and would have one gradient for "
            "both arguments; if one of them is a constant, pass a copy there: copy.deepcopy(model)"
        )


def _cast_cotangent(c: Any, out: Tensor) -> NDArray[Any]:
    """Return the cotangent or tangent `c` as an array of the dtype of `out`."""
    if type(c) in ARRAY_TYPES and c.dtype is out.data.dtype:
        return c
    if np.iscomplexobj(c) and out.dtype.kind != "c":
        raise GradientError(
            f"a cotangent or tangent is complex, and its value is {out.dtype}: pass its real and its "
            "imaginary part in two calls"
        )
    return to_array(c, out.dtype)


def _finish_gradient(primal: Any, variable: Tensor, g: Any, as_tensors: bool) -> Any:
    """Return the gradient `g` of a variable in the type of its primal; None means zeros."""
    if isinstance(g, Tensor):
        return g
    g = np.zeros_like(variable.data) if g is None else copy_if_shared(g)
    if as_tensors:
        return Tensor(g)
    return g if isinstance(primal, (np.ndarray, Tensor)) else g[()]
