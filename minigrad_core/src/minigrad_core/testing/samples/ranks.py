"""One axis more than a case has, where an axis is chosen: of three, the middle one is neither end."""

from collections.abc import Iterator
from dataclasses import replace

from ...contracts.cases import ANY, AxisOf, Values
from ..subjects.subject import Subject
from .sample import Recipe


def ranks(recipe: Recipe, subject: Subject) -> Iterator[Recipe]:
    """Yield arrays of three axes for those of fewer of which one may be chosen, with each that is new."""
    arguments = recipe.case.arguments
    for name, value in arguments.items():
        described = arguments.get(value.name) if isinstance(value, AxisOf) else None
        if name not in subject.signature.settings or not isinstance(described, Values):
            continue
        dimensions = described.dimensions
        if not 0 < len(dimensions) < 3 or ANY in dimensions:
            continue
        more = " ".join(("2", "3")[: 3 - len(dimensions)])
        changed = {
            n: replace(d, shape=f"{more} {d.shape}") if getattr(d, "dimensions", None) == dimensions else d
            for n, d in arguments.items()
        }
        case = type(recipe.case)(**changed)
        for axis in (0, 2, 1):
            settings = {**recipe.settings, name: axis}
            yield recipe.but(case=case, settings=settings, promised=False, label=f"three axes, {name}={axis}")
