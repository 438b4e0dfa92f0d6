"""From one case to many: the sizes, shapes, settings and values that its author did not write down."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise, product
from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np

from ..contracts.cases import ANY, AxisOf, Floats, Values
from .sample import Recipe, inputs_of, letter_sizes
from .signature import words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..contracts.cases import Case
    from .signature import Signature

LARGE = 1025  # past the usual thresholds of blocked or vectorised code paths
_ANY_SHAPES = ((), (1,), (5,), (19,), (3, 3), (2, 1), (2, 3, 4))
_OF_ONE_SIGN = {(19,): "positive", (3, 3): "negative"}
_EMPTY_SHAPES = ((0,), (2, 0), (0, 3))
# Broadcasting partners: a missing leading axis, an axis of size 1, 0-d, on either side and on both.
_PARTNERS = (
    ((2, 3), (3,)),
    ((3,), (17, 3)),
    ((2, 3), (1, 3)),
    ((1, 3), (2, 1)),
    ((2, 3), ()),
    ((), (2, 3)),
    ((4, 1, 3), (2, 1)),
    ((1,), (1, 1)),
)
_REDUCTIONS = ("none", "mean", "sum")


def styles(recipe: Recipe) -> Iterator[Recipe]:
    """Yield the same shapes with other values: wide, far, small."""
    for style, told in (
        ("wide", "large values (|x| > 2.5)"),
        ("far", "large values (|x| > 9)"),
        ("small", "small values (|x| < 0.01)"),
    ):
        yield recipe.but(style=style, label=told)


def sizes(recipe: Recipe) -> Iterator[Recipe]:
    """Yield other sizes of the letters, and other shapes for `...`: one, two, square, above 16.

    Squares have negative values only, those above 16 positive ones: the sign costs no call of its own.
    """
    letters = letter_sizes(recipe.case, recipe.sizes)
    for letter in letters:
        yield recipe.but(sizes={**letters, letter: 1}, label=f"{letter} = 1")
        large = {**dict.fromkeys(letters, 2), letter: 19}
        others = ", others 2" if len(letters) > 1 else ""
        yield recipe.but(sizes=large, style="positive", label=f"{letter} = 19{others}, positive values")
    if len(letters) == 1:
        yield recipe.but(
            sizes=dict.fromkeys(letters, 2), style="negative", label=f"{min(letters)} = 2, negative values"
        )
    if len(letters) > 1:
        square = dict.fromkeys(letters, 3)
        yield recipe.but(sizes=square, style="negative", label="square sizes, negative values")
        yield recipe.but(sizes=dict.fromkeys(letters, 1), label="all sizes 1")
    if has_any_shape(recipe.case):
        for shape in _ANY_SHAPES:
            style = _OF_ONE_SIGN.get(shape, "base")
            label = f"shape {shape}" if style == "base" else f"shape {shape}, {style} values"
            yield recipe.but(any_shape=shape, style=style, promised=False, label=label)


def empties(recipe: Recipe) -> Iterator[Recipe]:
    """Yield the case with one size 0 at a time."""
    letters = letter_sizes(recipe.case, recipe.sizes)
    for letter in letters:
        yield recipe.but(sizes={**letters, letter: 0}, promised=False, label=f"{letter} = 0")
    if has_any_shape(recipe.case):
        for shape in _EMPTY_SHAPES:
            yield recipe.but(any_shape=shape, promised=False, label=f"shape {shape}")


def _largest(recipe: Recipe) -> int:
    """Return the number of values in the largest array, without drawing it."""
    sizes = letter_sizes(recipe.case, recipe.sizes)
    described = [
        d
        for value in recipe.case.arguments.values()
        for d in (value if isinstance(value, tuple) else (value,))
    ]
    return max(
        prod(axis if isinstance(axis, int) else sizes.get(axis, 1) for axis in d.dimensions)
        for d in described
        if isinstance(d, Values)
    )


def large(recipe: Recipe) -> Iterator[Recipe]:
    """Yield the case with about 1,025 values in its largest input, along each letter that allows it."""
    if has_any_shape(recipe.case):
        yield recipe.but(any_shape=(LARGE,), promised=False, label=f"shape ({LARGE},)")
        return
    letters = letter_sizes(recipe.case, recipe.sizes)
    for letter in letters:
        for size in (LARGE, 257, 33):
            grown = recipe.but(sizes={**letters, letter: size}, promised=False, label=f"{letter} = {size}")
            if _largest(grown) <= 5 * LARGE:
                yield grown
                break


def partners(recipe: Recipe, signature: Signature) -> Iterator[Recipe]:
    """Yield shapes that broadcast against one another, for an operation that says it broadcasts."""
    names = [n for n in _any_shaped(recipe.case) if n in signature.inputs and n not in recipe.omitted]
    if len(names) < 2:
        return
    for pair in _PARTNERS:
        for turn in range(len(names) if len(names) > 2 else 1):
            shapes = {name: pair[(i + turn) % 2] for i, name in enumerate(names)}
            yield recipe.but(shapes=shapes, label="shapes " + " and ".join(str(s) for s in shapes.values()))


def stretched(recipe: Recipe) -> Iterator[Recipe]:
    """Yield a leading axis lost or of size 1 on one side, for one that broadcasts and has letters."""
    arrays = {
        n: d for n, d in recipe.case.arguments.items() if isinstance(d, Floats) and len(d.dimensions) > 1
    }
    if len(arrays) < 2 or has_any_shape(recipe.case):
        return
    for name, description in arrays.items():
        rest = " ".join(map(str, description.dimensions[1:]))
        for shape in (rest, f"1 {rest}"):
            changed = replace(description, shape=shape)
            case = type(recipe.case)(**{**recipe.case.arguments, name: changed})
            yield recipe.but(case=case, promised=False, label=f"{name} ({shape.replace(' ', ', ')})")


def axes(recipe: Recipe, signature: Signature) -> Iterator[Recipe]:
    """Yield every axis that `axis_of` allows, from either end: these are promised."""
    for name, value in recipe.case.arguments.items():
        if isinstance(value, AxisOf) and name in signature.settings:
            ndim = _ndim(recipe, signature, value.name)
            for axis in (*range(ndim), *range(-ndim, 0)):
                yield recipe.but(settings={**recipe.settings, name: axis}, label=f"{name}={axis}")


def settings(recipe: Recipe, signature: Signature) -> Iterator[Recipe]:
    """Yield other values for each setting; the kit made them up, so that the operation may refuse them."""
    options = {name: list(_options(name, recipe, signature)) for name in signature.settings}
    given = {name for name in options if name in ("axis", "axes", "keepdims")}
    for name, values in options.items():
        for value in values:
            yield _setting(recipe, {name: value})
            if isinstance(value, float):  # a threshold, perhaps: norms are seldom just above it
                yield _setting(recipe.but(style="modest"), {name: value})
    for first, second in pairwise(sorted(given)):
        for pair in product(options[first][::2], options[second]):  # the others have been tried alone
            yield _setting(recipe, {first: pair[0], second: pair[1]})


def omissions(recipe: Recipe, signature: Signature) -> Iterator[Recipe]:
    """Yield the case without each optional input that it gives."""
    for name in signature.inputs:
        if name in signature.optional and recipe.case.arguments.get(name) is not None:
            yield recipe.but(omitted=frozenset({name}), label=f"without {name}")


def has_any_shape(case: Case) -> bool:
    """Whether an argument of the case may have any shape."""
    return bool(_any_shaped(case))


def _any_shaped(case: Case) -> list[str]:
    return [name for name, d in case.arguments.items() if isinstance(d, Values) and ANY in d.dimensions]


def _setting(recipe: Recipe, changed: dict[str, Any]) -> Recipe:
    label = ", ".join(f"{name}={value!r}" for name, value in changed.items())
    return recipe.but(settings={**recipe.settings, **changed}, promised=False, label=label)


def _options(name: str, recipe: Recipe, signature: Signature) -> Iterator[Any]:
    default, annotation = signature.default(name), signature.annotation(name)
    value = {**recipe.case.arguments, **recipe.settings}.get(name, default)
    if literal := words(annotation):
        yield from (text for text in literal if text != value)
    elif name == "reduction":
        yield from (text for text in _REDUCTIONS if text != value)
    elif isinstance(value, str):
        yield from (word for word in signature.mentioned if word != value)
    elif isinstance(value, bool):
        yield not value
    elif name in ("axis", "dim"):
        yield from _axis_options(value, annotation, default, recipe, signature)
    elif isinstance(value, float):
        yield value * 1.5 + 0.1
        yield value * 0.5 + 0.01
    elif isinstance(value, int):
        yield value + 1
        yield value - 1
    elif isinstance(value, tuple | list) and value and all(type(v) is int for v in value):
        yield type(value)(v + 1 for v in value)


def _axis_options(
    value: Any, annotation: str, default: Any, recipe: Recipe, signature: Signature
) -> Iterator[Any]:
    ndim = _ndim(recipe, signature, signature.inputs[0] if signature.inputs else "")
    if ndim and not isinstance(value, AxisOf):
        yield from (axis for axis in (*range(ndim), *range(-ndim, 0)) if axis != value)
    if value is not None and (default is None or "None" in annotation):
        yield None
    unsaid = default is None and not re.fullmatch(r"(int|None|Optional|SupportsIndex|[\[\]| ])+", annotation)
    if ndim >= 2 and ("tuple" in annotation.lower() or unsaid or isinstance(value, tuple)):
        yield (0, ndim - 1)
        yield (-1, 0)
        yield (1,)


def _ndim(recipe: Recipe, signature: Signature, name: str) -> int:
    names, described = inputs_of(recipe, signature)
    arrays = dict(zip(names, described, strict=True))
    d = arrays.get(name, described[0] if described else None)
    if isinstance(d, Values):
        leading = len(recipe.shapes.get(name, recipe.any_shape))
        return sum(leading if axis == ANY else 1 for axis in d.dimensions)
    return np.ndim(d) if isinstance(d, np.ndarray) else 0
