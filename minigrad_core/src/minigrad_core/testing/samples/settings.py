"""Other values for each setting: every axis, every word, both values of a flag, numbers beside the given."""

from collections.abc import Iterator
from itertools import chain
from typing import Any

import numpy as np

from ...contracts.cases import AxisOf
from ..subjects.signature import Signature
from ..subjects.subject import Subject
from .draw import draw
from .modes import others
from .sample import Recipe

THREE = (2, 3, 4)


def axes(recipe: Recipe, subject: Subject) -> Iterator[Recipe]:
    """Yield every axis that `axis_of` allows, from either end, where any shape may be of three: promised."""
    signature = subject.signature
    recipe = recipe.but(any_shape=THREE)
    for name, value in recipe.case.arguments.items():
        if isinstance(value, AxisOf) and name in signature.settings:
            ndim = _ndim(recipe, signature, value.name)
            for axis in (*range(ndim), *range(-ndim, 0)):
                yield recipe.but(settings={**recipe.settings, name: axis}, label=f"{name}={axis}")


def settings(recipe: Recipe, subject: Subject) -> Iterator[Recipe]:
    """Yield other values for each setting, which may be refused: the author did not promise them.

    Axes may be chosen: there are three, so that two of them leave one.
    """
    signature, recipe = subject.signature, recipe.but(any_shape=THREE)
    given = {**recipe.case.arguments, **recipe.settings}
    ndim = _ndim(recipe, signature)
    options = {
        name: list(chain(*others(given.get(name, p.default), p, ndim, signature.mentioned)))
        for name, p in signature.settings.items()
    }
    flags = {name: some[0] for name, some in options.items() if some and isinstance(some[0], bool)}
    turned = recipe.but(settings={**recipe.settings, **dict([*flags.items()][:1])})
    for name, some in options.items():
        for other in some:
            # Below a smaller bound, such as that of a norm, lie only values that are smaller still.
            small = isinstance(other, float) and len(some) > 1 and other == min(some)
            yield _with(recipe.but(style="small") if small else recipe, {name: other})
            if flags and name not in flags:  # one of the two is drawn
                yield _with(turned, {name: other})


def omissions(recipe: Recipe, subject: Subject) -> Iterator[Recipe]:
    """Yield the case without each optional input that it gives."""
    signature = subject.signature
    for name in signature.inputs:
        if name in signature.optional and recipe.case.arguments.get(name) is not None:
            yield recipe.but(omitted=frozenset({name}), label=f"without {name}")


def _with(recipe: Recipe, changed: dict[str, Any]) -> Recipe:
    label = ", ".join(f"{name}={value!r}" for name, value in changed.items())
    return recipe.but(settings={**recipe.settings, **changed}, promised=False, label=label)


def _ndim(recipe: Recipe, signature: Signature, name: str = "") -> int:
    """Return how many axes an input has, the first if none is named."""
    sample = draw(recipe, signature)
    inputs = dict(zip(sample.names, sample.inputs, strict=True))
    return np.ndim(inputs.get(name, next(iter(inputs.values()), 0)))
