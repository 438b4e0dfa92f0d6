"""A function evaluated on fresh variables, ready to be swept."""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from ..engine.backward import sweep
from ..engine.modes import Recording, recording
from ..errors import DifferentiabilityError, GradientError
from ..parameter import Parameter
from ..tensor import ComplexTensor, Tensor, apply
from ..tensor.objects import Lists, joined
from ..tensor.ownership import owned
from . import trees
from .arguments import check_argnums, check_function
from .internal import Evaluation, alias
from .paths import Paths, paths
from .references import held_by, reachable
from .replay import raw, replay
from .returned import in_numbers
from .substitution import refuse_bypassed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray

    from .substitution import Substitution

# Whether a transform is being evaluated around this call. Inside another one, results stay in the graph.
_inside: ContextVar[bool] = ContextVar("minigrad_inside_a_transform", default=False)


class Nested:
    """Remembers whether a transform was at work, for code that is run again when it no longer is."""

    def __init__(self) -> None:
        self.inside = _inside.get()

    @contextmanager
    def again(self) -> Iterator[None]:
        """Return a context in which it is as it was then."""
        token = _inside.set(self.inside)
        try:
            with Lists(allowed=self.inside):
                yield
        finally:
            _inside.reset(token)


@dataclass(frozen=True)
class Trace:
    """What came of one evaluation.

    Attributes
    ----------
    primals : list
        The arguments to differentiate by, each a tree.
    points : list
        The leaves of the primals.
    variables : list of Tensor
        What `f` was given in the place of these.
    output : Any
        The tree that `f` returned.
    ends : list
        The leaves of the output.
    paths : Paths
        What lies between output and variables.
    wraps : bool
        Whether results are tensors: there were tensors among the primals, or another transform is at work.
    linked : bool
        Whether they also belong to a graph around this one: the primals, or what `f` closes over, require
        a gradient.
    """

    primals: list[Any]
    points: list[Any]
    variables: list[Tensor]
    output: Any
    ends: list[Any]
    paths: Paths
    wraps: bool
    linked: bool

    @property
    def value(self) -> Any:
        """The output, in tensors or in plain arrays."""
        return self.shown(self.output)

    def shown(self, tree: Any) -> Any:
        """Return a tree that `f` returned as the caller may see it: cut off if nothing is linked."""
        return tree if self.linked else trees.mapped(tree, self._shown)

    def pullback(self, cotangents: Sequence[Any], *, retain: bool = True) -> list[Any]:
        """Return, for each variable, the cotangents times the Jacobian: one sweep.

        cotangents: one for each leaf of the output, or None in the place of zeros.
        """
        cotangents = [joined(c) for c in cotangents]
        given = [c for c in cotangents if isinstance(c, Tensor)]
        tracks = recording.get() and (self.linked or any(c.tracked for c in given))
        roots = self._roots(cotangents, tracks)
        if tracks:
            grads = self._replayed(roots, constant=not self.linked)
        else:
            grads = sweep(roots, retain=retain, until=self.paths.until, rule=raw(self.paths))
        return self._results(grads, self.wraps or bool(given))

    def derived(self, cotangents: Sequence[Any]) -> Trace:
        """Return the trace of the pullback at these cotangents, as a function of the same variables."""
        with Recording(True):
            grads = self._replayed(self._roots(cotangents, True), constant=False)
        results = self._results(grads, True)
        # What is recorded from the variables alone leads to the variables alone.
        between = paths(results, self.variables) if self.paths.outside else self.paths
        return replace(self, output=results, ends=results, paths=between)

    def _replayed(self, roots: list[tuple[Tensor, Any]], *, constant: bool) -> dict[Any, Any]:
        """Sweep on tensors, of which the code of operations makes no arrays of objects."""
        with Lists(allowed=False):
            rule = replay(self.paths, constant=constant)
            return sweep(roots, retain=True, until=self.paths.until, rule=rule)

    def _results(self, grads: dict[Any, Any], wraps: bool) -> list[Any]:
        pairs = zip(self.points, self.variables, strict=True)
        return [_result(x, v, grads.pop(v.node, None), wraps) for x, v in pairs]

    def _roots(self, cotangents: Sequence[Any], tracks: bool) -> list[tuple[Tensor, Any]]:
        roots = []
        for out, c in zip(self.ends, cotangents, strict=True):
            if c is not None and isinstance(out, Tensor) and out.tracked:
                if not isinstance(c, Tensor):
                    c = _in_type_of(c, out)
                roots.append((out, c.data if isinstance(c, Tensor) and not tracks else c))
        return roots

    def _shown(self, leaf: Any) -> Any:
        if not isinstance(leaf, Tensor):
            return leaf
        return Tensor(leaf.data) if self.wraps else leaf.data[()]


def refuse_complex(traced: Trace, what: str) -> None:
    """Raise `DifferentiabilityError` if the variables, or the values, are complex."""
    if any(isinstance(x, ComplexTensor) for x in (*traced.variables, *traced.ends)):
        raise DifferentiabilityError(
            f"{what} is for real arguments and values: make the argument z of its real and imaginary part, "
            "x + 1j * y, and return those of the value, or use vjp or jvp"
        )


def trace(
    f: Callable[..., Any], args: Sequence[Any], argnums: Sequence[int], kwargs: dict[str, Any] | None = None
) -> Trace:
    """Evaluate `f` with fresh variables in the place of the arguments `argnums`."""
    check_function(f)
    check_argnums(argnums, len(args))
    primals = [args[i] for i in argnums]
    points, nested = trees.leaves(primals), _inside.get()
    if nested:  # where NumPy may have made one of objects
        points = [joined(x) for x in points]
    records = recording.get()
    wraps = nested or any(isinstance(x, Tensor) and not isinstance(x, Parameter) for x in points)
    evaluation, token = Evaluation(), _inside.set(True)
    try:
        with Recording(True):
            variables = [_variable(x, evaluation) for x in points]
            new, (given, swaps) = list(args), trees.filled(primals, variables)
            for i, arg in zip(argnums, given, strict=True):
                new[i] = arg
            with Lists():
                output, ends = in_numbers(f(*new, **(kwargs or {})))
    finally:
        evaluation.open = False
        _inside.reset(token)
    between = paths(ends, variables)
    refuse_bypassed(points, variables, between.border, swaps)
    _hand_back(swaps)
    linked = (
        wraps and records and (between.outside or any(isinstance(x, Tensor) and x.tracked for x in points))
    )
    return Trace(primals, points, variables, output, ends, between, wraps, linked)


def _hand_back(swaps: list[Substitution]) -> None:
    """Assign to attributes of modules what was assigned to those of their copies.

    Outside of transforms tensors are cut off: what these were computed from is known to nobody.
    """
    for swap in swaps:
        for module, name, assigned in swap.assigned():
            value = trees.without_objects(assigned)
            linked = not _inside.get() and any(map(_is_linked, reachable([value], held_by)))
            vars(module)[name] = trees.mapped(value, _cut_off) if linked else value


def _is_linked(x: Any) -> bool:
    return isinstance(x, Tensor) and x.node is not None


def _cut_off(x: Any) -> Any:
    return x.detach() if _is_linked(x) else x


def _in_type_of(c: Any, out: Tensor) -> NDArray[Any]:
    """Return a cotangent, or a tangent, as an array of `out`'s dtype."""
    if np.iscomplexobj(c) and out.dtype.kind != "c":
        raise GradientError(
            f"a complex value was given as the cotangent or tangent of a {out.dtype} one: take its real and "
            "imaginary part one after the other"
        )
    return np.asarray(c, dtype=out.dtype)


def _variable(x: Any, evaluation: Evaluation) -> Tensor:
    """Return a new tensor with the value of `x`, behind a node of its own, so that a sweep can stop there."""
    leaf = x if isinstance(x, Tensor) and x.tracked else _leaf(x)
    variable: Tensor = apply(alias, leaf)
    variable.node.save(evaluation)  # type: ignore[union-attr]  # it has one: `leaf` is tracked
    return _as_parameter(variable, x.name) if isinstance(x, Parameter) else variable


def _leaf(x: Any) -> Tensor:
    """Return a tensor that requires a gradient; complex numbers may, where nobody steps along it."""
    if not np.iscomplexobj(x):
        return Tensor(x, requires_grad=True)
    leaf = ComplexTensor(x)
    leaf.tracked = True
    return leaf


def _as_parameter(variable: Tensor, name: str) -> Parameter:
    """Return the variable as a parameter, which the module that it goes into lists as its own."""
    parameter = Parameter(variable.data, name)
    parameter.node = variable.node
    return parameter


def _result(primal: Any, variable: Tensor, g: Any, wraps: bool) -> Any:
    if isinstance(g, Tensor):
        return g
    g = np.zeros_like(variable.data) if g is None else owned(g)
    if wraps:
        return Tensor(g)
    return g if isinstance(primal, (np.ndarray, Tensor)) else g[()]
