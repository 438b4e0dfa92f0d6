"""Other sizes: 0-d, empty, one, square, above 16, about 1,025.

Squares have negative values only, those above 16 positive ones: the sign costs no sample of its own.
"""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

from ...contracts.cases import ANY, Values
from .sample import letter_sizes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...contracts.cases import Case
    from ..subjects.subject import Subject
    from .sample import Recipe

LARGE = 1025  # past the usual thresholds of blocked or vectorised code paths
_ANY_SHAPES = ((), (19,), (3, 3), (2, 1), (2, 3, 4))
_OF_ONE_SIGN = {(19,): "positive", (3, 3): "negative"}
_EMPTY_SHAPES = ((0,), (2, 0))


def sizes(recipe: Recipe, subject: Subject) -> Iterator[Recipe]:
    """Yield other sizes of letters, other shapes for `...`: one beside one above 16, square, all one."""
    del subject
    letters = letter_sizes(recipe.case, recipe.sizes)
    for letter, after in zip(letters, (*list(letters)[1:], *letters), strict=False):
        grown = {**dict.fromkeys(letters, 2), after: 1, letter: 19}
        told = ", ".join(f"{name} = {size}" for name, size in grown.items())
        yield recipe.but(sizes=grown, style="positive", label=f"{told}, positive values")
    if letters:
        square = dict.fromkeys(letters, 3 if len(letters) > 1 else 2)
        yield recipe.but(sizes=square, style="negative", label="square sizes, negative values")
        yield recipe.but(sizes=dict.fromkeys(letters, 1), label="all sizes 1")
    for shape in _ANY_SHAPES if any_shaped(recipe.case) else ():
        style = _OF_ONE_SIGN.get(shape, "base")
        label = f"shape {shape}" if style == "base" else f"shape {shape}, {style} values"
        yield recipe.but(any_shape=shape, style=style, promised=False, label=label)


def empties(recipe: Recipe, subject: Subject) -> Iterator[Recipe]:
    """Yield the case with one size 0 at a time."""
    del subject
    letters = letter_sizes(recipe.case, recipe.sizes)
    for letter in letters:
        yield recipe.but(sizes={**letters, letter: 0}, promised=False, label=f"{letter} = 0")
    for shape in _EMPTY_SHAPES if any_shaped(recipe.case) else ():
        yield recipe.but(any_shape=shape, promised=False, label=f"shape {shape}")


def large(recipe: Recipe, subject: Subject) -> Iterator[Recipe]:
    """Yield the case with about 1,025 values in its largest input, along each letter that allows it."""
    del subject
    if any_shaped(recipe.case):
        yield recipe.but(any_shape=(LARGE,), promised=False, label=f"shape ({LARGE},)")
        return
    letters = letter_sizes(recipe.case, recipe.sizes)
    for letter in letters:
        for size in (LARGE, 257, 33):
            grown = recipe.but(sizes={**letters, letter: size}, promised=False, label=f"{letter} = {size}")
            if _largest(grown) <= 5 * LARGE:
                yield grown
                break


def any_shaped(case: Case) -> list[str]:
    """Return the arguments that may have any shape."""
    return [name for name, d in case.arguments.items() if isinstance(d, Values) and ANY in d.dimensions]


def _largest(recipe: Recipe) -> int:
    """Return the number of values in the largest array, without drawing it."""
    given = letter_sizes(recipe.case, recipe.sizes)
    parts = [p for v in recipe.case.arguments.values() for p in (v if isinstance(v, tuple) else (v,))]
    return max(
        prod(axis if isinstance(axis, int) else given.get(axis, 1) for axis in part.dimensions)
        for part in parts
        if isinstance(part, Values)
    )
