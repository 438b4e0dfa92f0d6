"""Shapes that broadcast against one another, for what says that it broadcasts."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ...contracts.cases import Floats
from .sizes import any_shaped

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..subjects.subject import Subject
    from .sample import Recipe

# A missing leading axis, an axis of size 1, 0-d, on either side and on both.
_PARTNERS = (
    ((2, 3), (3,)),
    ((), (2, 3)),
    ((1, 3), (2, 1)),
    ((2, 3), ()),
    ((4, 1, 3), (2, 1)),
)


def partners(recipe: Recipe, subject: Subject) -> Iterator[Recipe]:
    """Yield shapes that broadcast, where that is claimed."""
    if subject.declared.broadcasts:
        yield from broadcast(recipe, subject)
        yield from _stretched(recipe)


def broadcast(recipe: Recipe, subject: Subject) -> Iterator[Recipe]:
    """Yield pairs of shapes for the inputs that may have any."""
    inputs = subject.signature.inputs
    names = [n for n in any_shaped(recipe.case) if n in inputs and n not in recipe.omitted]
    if len(names) < 2:
        return
    for pair in _PARTNERS:
        for turn in range(len(names) if len(names) > 2 else 1):
            shapes = {name: pair[(i + turn) % 2] for i, name in enumerate(names)}
            yield recipe.but(shapes=shapes, label="shapes " + " and ".join(str(s) for s in shapes.values()))


def _stretched(recipe: Recipe) -> Iterator[Recipe]:
    """Yield a leading axis lost or of size 1 on one side, where shapes have letters."""
    described = recipe.case.arguments.items()
    arrays = {name: d for name, d in described if isinstance(d, Floats) and len(d.dimensions) > 1}
    if len(arrays) < 2 or any_shaped(recipe.case):
        return
    for name, description in arrays.items():
        rest = " ".join(map(str, description.dimensions[1:]))
        for shape in (rest, f"1 {rest}"):
            changed = {**recipe.case.arguments, name: replace(description, shape=shape)}
            label = f"{name} ({shape.replace(' ', ', ')})"
            yield recipe.but(case=type(recipe.case)(**changed), promised=False, label=label)
