"""One operation under study: its signature, the samples drawn for it, and what the checks share."""

from __future__ import annotations

import zlib
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from ..contracts.conforming import Conforming
from ..errors import MinigradError
from .call import Call, forward, watched_forward
from .families import family_of, try_some
from .finding import Broken, Finding
from .given import check_fits, sequence_of
from .guarded import guarded, on_purpose
from .guess import guess_cases
from .kinds import kind, unlike
from .sample import Recipe, Sample, Undrawable, draw
from .signature import Signature, read_signature
from .surroundings import attributes, process

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ..contracts.cases import Case
    from .recorded import Second


# What an operation says of itself: read once, by name, before anything builds on it.
READ = (
    *("name", "cases", "forward", "backward"),
    *("broadcasts", "implements", "once_differentiable", "differentiable", "returns_view"),
    "takes_complex",
)
SEVERAL = 4  # cases that get checks of memory, layouts, NaN: one of 16 modes treats these as the others do


class Study:
    """What the checks of one operation share: everything is computed once, at first use.

    Parameters
    ----------
    op : OperationLike
        The operation.
    cases : sequence of Case, optional
        Instead of the operation's own.
    seed : int
        Mixed into every generator.
    """

    def __init__(self, op: Any, cases: Sequence[Case] | None = None, seed: int = 0) -> None:
        if isinstance(op, Conforming):  # as `ops` hands it out; what it wraps is what is judged
            op = op.operation
        if isinstance(op, type):
            raise Broken("not-an-instance", f"expected an instance, got a class: {op.__name__}()")
        for attribute in READ:
            guarded(attribute, lambda: getattr(op, attribute, None))  # noqa: B023 - called at once
        if not callable(getattr(op, "forward", None)):
            raise Broken("not-an-operation", f"expected an operation, with forward; got {type(op)!r}")
        self.op = op
        self.process = process()
        self.pristine = attributes(op, copied=True)  # before any call: what NaN poisons never changes again
        self.callable: Any = op if hasattr(op, "differentiable") else Conforming(op)
        self.seed = seed
        self.given = sequence_of(getattr(op, "cases", ()) if cases is None else cases)
        self.seconds: dict[Call, Second] = {}
        self._derived: dict[str, list[Call]] = {}
        self._failed: dict[str, list[Finding]] = {}
        self.name = str(getattr(op, "name", type(op).__name__))

    @cached_property
    def signature(self) -> Signature:
        """The arguments of `forward`."""
        return read_signature(self.op)

    @cached_property
    def cases(self) -> tuple[Case, ...]:
        """The given cases, or guessed ones."""
        for case in self.given:
            check_fits(case, self.signature)
        return self.given or guess_cases(self.op, self.signature)

    @cached_property
    def recipes(self) -> tuple[Recipe, ...]:
        """One per case, and one more per axis that `axis_of` allows."""
        plain = [
            Recipe(case, seed=self._hash(f"case {i}"), label=f"case {i}") for i, case in enumerate(self.cases)
        ]
        return tuple(plain)

    @cached_property
    def calls(self) -> tuple[Call, ...]:
        """A forward pass for each case, in float64."""
        return tuple(watched_forward(self.op, self.draw(recipe)) for recipe in self.recipes)

    @cached_property
    def several_calls(self) -> tuple[Call, ...]:
        """Several of them, of different kinds."""
        return tuple(unlike(self.calls, kind)[:SEVERAL])

    @property
    def first(self) -> Call:
        """The first of them: it gets all of a check where settings hardly matter, others get it in short."""
        return self.calls[0]

    @property
    def differentiable(self) -> bool:
        """Whether the operation says that it has gradients."""
        return bool(getattr(self.op, "differentiable", True))

    @property
    def broadcasts(self) -> bool:
        """Whether the operation says that it follows NumPy's broadcasting."""
        return bool(getattr(self.op, "broadcasts", False))

    def draw(self, recipe: Recipe) -> Sample:
        """Return the arguments of a recipe."""
        return draw(recipe, self.signature)

    def rng(self, purpose: str) -> np.random.Generator:
        """Return a private generator, the same for the same operation, purpose and seed."""
        return np.random.default_rng(self._hash(purpose))

    def attempt(self, recipe: Recipe, run: Callable[[Any, Sample], Call] = forward) -> Call | None:
        """Return a forward pass for a derived recipe, None if the operation refuses it and may.

        Arguments that the author promised must work; sizes that the kit made up may be refused with a
        ValueError or an error of ours, settings that it made up with anything.
        """
        try:
            call = run(self.op, self.draw(recipe))
        except Undrawable:
            return None
        except Broken as broken:
            if refusal(recipe, broken, elementwise=self.broadcasts):
                return None
            raise
        return call if call.finite or recipe.promised else None

    def derived(self, family: str) -> list[Call]:
        """Return the forward passes of a family of derived recipes, for all cases; refused ones left out.

        What fails though it may not is left for the one check that reports `failed(family)`.
        """
        if family not in self._derived:
            self._derived[family] = []
            self._failed[family] = []
            recipes = [other for recipe in self.recipes for other in family_of(self, family, recipe)]
            try_some(family, recipes, lambda recipe: self._add(family, recipe))
        return self._derived[family]

    def failed(self, family: str) -> list[Finding]:
        """Return what went wrong in the forward passes of a family."""
        self.derived(family)
        return self._failed[family]

    def _add(self, family: str, recipe: Recipe) -> bool:
        """Whether the operation takes the recipe, or should."""
        try:
            call = self.attempt(recipe, watched_forward if family == "styles" else forward)
        except Broken as broken:
            self._failed[family].append(
                Finding(broken.code, f"at {recipe.label}: {broken.fact}", self.draw(recipe))
            )
            return True
        if call is not None:
            self._derived[family].append(call)
        return call is not None

    def _hash(self, purpose: str) -> int:
        return zlib.crc32(f"{self.name}|{purpose}|{self.seed}".encode())


def refusal(recipe: Recipe, broken: Broken, *, elementwise: bool = False) -> bool:
    """Whether raising is an answer to these arguments."""
    if recipe.promised:
        size = bool(recipe.sizes) and isinstance(broken.cause, ValueError) and on_purpose(broken.cause)
        return size or (isinstance(broken.cause, MinigradError) and recipe.label[:4] != "case")
    if recipe.settings:
        return broken.cause is not None and isinstance(broken.cause, Exception)
    return isinstance(broken.cause, ValueError | MinigradError) or (
        isinstance(broken.cause, IndexError) and not elementwise
    )
