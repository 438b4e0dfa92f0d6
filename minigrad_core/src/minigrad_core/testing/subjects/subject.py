"""What a law sees: a function that is called on arrays, and gives outputs and a pullback."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from ..guarded import guarded

if TYPE_CHECKING:
    from ...contracts.cases import Case
    from ..finding import Law
    from ..oracle.compare import Evidence
    from ..samples.sample import Sample
    from .signature import Signature


@dataclass(frozen=True)
class Declared:
    """What the author says of a subject, and the laws hold it to."""

    broadcasts: bool = False  # it follows NumPy's broadcasting, value by value
    differentiable: bool = True  # if not, it is flat wherever it is smooth, and has no pullback
    once_differentiable: bool | str = False  # it refuses second derivatives
    surrogate: str = ""  # why its gradient is no derivative, as that of a straight-through estimator
    returns_view: bool = False  # its outputs may share memory with its inputs
    takes_complex: bool = False
    conventions: frozenset[str] = frozenset()  # codes of findings that its framework means to be so
    given: Callable[..., Any] | None = None  # the author's reference: slow, obvious, of the same arguments
    functions: tuple[Callable[..., Any], ...] = ()  # known functions that it answers for

    @property
    def references(self) -> tuple[Callable[..., Any], ...]:
        """What it is held against."""
        return self.functions if self.given is None else (self.given, *self.functions)


@dataclass(eq=False)
class Run:
    """One forward pass and what it left behind."""

    raw: Any  # what was returned, as it was returned
    pullback: Callable[[Sequence[Any]], Any]  # cotangents -> gradients, as the subject returns them
    saved: Callable[[], Sequence[Any]] = tuple  # returns what is kept for the pullback


@dataclass(frozen=True)
class Second:
    """The gradients of sum(weights * J^T cotangents)."""

    weights: list[Any]  # one for each float input
    received: list[Any]  # J^T cotangents, as they were when differentiated
    by_inputs: list[Any]  # the gradients by the float inputs
    by_cotangents: list[Any]  # by the float cotangents: J weights, the forward-mode product
    outputs: Sequence[Any] = ()  # where forward may run otherwise then


@runtime_checkable
class Subject(Protocol):
    """A differentiable function, of whatever framework."""

    name: str
    signature: Signature
    declared: Declared
    cases: tuple[Case, ...]  # which arguments make sense; none if the author says nothing
    docstring: str | None  # shapes in it, as in `x: (n, k)`, serve as a case where there are no others
    file: str  # where its code stands; empty for what has no Python code of its own
    framework: str  # what it is written in: NumPy, PyTorch
    keeping: str  # how its framework keeps what the backward pass needs: `ctx.save`
    laws: tuple[Law, ...]  # what its framework asks beside the eight laws, once of the whole study

    def forward(self, inputs: Sequence[Any], settings: Mapping[str, Any], needs: Sequence[bool]) -> Run:
        """Return a forward pass; `needs` tells of which inputs the gradient will be asked for."""
        ...

    def completed(self, sample: Sample, received: tuple[Any, ...]) -> tuple[Any, ...]:
        """Return one gradient per input where the framework lets some be left out."""
        ...

    def second(self, sample: Sample, cotangents: Sequence[Any], weights: list[Any]) -> Second:
        """Return the gradients of a weighted sum of gradients; raise what the framework raises."""
        ...

    def script(self, sample: Sample, evidence: Evidence) -> str:
        """Return a stand-alone script that shows a wrong gradient; it imports the framework alone."""
        ...

    def held(self, *, copied: bool = False) -> dict[str, Any]:
        """Return what it holds, by name, or copies of that: none of it may change."""
        ...


def as_function(
    subject: Subject, sample: Sample, indices: Sequence[int]
) -> Callable[[list[Any]], NDArray[Any]]:
    """Return the float outputs as a function of the inputs at `indices`, the others held."""

    def f(xs: list[Any]) -> NDArray[Any]:
        inputs = list(sample.inputs)
        for i, x in zip(indices, xs, strict=True):
            inputs[i] = x
        out = guarded("forward", lambda: subject.forward(inputs, sample.settings, sample.needs).raw)
        return flat(out if isinstance(out, tuple) else (np.asarray(out),))

    return f


def flat(arrays: Sequence[Any]) -> NDArray[Any]:
    """Return the float ones of some arrays, one per output, as one vector."""
    floats = [np.ravel(y) for y in arrays if y.dtype.kind in "fc"]
    return floats[0] if len(floats) == 1 else np.concatenate(floats or [np.empty(0)])
