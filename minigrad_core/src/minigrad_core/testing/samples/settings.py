"""Other values for each setting: every axis, every word, both values of a flag, numbers beside the given."""

import re
from collections.abc import Iterator
from typing import Any

import numpy as np

from ...contracts.cases import ANY, AxisOf, Values
from ..subjects.signature import Signature, words
from ..subjects.subject import Subject
from .draw import inputs_of
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
    options = {
        name: list(_others(given.get(name, signature.default(name)), name, recipe, signature))
        for name in signature.settings
    }
    flags = {name: others[0] for name, others in options.items() if others and isinstance(others[0], bool)}
    turned = recipe.but(settings={**recipe.settings, **dict([*flags.items()][:1])})
    for name, others in sorted(options.items(), key=lambda item: item[1] != [np.longdouble]):
        for other in others:
            yield _with(recipe, {name: other})
            if flags and name not in flags:  # one of the two is drawn
                yield _with(turned, {name: other})


def omissions(recipe: Recipe, subject: Subject) -> Iterator[Recipe]:
    """Yield the case without each optional input that it gives, and with one array for several."""
    signature = subject.signature
    many = recipe.case.arguments.get(signature.variadic or "")
    if isinstance(many, tuple) and len(many) > 1:
        case = type(recipe.case)(**{**recipe.case.arguments, str(signature.variadic): many[:1]})
        yield recipe.but(case=case, promised=False, label=f"one array of {signature.variadic}")
    for name in signature.inputs:
        if name in signature.optional and recipe.case.arguments.get(name) is not None:
            yield recipe.but(omitted=frozenset({name}), label=f"without {name}")


def _with(recipe: Recipe, changed: dict[str, Any]) -> Recipe:
    label = ", ".join(f"{name}={value!r}" for name, value in changed.items())
    return recipe.but(settings={**recipe.settings, **changed}, promised=False, label=label)


def _others(value: Any, name: str, recipe: Recipe, signature: Signature) -> Iterator[Any]:
    """Yield other values, told from the value, its default and its annotation: the name means nothing."""
    annotation = signature.annotation(name)
    nullable = "None" in annotation or signature.default(name) is None
    whole = isinstance(value, tuple | list) and len(value) > 0 and all(type(v) is int for v in value)
    if (known := words(annotation)) or isinstance(value, str):
        yield from (word for word in known or signature.mentioned if word != value)
    elif isinstance(value, bool) or (value is None and re.search(r"\bbool\b", annotation)):
        yield not value
    elif value is None and "dtype" in annotation.lower():
        yield np.longdouble  # all that is computed in doubles is exact in it
    elif isinstance(value, float):
        yield from (value * 1.5 + 0.1, value * 0.5 + 0.01)
    elif (
        isinstance(value, AxisOf)
        or (value is None and re.search(r"^$|\bAny\b|\bint\b", annotation))
        or (isinstance(value, int) and (nullable or value < 0))
        or (whole and nullable)
    ):  # an axis, or several
        ndim = _ndim(recipe, signature, signature.inputs[0] if signature.inputs else "")
        axes = () if isinstance(value, AxisOf) else (*range(ndim), *range(-ndim, 0))
        yield from (axis for axis in axes if axis != value)
        yield from [None] if value is not None and nullable else []
        if ndim >= 2 and (isinstance(value, tuple) or re.search(r"^$|tuple", annotation)):
            yield from ((0, ndim - 1), (-1, 0), (1,))
    elif isinstance(value, int):
        yield from (value + 1, value - 1)
    elif isinstance(value, tuple | list) and whole:
        yield type(value)(v + 1 for v in value)


def _ndim(recipe: Recipe, signature: Signature, name: str) -> int:
    described = inputs_of(recipe, signature)
    d = described.get(name, next(iter(described.values()), None))
    if isinstance(d, Values):
        leading = len(recipe.shapes.get(name, recipe.any_shape))
        return sum(leading if axis == ANY else 1 for axis in d.dimensions)
    return np.ndim(d) if isinstance(d, np.ndarray) else 0
