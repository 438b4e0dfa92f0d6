"""Other sizes: 0-d, empty, one, square, about 1,025; shapes that broadcast.

Each has values of another sign or magnitude: that costs no sample of its own.
"""

from collections.abc import Iterator
from itertools import chain
from typing import Any

from ...array import Shape
from ...contracts.cases import ANY, Case, Values
from ..subjects.subject import Subject
from .draw import letter_sizes
from .sample import Recipe

LARGE = 1025  # past the usual thresholds of blocked or vectorised code paths
SQUARE = 33  # the same for what grows with its square
BROADCAST: tuple[Shape, ...] = ((2, 3), ())
_EMPTY: Shape = (2, 0)
_ALIKE: dict[tuple[Shape, ...], str] = {((),): "negative", ((3, 3),): "small", ((2, 3, 4),): "wide"}
# One of them 0-d, or a missing leading axis and axes of size 1 on both sides.
_PARTNERS = {BROADCAST: "positive", ((), (2, 3)): "negative", ((4, 1, 3), (2, 1)): "wide"}


def sizes(recipe: Recipe, subject: Subject) -> Iterator[Recipe]:
    """Yield other sizes of letters, other shapes for `...`, each with values of another magnitude.

    A bounded domain has ordinary values, or of one sign, and small distances from its edges.
    """
    if letters := recipe.case.letters:
        square = dict.fromkeys(letters, 3 if len(letters) > 1 else 2)
        told = " = ".join(letters)  # cases with other letters have other sizes
        yield _sized(recipe, f"{told}, square", "small", sizes=square)
        yield _sized(recipe, f"{told} = 1", "wide", sizes=dict.fromkeys(letters, 1))
    free = any_shaped(recipe.case)
    broadcast = _PARTNERS if subject.declared.broadcasts and len(free) > 1 else {}
    for shapes, style in {**_ALIKE, **broadcast}.items() if free else ():
        promised = len(shapes) > 1
        yield _sized(recipe, f"shapes {', '.join(map(str, shapes))}", style, shapes=shapes, promised=promised)


def _sized(recipe: Recipe, told: str, style: str, **changes: Any) -> Recipe:
    return recipe.but(style=style, label=f"{told}, {style} values", **changes)


def empties(recipe: Recipe, _: Subject) -> Iterator[Recipe]:
    """Yield the case with one size 0 at a time."""
    letters = letter_sizes(recipe.case, {})
    for letter in letters:
        yield recipe.but(sizes={**letters, letter: 0}, promised=False, label=f"{letter} = 0")
    if any_shaped(recipe.case):
        yield recipe.but(shapes=(_EMPTY,), promised=False, label=f"shape {_EMPTY}")


def large(recipe: Recipe, _: Subject) -> Iterator[Recipe]:
    """Yield the case with about 1,025 values in its largest input, along any letter: one of them is drawn."""
    recipe, letters = recipe.but(promised=False, label="a large size"), recipe.case.letters
    if any_shaped(recipe.case):
        yield recipe.but(shapes=((LARGE,),))
        return
    parts = [*chain(*(d if isinstance(d, tuple) else (d,) for d in recipe.case.arguments.values()))]
    for letter in reversed(letters):
        twice = any(isinstance(d, Values) and d.dimensions.count(letter) > 1 for d in parts)
        yield recipe.but(sizes={**dict.fromkeys(letters, 2), letter: SQUARE if twice else LARGE})


def any_shaped(case: Case) -> list[str]:
    """Return the arguments that may have any shape."""
    return [name for name, d in case.arguments.items() if isinstance(d, Values) and ANY in d.dimensions]
