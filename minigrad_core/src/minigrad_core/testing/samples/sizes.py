"""Other sizes: 0-d, empty, one, square, above 16, about 1,025; shapes that broadcast.

Each has values of another sign or magnitude: that costs no sample of its own.
"""

from collections.abc import Iterator
from itertools import cycle, islice
from math import prod
from typing import Any

from ...contracts.cases import ANY, Case, Values
from ..subjects.subject import Subject
from .draw import letter_sizes
from .sample import Recipe

LARGE = 1025  # past the usual thresholds of blocked or vectorised code paths
_ANY_SHAPES = {(): "negative", (19,): "positive", (3, 3): "small", (2, 3, 4): "wide"}
_EMPTY = (2, 0)
# A missing leading axis, an axis of size 1, 0-d, on either side and on both.
_PARTNERS = (((2, 3), (3,)), ((), (2, 3)), ((1, 3), (2, 1)), ((2, 3), ()), ((4, 1, 3), (2, 1)))


def sizes(recipe: Recipe, _: Subject) -> Iterator[Recipe]:
    """Yield other sizes of letters, other shapes for `...`, each with values of another magnitude.

    One size beside one above 16, square, all one. A bounded domain has ordinary values, or of one sign, and
    small distances from its edges.
    """
    letters = letter_sizes(recipe.case, recipe.sizes)
    styles = cycle(("positive", "wide", "negative"))
    for letter, after in zip(letters, (*list(letters)[1:], *letters), strict=False):
        grown = {**dict.fromkeys(letters, 2), after: 1, letter: 19}
        told = ", ".join(f"{name} = {size}" for name, size in grown.items())
        yield _sized(recipe, told, next(styles), sizes=grown)
    if letters:
        square = dict.fromkeys(letters, 3 if len(letters) > 1 else 2)
        yield _sized(recipe, "square sizes", "small", sizes=square)
        yield _sized(recipe, "all sizes 1", next(styles), sizes=dict.fromkeys(letters, 1))
    for shape, style in _ANY_SHAPES.items() if any_shaped(recipe.case) else ():
        yield _sized(recipe, f"shape {shape}", style, any_shape=shape, promised=False)


def _sized(recipe: Recipe, told: str, style: str, **changes: Any) -> Recipe:
    return recipe.but(style=style, label=f"{told}, {style} values", **changes)


def empties(recipe: Recipe, _: Subject) -> Iterator[Recipe]:
    """Yield the case with one size 0 at a time."""
    letters = letter_sizes(recipe.case, recipe.sizes)
    for letter in letters:
        yield recipe.but(sizes={**letters, letter: 0}, promised=False, label=f"{letter} = 0")
    if any_shaped(recipe.case):
        yield recipe.but(any_shape=_EMPTY, promised=False, label=f"shape {_EMPTY}")


def large(recipe: Recipe, _: Subject) -> Iterator[Recipe]:
    """Yield the case with about 1,025 values in its largest input, along each letter that allows it."""
    if any_shaped(recipe.case):
        yield recipe.but(any_shape=(LARGE,), promised=False, label=f"shape ({LARGE},)")
        return
    letters = letter_sizes(recipe.case, recipe.sizes)
    for letter in letters:
        sized = ((size, {**letters, letter: size}) for size in (LARGE, 257, 33))
        for size, grown in islice((s for s in sized if _most(recipe.case, s[1]) <= 5 * LARGE), 1):
            yield recipe.but(sizes=grown, promised=False, label=f"{letter} = {size}")


def partners(recipe: Recipe, subject: Subject) -> Iterator[Recipe]:
    """Yield shapes that broadcast, where that is claimed."""
    return broadcast(recipe, subject) if subject.declared.broadcasts else iter(())


def broadcast(recipe: Recipe, subject: Subject) -> Iterator[Recipe]:
    """Yield pairs of shapes for the inputs that may have any."""
    inputs = subject.signature.inputs
    names = [n for n in any_shaped(recipe.case) if n in inputs and n not in recipe.omitted]
    for pair in _PARTNERS if len(names) > 1 else ():
        for turn in range(len(names) if len(names) > 2 else 1):
            shapes = {name: pair[(i + turn) % 2] for i, name in enumerate(names)}
            yield recipe.but(shapes=shapes, label="shapes " + " and ".join(map(str, shapes.values())))


def any_shaped(case: Case) -> list[str]:
    """Return the arguments that may have any shape."""
    return [name for name, d in case.arguments.items() if isinstance(d, Values) and ANY in d.dimensions]


def _most(case: Case, given: dict[str, int]) -> int:
    """Return the number of values in the largest array, without drawing it."""
    parts = [p for v in case.arguments.values() for p in (v if isinstance(v, tuple) else (v,))]
    shapes = [p.dimensions for p in parts if isinstance(p, Values)]
    return max(prod(n if isinstance(n, int) else given.get(n, 1) for n in shape) for shape in shapes)
