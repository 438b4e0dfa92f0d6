"""Other values for each setting: every axis, every word, both values of a flag, numbers beside the given."""

from __future__ import annotations

import re
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np

from ...contracts.cases import ANY, AxisOf, Values
from ..subjects.signature import words
from .draw import inputs_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..subjects.signature import Signature
    from ..subjects.subject import Subject
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

    Where axes may be chosen there are three, so that two of them leave one.
    """
    signature = subject.signature
    kinds = {name: _kind(name, recipe, signature) for name in signature.settings}
    kinds = dict(sorted(kinds.items(), key=lambda item: item[1] != "dtype"))  # what comes first is drawn
    if "axes" in kinds.values():
        recipe = recipe.but(any_shape=THREE)
    options = {name: list(_options(name, kind, recipe, signature)) for name, kind in kinds.items()}
    flags = [name for name, kind in kinds.items() if kind == "flag"]
    for name, values in options.items():
        for value in values:
            yield _with(recipe, {name: value})
            if flags and name not in flags:  # one of the two is drawn
                yield _with(
                    recipe.but(settings={**recipe.settings, flags[0]: options[flags[0]][0]}), {name: value}
                )
            if isinstance(value, float):  # a threshold, perhaps: norms are seldom just above it
                yield _with(recipe.but(style="modest"), {name: value})
    chosen = [name for name, kind in kinds.items() if kind == "axes"]
    for axis, flag in product(chosen[:1], flags[:1]):
        for pair in product(options[axis], options[flag]):
            yield _with(recipe, dict(zip((axis, flag), pair, strict=True)))


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


def _value(name: str, recipe: Recipe, signature: Signature) -> Any:
    return {**recipe.case.arguments, **recipe.settings}.get(name, signature.default(name))


def _kind(name: str, recipe: Recipe, signature: Signature) -> str:
    """Return what sort of values a setting has, by its value, default and annotation."""
    value, annotation = _value(name, recipe, signature), signature.annotation(name)
    if isinstance(value, str) or words(annotation):
        return "word"
    if isinstance(value, bool) or (value is None and re.search(r"\bbool\b", annotation)):
        return "flag"
    if isinstance(value, float):
        return "number"
    if value is None and re.search(r"dtype", annotation, re.IGNORECASE):
        return "dtype"
    if isinstance(value, AxisOf) or (value is None and re.search(r"^$|\bAny\b|\bint\b", annotation)):
        return "axes"
    if isinstance(value, int):
        nullable = "None" in annotation or signature.default(name) is None or value < 0
        return "axes" if nullable else "count"
    if isinstance(value, tuple | list) and value and all(type(v) is int for v in value):
        return "axes" if "None" in annotation or signature.default(name) is None else "counts"
    return "other"


def _options(name: str, kind: str, recipe: Recipe, signature: Signature) -> Iterator[Any]:
    value, annotation = _value(name, recipe, signature), signature.annotation(name)
    if kind == "word":
        yield from (word for word in words(annotation) or signature.mentioned if word != value)
    elif kind == "flag":
        yield not value
    elif kind == "dtype":
        yield np.longdouble  # all that is computed in doubles is exact in it
    elif kind == "axes":
        yield from _axes(name, value, annotation, recipe, signature)
    elif kind == "number":
        yield value * 1.5 + 0.1
        yield value * 0.5 + 0.01
    elif kind == "count":
        yield value + 1
        yield value - 1
    elif kind == "counts":
        yield type(value)(v + 1 for v in value)


def _axes(name: str, value: Any, annotation: str, recipe: Recipe, signature: Signature) -> Iterator[Any]:
    ndim = _ndim(recipe, signature, signature.inputs[0] if signature.inputs else "")
    if not isinstance(value, AxisOf):
        yield from (axis for axis in (*range(ndim), *range(-ndim, 0)) if axis != value)
    if value is not None and (signature.default(name) is None or "None" in annotation):
        yield None
    if ndim >= 2 and (isinstance(value, tuple) or re.search(r"^$|tuple", annotation)):
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
