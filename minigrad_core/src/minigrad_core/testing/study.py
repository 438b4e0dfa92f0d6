"""One operation under study: its signature, the samples drawn for it, and what the checks share."""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from ..contracts.cases import Case, Values
from ..contracts.conforming import Conforming
from ..errors import MinigradError
from . import derive
from .call import Call, forward, watched_forward
from .finding import Broken, Finding
from .guarded import guarded, on_purpose
from .guess import guess_cases
from .sample import Recipe, Sample, Undrawable, draw
from .signature import Signature, read_signature
from .surroundings import attributes

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from .recorded import Second


# Derived samples of a family: each kind at least once, in turns from other cases.
MOST = {"styles": 5, "sizes": 7, "empties": 2, "large": 1, "partners": 6, "axes": 4, "settings": 8}
# What an operation says of itself: read once, by name, before anything builds on it.
READ = (
    *("name", "cases", "forward", "backward"),
    *("broadcasts", "implements", "once_differentiable", "differentiable", "returns_view"),
)
SEVERAL = 4  # cases that get checks of memory, layouts, NaN: one of 16 modes treats these as the others do

T = TypeVar("T")


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
        self.pristine = attributes(op, copied=True)  # before any call: what NaN poisons never changes again
        self.callable: Any = op if hasattr(op, "differentiable") else Conforming(op)
        self.seed = seed
        self.given = _sequence(getattr(op, "cases", ()) if cases is None else cases)
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
            _check_fits(case, self.signature)
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
        """Several of them, as unlike one another as there are: the first of each kind first."""
        first = unlike(self.calls, kind)
        return tuple([*first, *(call for call in self.calls if call not in first)][:SEVERAL])

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
            recipes = [other for recipe in self.recipes for other in self.family(family, recipe)]
            self._choose(family, recipes)
        return self._derived[family]

    def _choose(self, family: str, recipes: Sequence[Recipe]) -> None:
        """Draw each label once for inputs of these ranks, in turns from other cases, and then more, evenly.

        An operation with 16 cases and 10 settings has hundreds of recipes.
        """
        groups: dict[Any, list[Recipe]] = {}
        for recipe in recipes:
            arguments = recipe.case.arguments.values()
            ranks = [len(d.dimensions) for d in arguments if isinstance(d, Values)]
            key = (recipe.label,) if family == "styles" else (recipe.label, *ranks)  # values know no ranks
            groups.setdefault(key, []).append(recipe)
        tried: list[Recipe] = []
        for k, group in enumerate(_evenly(list(groups.values()), 2 * MOST[family])):
            turn = k % len(group)
            for recipe in (*group[turn:], *group[:turn]):
                tried.append(recipe)
                if self._add(family, recipe):
                    break
        for recipe in _evenly([r for r in recipes if r not in tried], MOST[family] - len(tried)):
            self._add(family, recipe)

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

    def family(self, family: str, recipe: Recipe) -> Iterable[Recipe]:
        """Return all recipes of a family that derive from one case's."""
        if family == "styles":
            return derive.styles(recipe)
        if family == "sizes":
            return derive.sizes(recipe)
        if family == "empties":
            return derive.empties(recipe)
        if family == "large":
            return derive.large(recipe)
        if family == "partners":
            if not self.broadcasts:
                return ()
            return (*derive.partners(recipe, self.signature), *derive.stretched(recipe))
        if family == "axes":
            return derive.axes(recipe, self.signature)
        if family == "settings":
            three = recipe.but(any_shape=(2, 3, 4)) if "axis" in self.signature.settings else recipe
            return (*derive.settings(three, self.signature), *derive.omissions(recipe, self.signature))
        raise KeyError(family)

    def _hash(self, purpose: str) -> int:
        return zlib.crc32(f"{self.name}|{purpose}|{self.seed}".encode())


def unlike(calls: Iterable[Call], kind: Callable[[Sample], object]) -> list[Call]:
    """Return the first call of each kind."""
    first: dict[object, Call] = {}
    for call in calls:
        first.setdefault(kind(call.sample), call)
    return list(first.values())


def kind(sample: Sample) -> object:
    """Return what decides which lines of an operation run: ranks, kinds, settings that are words or flags."""
    inputs = [(x.ndim, x.dtype.kind) if isinstance(x, np.ndarray) else None for x in sample.inputs]
    return (*inputs, *words(sample))


def words(sample: Sample) -> tuple[object, ...]:
    """Return the settings that are words or flags, and the types of the others."""
    return tuple(
        [
            (name, value if isinstance(value, str | bool) else type(value).__name__)
            for name, value in sorted(sample.settings.items())
        ]
    )


def _evenly(found: Sequence[T], most: int) -> list[T]:
    if len(found) <= most:
        return list(found)
    step = (len(found) - 1) / max(most - 1, 1)
    return [found[round(k * step)] for k in range(most)]


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


def _sequence(cases: Any) -> tuple[Any, ...]:
    if isinstance(cases, Case):
        raise Broken("bad-cases", f"cases is one Case, expected several: cases = ({cases!r},)")
    if cases is None:
        return ()
    if not isinstance(cases, Iterable):
        raise Broken("bad-cases", f"cases is {cases!r}, expected a sequence of Case: cases = (Case(...),)")
    return guarded("cases", lambda: tuple(cases))


def _check_fits(case: Any, signature: Signature) -> None:
    if not isinstance(case, Case):
        raise Broken("bad-case", f"expected a Case, got {type(case).__name__}: {case!r}")
    known = {*signature.inputs, *signature.settings, signature.variadic}
    if signature.variadic and signature.variadic not in case.arguments:
        known |= {name for name in case.arguments if name not in signature.settings}
    if signature.swallows:
        return
    if unknown := [name for name in case.arguments if name not in known]:
        raise Broken(
            "bad-case", f"{case!r}: forward has no argument {unknown[0]!r}; it takes {_listed(known)}"
        )
    missing = [n for n in signature.inputs if n not in case.arguments and n not in signature.optional]
    missing += [n for n, p in signature.settings.items() if p.default is p.empty and n not in case.arguments]
    if missing:
        raise Broken("bad-case", f"{case!r}: {missing[0]!r} is missing")


def _listed(names: Iterable[Any]) -> str:
    return ", ".join(sorted(str(name) for name in names if name))
