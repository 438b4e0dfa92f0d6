"""Other sizes: 0-d, empty, one, square, above 16, about 1,025; shapes that broadcast.

Each has values of another sign or magnitude: that costs no sample of its own.
"""

from collections.abc import Iterator
from itertools import cycle
from math import prod
from typing import Any

from ...array import Shape
from ...contracts.cases import ANY, Case, Values
from ..subjects.subject import Subject
from .draw import letter_sizes
from .sample import Recipe

LARGE = 1025  # past the usual thresholds of blocked or vectorised code paths
SQUARE = 33  # the same for what grows with its square
_ANY_SHAPES: dict[Shape, str] = {(): "negative", (3, 3): "small", (2, 3, 4): "wide"}
_EMPTY = (2, 0)
# One of them 0-d, or a missing leading axis and axes of size 1 on both sides.
PARTNERS = (((2, 3), ()), ((), (2, 3)), ((4, 1, 3), (2, 1)))


def sizes(recipe: Recipe, subject: Subject) -> Iterator[Recipe]:
    """Yield other sizes of letters, other shapes for `...`, each with values of another magnitude.

    Square, all one, and one size beside one above 16. A bounded domain has ordinary values, or of one sign,
    and small distances from its edges.
    """
    letters = [*recipe.case.letters]
    if letters:
        square = dict.fromkeys(letters, 3 if len(letters) > 1 else 2)
        yield _sized(recipe, "square sizes", "small", sizes=square)
        yield _sized(recipe, "all sizes 1", "wide", sizes=dict.fromkeys(letters, 1))
    for k, (letter, style) in enumerate(zip(letters, cycle(("positive", "negative")), strict=False)):
        grown = {**dict.fromkeys(letters, 2), letters[k - 1]: 1, letter: 19}
        yield _sized(recipe, "one size 19, another 1", style, sizes=grown)
    free = any_shaped(recipe.case)
    for shape, style in _ANY_SHAPES.items() if free else ():
        yield _sized(recipe, f"shape {shape}", style, shapes=(shape,), promised=False)
    broadcast = PARTNERS if subject.declared.broadcasts and len(free) > 1 else ()
    for pair, style in zip(broadcast, ("positive", "negative", "wide"), strict=False):
        yield _sized(recipe, "shapes {} and {}".format(*pair), style, shapes=pair)


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
    recipe, letters = recipe.but(promised=False, label="a large size"), letter_sizes(recipe.case, {})
    if any_shaped(recipe.case):
        yield recipe.but(shapes=((LARGE,),))
    for letter in reversed(letters) if not any_shaped(recipe.case) else ():
        fits = _most(recipe.case, {**letters, letter: LARGE}) <= 5 * LARGE
        yield recipe.but(sizes={**letters, letter: LARGE if fits else SQUARE})


def any_shaped(case: Case) -> list[str]:
    """Return the arguments that may have any shape."""
    return [name for name, d in case.arguments.items() if isinstance(d, Values) and ANY in d.dimensions]


def _most(case: Case, given: dict[str, int]) -> int:
    """Return the number of values in the largest array, without drawing it."""
    parts = [p for v in case.arguments.values() for p in (v if isinstance(v, tuple) else (v,))]
    shapes = [p.dimensions for p in parts if isinstance(p, Values)]
    return max(prod(n if isinstance(n, int) else given.get(n, 1) for n in shape) for shape in shapes)
