"""Families of recipes that derive from the cases of an operation, and which of them are drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from ..contracts.cases import Values
from . import derive

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from .sample import Recipe
    from .study import Study

# Of each, about how many: each kind at least once, in turns from other cases.
MOST = {"styles": 3, "sizes": 7, "empties": 2, "large": 1, "partners": 6, "axes": 4, "settings": 8}

T = TypeVar("T")


def family_of(study: Study, family: str, recipe: Recipe) -> Iterable[Recipe]:
    """Return all recipes of a family that derive from one case's."""
    signature = study.signature
    if family == "styles":
        return derive.styles(recipe)
    if family == "sizes":
        return derive.sizes(recipe)
    if family == "empties":
        return derive.empties(recipe)
    if family == "large":
        return derive.large(recipe)
    if family == "partners":
        return (*derive.partners(recipe, signature), *derive.stretched(recipe)) if study.broadcasts else ()
    if family == "axes":
        return derive.axes(recipe, signature)
    if family == "settings":
        three = recipe.but(any_shape=(2, 3, 4)) if "axis" in signature.settings else recipe
        return (*derive.settings(three, signature), *derive.omissions(recipe, signature))
    raise KeyError(family)


def try_some(family: str, recipes: Sequence[Recipe], takes: Callable[[Recipe], bool]) -> None:
    """Try recipes of a family; `takes` tells whether the operation takes one.

    Each label once for inputs of these ranks, in turns from other cases, and then more, evenly: an operation
    with 16 cases and 10 settings has hundreds of recipes.
    """
    groups: dict[Any, list[Recipe]] = {}
    for recipe in recipes:
        arguments = recipe.case.arguments.values()
        ranks = [len(d.dimensions) for d in arguments if isinstance(d, Values)]
        # Values know no ranks, but a setting may be their threshold.
        numbers = any(isinstance(d, float) for d in arguments)
        key = (recipe.label, numbers) if family == "styles" else (recipe.label, *ranks)
        groups.setdefault(key, []).append(recipe)
    tried: list[Recipe] = []
    for k, group in enumerate(_evenly(list(groups.values()), 2 * MOST[family])):
        turn = k % len(group)
        for recipe in (*group[turn:], *group[:turn]):
            tried.append(recipe)
            if takes(recipe):
                break
    for recipe in _evenly([r for r in recipes if r not in tried], MOST[family] - len(tried)):
        takes(recipe)


def _evenly(found: Sequence[T], most: int) -> list[T]:
    if len(found) <= most:
        return list(found)
    step = (len(found) - 1) / max(most - 1, 1)
    return [found[round(k * step)] for k in range(most)]
