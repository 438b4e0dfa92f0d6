"""The pool: every sample that the laws see, drawn once for a subject.

One file of this folder for each kind of sample. From a subject with 16 cases and 10 settings hundreds could
be drawn: of each kind there are about so many as stand here, each label once, in turns from other cases.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

from ...contracts.cases import Values
from ..subjects.subject import Subject
from .integers import indices, integers, numbers
from .sample import Recipe
from .settings import axes, omissions, settings
from .sizes import empties, large, partners, sizes
from .special import extremes, kinks, odd, offsets, ties

Family = Callable[[Recipe, Subject], Iterator[Recipe]]

T = TypeVar("T")

# What is drawn, as which kind of sample, and about how many of it.
FAMILIES: tuple[tuple[str, Family, int], ...] = (
    ("axes", axes, 6),
    ("settings", settings, 8),
    ("omissions", omissions, 2),
    ("sizes", sizes, 4),
    ("empties", empties, 2),
    ("large", large, 2),
    ("partners", partners, 4),
    ("indices", indices, 7),
    ("integers", integers, 5),
    ("integers", numbers, 3),
    ("kinks", kinks, 3),
    ("kinks", ties, 2),
    ("offsets", offsets, 5),
    ("extremes", extremes, 2),
    ("odd", odd, 1),
)


def fill(recipes: Sequence[Recipe], subject: Subject, takes: Callable[[Recipe], bool]) -> None:
    """Offer recipes of every family; `takes` tells whether the subject takes one."""
    for name, family, most in FAMILIES:
        _some([r for recipe in recipes for r in family(recipe.but(family=name), subject)], most, takes)


def _some(recipes: Sequence[Recipe], most: int, takes: Callable[[Recipe], bool]) -> None:
    """Offer each label once, in turns from other cases; one that is alone, for other cases too.

    A setting takes other lines for arrays of other ranks: it is offered for inputs of each.
    """
    groups: dict[Any, list[Recipe]] = {}
    for recipe in recipes:
        ranks = _ranks(recipe) if recipe.settings or recipe.omitted else ()
        groups.setdefault((recipe.label, *ranks), []).append(recipe)
    if len(groups) == 1:
        for recipe in _evenly(recipes, most):
            takes(recipe)
        return
    for k, group in enumerate(_evenly(list(groups.values()), most)):
        turn = k % len(group)
        any(map(takes, (*group[turn:], *group[:turn])))


def _ranks(recipe: Recipe) -> list[int]:
    arguments = recipe.case.arguments.values()
    return [len(d.dimensions) for d in arguments if isinstance(d, Values)]


def _evenly(found: Sequence[T], most: int) -> list[T]:
    if len(found) <= most:
        return list(found)
    step = (len(found) - 1) / max(most - 1, 1)
    return [found[round(k * step)] for k in range(most)]
