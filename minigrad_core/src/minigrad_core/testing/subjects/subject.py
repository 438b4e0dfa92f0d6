"""What a law sees: a function that is called on arrays, and gives outputs and a pullback."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

    from ...contracts.cases import Case
    from ..finding import Law
    from ..oracle.compare import Evidence
    from ..samples.sample import Sample
    from .signature import Signature


@dataclass(frozen=True)
class Declared:
    """What the author says of a subject, and the laws hold it to.

    Attributes
    ----------
    broadcasts : bool
        It follows NumPy's broadcasting, value by value.
    differentiable : bool
        False: its output is flat wherever it is smooth, and there is no pullback.
    once_differentiable : bool or str
        It refuses second derivatives.
    surrogate : str
        Why its gradient is no derivative, as that of a straight-through estimator; empty if it is one.
    returns_view : bool
        Its outputs may share memory with its inputs.
    takes_complex : bool
        Its inputs may be complex.
    conventions : frozenset of str
        Codes of findings that its framework documents as its convention, such as outputs that are views.
    given : callable or None
        The author's own reference: a slow and obvious function of the same arguments.
    functions : tuple of callables
        Known functions that it answers for; those that take the same arguments give the same outputs.
    """

    broadcasts: bool = False
    differentiable: bool = True
    once_differentiable: bool | str = False
    surrogate: str = ""
    returns_view: bool = False
    takes_complex: bool = False
    conventions: frozenset[str] = frozenset()
    given: Callable[..., Any] | None = None
    functions: tuple[Callable[..., Any], ...] = ()

    @property
    def references(self) -> tuple[Callable[..., Any], ...]:
        """What it is held against."""
        return self.functions if self.given is None else (self.given, *self.functions)


@dataclass(eq=False)
class Run:
    """One forward pass and what it left behind.

    Attributes
    ----------
    raw : Any
        What was returned, as it was returned.
    pullback : callable
        `pullback(cotangents)` returns the gradients, as the subject returns them: one for each input.
    saved : callable
        Returns the values that are kept for the pullback.
    """

    raw: Any
    pullback: Callable[[Sequence[Any]], Any]
    saved: Callable[[], Sequence[Any]] = tuple


@dataclass(frozen=True)
class Second:
    """The gradients of sum(weights * J^T cotangents).

    Attributes
    ----------
    weights : list of arrays
        One for each float input.
    received : list of arrays
        J^T cotangents, as they were when differentiated.
    by_inputs, by_cotangents : list of arrays
        The gradients by the float inputs, and by the float cotangents: J weights, the forward-mode product.
    """

    weights: list[Any]
    received: list[Any]
    by_inputs: list[Any]
    by_cotangents: list[Any]


@runtime_checkable
class Subject(Protocol):
    """A differentiable function, of whatever framework.

    Attributes
    ----------
    name : str
        What it is called.
    signature : Signature
        Its inputs and settings.
    declared : Declared
        What its author says of it.
    cases : tuple of Case
        Which arguments make sense; none if the author says nothing.
    docstring : str or None
        Its documentation: shapes in it, as in `x: (n, k)`, serve as a case where there are no others.
    file : str
        Where its code stands; empty for what has no Python code of its own.
    framework : str
        What it is written in: NumPy, PyTorch.
    keeping : str
        How its framework keeps what the backward pass needs: `ctx.save`.
    laws : tuple of Law
        What its framework asks of it beside the eight laws, once of the whole study.
    """

    name: str
    signature: Signature
    declared: Declared
    cases: tuple[Case, ...]
    docstring: str | None
    file: str
    framework: str
    keeping: str
    laws: tuple[Law, ...]

    def forward(self, inputs: Sequence[Any], settings: Mapping[str, Any], needs: Sequence[bool]) -> Run:
        """Return a forward pass; `needs` tells of which inputs the gradient will be asked for."""
        ...

    def completed(self, sample: Sample, received: tuple[Any, ...]) -> tuple[Any, ...]:
        """Return one gradient per input where the framework lets some be left out."""
        ...

    def tracked(self, sample: Sample) -> Sequence[NDArray[Any]]:
        """Return the outputs of a forward pass that is itself recorded, for derivatives of the gradient."""
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
