"""Samples of other sizes: 0-d, empty, one, square, about 1,025, and shapes that broadcast.

Each sample also has values of another sign or magnitude, which saves separate samples.
"""

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any

from ...array import Shape
from ...contracts.cases import ANY, Case, IndexInto, Values
from ..subjects.subject import Subject
from .draw import assign_sizes
from .sample import Family, Recipe
from .values import Style

LARGE = 1025  # more than the usual thresholds of blocked or vectorized code paths
LONG = 8  # more than the ordinary sizes of letters
LARGE_SQUARE = 33  # the size of a letter that occurs twice in one input: 33 * 33 values
# In combinations with other levels: indices still do not fit into a byte.
COMBINED_SIZES = {LARGE: 257, LARGE_SQUARE: 17}
BROADCAST: tuple[Shape, ...] = ((2, 3), ())
EMPTY: Shape = (2, 0)
SAME_SHAPES: dict[tuple[Shape, ...], Style] = {
    ((),): Style.NEGATIVE,
    ((3, 3),): Style.SMALL,
    ((2, 3, 4),): Style.WIDE,
    ((1, LONG),): Style.BASE,
}
# One input is 0-d, several inputs have axes of size 1, or a leading axis is missing.
BROADCAST_SHAPES: dict[tuple[Shape, ...], Style] = {
    BROADCAST: Style.POSITIVE,
    ((), (2, 3)): Style.NEGATIVE,
    ((4, 1, 3), (1, 2, 1), (3,)): Style.WIDE,
}


def vary_sizes(recipe: Recipe, subject: Subject) -> Iterator[Recipe]:
    """Yield the case with equal sizes, sizes of 1 and of 8 for letters, and with other shapes for `...`.

    Shapes that broadcast are promised, because the subject declares that it broadcasts.
    """
    if letters := recipe.case.letters:
        # The label has the letters, so that cases with other letters get samples of their own.
        names, square_size = " = ".join(letters), 3 if len(letters) > 1 else 2
        square = dict.fromkeys(letters, square_size)
        yield _with_style(recipe, f"{names}, square", Style.SMALL, sizes=square)
        yield _with_style(recipe, f"{names} = 1", Style.WIDE, sizes=dict.fromkeys(letters, 1))
        long = {letter: LONG + k for k, letter in enumerate(letters)}
        if len(letters) == 1:
            yield _with_style(recipe, f"{names} = {LONG}", Style.BASE, sizes=long)
        for letter in letters if len(letters) > 1 else ():
            label = f"{letter} = 1, others from {LONG}"
            yield _with_style(recipe, label, Style.BASE, sizes=long | {letter: 1})
    inputs = find_any_shaped(recipe.case)
    shapes_and_styles = SAME_SHAPES
    if subject.declared.broadcasts and len(inputs) > 1:
        last_alone = (*((3,),) * (len(inputs) - 1), (1,))
        shapes_and_styles = {**SAME_SHAPES, **BROADCAST_SHAPES, last_alone: Style.BASE}
    for shapes, style in shapes_and_styles.items() if inputs else ():
        label = f"shapes {', '.join(map(str, shapes[: len(inputs)]))}"
        yield _with_style(recipe, label, style, shapes=shapes, promised=len(shapes) > 1)


def _with_style(recipe: Recipe, label: str, style: Style, **changes: Any) -> Recipe:
    label = f"{label}, {style.value} values"
    return recipe.replace(families=(Family.SIZES,), style=style, label=label, **changes)


def make_empty(recipe: Recipe, _: Subject) -> Iterator[Recipe]:
    """Yield the case with one size 0 at a time."""
    recipe = recipe.replace(families=(Family.EMPTIES,), promised=False)
    letters = assign_sizes(recipe.case, {})
    for letter in letters:
        yield recipe.replace(sizes={**letters, letter: 0}, label=f"{letter} = 0")
    if find_any_shaped(recipe.case):
        yield recipe.replace(shapes=(EMPTY,), label=f"shape {EMPTY}")


def enlarge(recipe: Recipe, _: Subject) -> Iterator[Recipe]:
    """Yield the case with about 1,025 values in its largest input.

    One recipe per letter and one for `...`, all of one label: the pool takes the first one that the subject
    accepts. One more for each array of indices, into an axis of this size.
    """
    recipe = recipe.replace(families=(Family.LARGE,), promised=False, label="a large size")
    letters = recipe.case.letters
    arguments = recipe.case.arguments.values()
    descriptions = [*chain(*(d if isinstance(d, tuple) else (d,) for d in arguments))]
    for letter in reversed(letters):
        occurs_twice = any(isinstance(d, Values) and d.dimensions.count(letter) > 1 for d in descriptions)
        size = LARGE_SQUARE if occurs_twice else LARGE
        yield recipe.replace(sizes={**dict.fromkeys(letters, 2), letter: size}, shapes=((2,),))
    if find_any_shaped(recipe.case):
        yield recipe.replace(shapes=((LARGE,),))
    for name in recipe.argument_names(IndexInto):  # indices that do not fit into a byte
        index: Any = recipe.case.arguments[name]
        axes = getattr(recipe.case.arguments.get(index.name), "dimensions", ())
        if axes and ANY not in axes and axes[index.axis] in letters:
            sizes = {**dict.fromkeys(letters, 2), axes[index.axis]: LARGE}
            yield recipe.replace(sizes=sizes, label=f"a large axis for {name}")


def shrink_large(recipe: Recipe) -> Recipe:
    """Return the recipe with `COMBINED_SIZES` in the place of large sizes."""

    def shrink(sizes: Iterable[int]) -> tuple[int, ...]:
        return tuple([COMBINED_SIZES.get(n, n) for n in sizes])

    sizes = dict(zip(recipe.sizes, shrink(recipe.sizes.values()), strict=True))
    return recipe.replace(sizes=sizes, shapes=tuple(map(shrink, recipe.shapes)))


def find_any_shaped(case: Case) -> list[str]:
    """Return the names of the arguments that may have any shape."""
    return [name for name, d in case.arguments.items() if isinstance(d, Values) and ANY in d.dimensions]
