"""A function evaluated on variables, and its pullback: one reverse sweep through what was recorded."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..engine.backward import sweep
from ..engine.modes import Block, differentiated, recorded, recording
from ..engine.node import numbers
from ..errors import DifferentiabilityError, GradientError
from ..parameter import Parameter
from ..tensor import ComplexTensor, Tensor, output_of
from ..tensor.ownership import owned
from . import trees
from .arguments import check_argnums, check_function, numeric_leaves
from .paths import Paths, find_paths, gradient_key
from .primitives import alias
from .replay import raw_rule, replay_rule


@dataclass(slots=True)
class Trace:
    """A function that was evaluated once, and recorded.

    Attributes
    ----------
    primals : list
        The arguments to differentiate by, each a tree.
    inputs : list
        The leaves of the primals.
    variables : list of Tensor
        What `f` was given instead of these.
    output : Any
        The tree that `f` returned.
    outputs : list
        The leaves of the output.
    paths : Paths
        The recorded calls between output and variables.
    as_tensors : bool
        Whether results are tensors: there were tensors among the primals, or another transform is at work.
    in_outer_graph : bool
        Whether they also belong to a graph around this one: the primals, or what `f` closes over, require
        a gradient.
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
        """The output, detached if it has no outer graph; copied, since an operation may have saved it."""
        return trees.map_leaves(self.output, lambda leaf: self._detach_leaf(leaf, copied=True))

    def detach_aux(self, tree: Any) -> Any:
        """Return what `f` returned beside its value, detached if it has no outer graph."""
        return trees.map_leaves(tree, lambda leaf: self._detach_leaf(leaf, copied=False))

    def pullback(self, cotangents: Sequence[Any], *, retain: bool = True) -> list[Any]:
        """Return, for each variable, the cotangents times the Jacobian: one sweep.

        cotangents: one for each leaf of the output, or None for zeros.
        """
        given = [c for c in cotangents if isinstance(c, Tensor)]
        tracks = recording.get() and (self.in_outer_graph or any(c.tracked for c in given))
        roots = self._roots(cotangents, tracks)
        if tracks:
            grads = self._sweep_on_tensors(roots, constant=not self.in_outer_graph)
        else:
            grads = sweep(roots, retain=retain, until=self.paths.until, rule=raw_rule(self.paths))
        return self._results(grads, self.as_tensors or bool(given))

    def trace_pullback(self, cotangents: Sequence[Any]) -> Trace:
        """Return the trace of the pullback at these cotangents, as a function of the same variables.

        Its outputs come without values: nobody asks for them, and the second sweep takes their memory.
        """
        with recorded():
            keys = frozenset(map(gradient_key, self.variables))
            grads = self._sweep_on_tensors(self._roots(cotangents, True), constant=False, unread=keys)
        outputs = list(map(_drop_values, self._results(grads, True)))
        # What is recorded from the variables alone leads to the variables alone.
        between = find_paths(outputs, self.variables, self.paths.until) if self.paths.outside else self.paths
        return Trace(
            self.primals,
            self.inputs,
            self.variables,
            outputs,
            outputs,
            between,
            self.as_tensors,
            self.in_outer_graph,
        )

    def _sweep_on_tensors(self, roots: list[tuple[Tensor, Any]], **how: Any) -> dict[Any, Any]:
        """Sweep on tensors, recorded, as `replay` is told."""
        rule = replay_rule(self.paths, **how)
        return sweep(roots, retain=True, until=self.paths.until, rule=rule)

    def _results(self, grads: dict[Any, Any], as_tensors: bool) -> list[Any]:
        pairs = zip(self.inputs, self.variables, strict=True)
        return [_finish_gradient(x, v, grads.pop(gradient_key(v), None), as_tensors) for x, v in pairs]

    def _roots(self, cotangents: Sequence[Any], tracks: bool) -> list[tuple[Tensor, Any]]:
        roots = []
        for out, c in zip(self.outputs, cotangents, strict=True):
            if c is not None and isinstance(out, Tensor) and out.tracked:
                if not isinstance(c, Tensor):
                    c = _cast_cotangent(c, out)
                roots.append((out, c.data if isinstance(c, Tensor) and not tracks else c))
        return roots

    def _detach_leaf(self, leaf: Any, *, copied: bool) -> Any:
        if self.in_outer_graph and isinstance(leaf, Tensor):
            return leaf
        data = leaf.data if isinstance(leaf, Tensor) else leaf
        if copied and isinstance(data, np.ndarray):
            data = data.copy()
        if not isinstance(leaf, Tensor):
            return data
        return Tensor(data) if self.as_tensors else data[()]


def _drop_values(x: Tensor) -> Tensor:
    """Return a tensor at the same point of the graph without the values."""
    node = x.node
    return x if node is None else output_of(node, np.empty(0, x.data.dtype), x.index if node.outputs else 0)


def refuse_complex(traced: Trace, what: str) -> None:
    """Raise `DifferentiabilityError` if the variables, or the values, are complex."""
    if any(isinstance(x, ComplexTensor) for x in (*traced.variables, *traced.outputs)):
        raise DifferentiabilityError(
            f"{what} is for real arguments and values: make the argument z of its real and imaginary part, "
            "x + 1j * y, and return those of the value, or use vjp or jvp"
        )


def trace(
    f: Callable[..., Any], args: Sequence[Any], argnums: Sequence[int], kwargs: dict[str, Any] | None = None
) -> Trace:
    """Evaluate `f` with variables for the arguments `argnums`.

    A parameter is its own variable: the sweep stops at it, so a module is given to `f` as it is.
    """
    check_function(f)
    check_argnums(argnums, len(args))
    primals = [args[i] for i in argnums]
    inputs, outer = trees.leaves(primals), differentiated.get()
    as_tensors = outer is not None or any(
        isinstance(x, Tensor) and not isinstance(x, Parameter) for x in inputs
    )
    outside_records = as_tensors and recording.get()
    leaves = [_make_leaf(x) for x in inputs]
    variables = [x if isinstance(x, Parameter) else alias(x) for x in leaves]
    new, others = list(args), dict(enumerate(args)) | (kwargs or {})
    for i, arg in zip(argnums, trees.replace_leaves(primals, variables, keep_modules=True), strict=True):
        new[i] = arg
        del others[i % len(args)]
    with recorded():
        _refuse_repeated_parameters(variables, others)
        until = next(numbers)
        with Block(differentiated, frozenset(leaves).union(outer or ())):
            output = f(*new, **(kwargs or {}))
    outputs = numeric_leaves(output)
    between = find_paths(outputs, variables, until)
    in_outer_graph = outside_records and (
        between.outside or any(isinstance(x, Tensor) and x.tracked for x in inputs)
    )
    return Trace(primals, inputs, variables, output, outputs, between, as_tensors, in_outer_graph)


def _refuse_repeated_parameters(variables: list[Tensor], others: dict[Any, Any]) -> None:
    """Raise if a parameter to differentiate by is given twice: once it would be meant as a constant."""
    parameters = [x for x in variables if isinstance(x, Parameter)]
    if not parameters:
        return
    constants = {x for x in trees.leaves(others) if isinstance(x, Parameter)}
    if len(set(parameters)) < len(parameters) or not constants.isdisjoint(parameters):
        raise GradientError(
            "a parameter to differentiate by is given twice, and has one gradient, of all that is computed "
            "with it; give a copy, copy.deepcopy(model), where it is meant as a constant"
        )


def _cast_cotangent(c: Any, out: Tensor) -> NDArray[Any]:
    """Return a cotangent, or a tangent, as an array of `out`'s dtype."""
    if type(c) is np.ndarray and c.dtype is out.data.dtype:
        return c
    if np.iscomplexobj(c) and out.dtype.kind != "c":
        raise GradientError(
            f"a complex value was given as the cotangent or tangent of a {out.dtype} one: take its real and "
            "imaginary part one after the other"
        )
    return np.asarray(c, dtype=out.dtype)


def _make_leaf(x: Any) -> Tensor:
    """Return a tensor with the value of `x` that requires a gradient; `x` itself, if it is one.

    Complex numbers may, where nobody steps along it.
    """
    if isinstance(x, Tensor) and x.tracked:
        return x
    leaf = Tensor(x.data if isinstance(x, Tensor) else x)
    if leaf.data.dtype.kind != "c":
        leaf.requires_grad = True
        return leaf
    leaf = ComplexTensor(leaf.data)
    leaf.tracked = True
    return leaf


def _finish_gradient(primal: Any, variable: Tensor, g: Any, as_tensors: bool) -> Any:
    if isinstance(g, Tensor):
        return g
    g = np.zeros_like(variable.data) if g is None else owned(g)
    if as_tensors:
        return Tensor(g)
    return g if isinstance(primal, (np.ndarray, Tensor)) else g[()]
