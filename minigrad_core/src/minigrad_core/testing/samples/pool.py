"""The pool: every sample that the laws see, drawn once for a subject, of each kind in `FAMILIES`."""

from collections.abc import Callable, Sequence
from itertools import islice

from ..subjects.subject import Subject
from .integers import indices, integers, numbers
from .sample import Recipe
from .settings import axes, settings
from .sizes import empties, large, sizes
from .special import extremes, kinks, odd, offsets

FAMILIES = (axes, settings, sizes, empties, large, indices, integers, numbers, kinks, offsets, extremes, odd)
MOST = 8  # labels of one family: of 16 cases with 10 settings hundreds could be drawn


def fill(recipes: Sequence[Recipe], subject: Subject, takes: Callable[[Recipe], bool]) -> None:
    """Offer recipes of every family, each label once, in turns from other cases.

    `takes` tells whether the subject takes one.
    """
    for family in FAMILIES:
        groups: dict[str, list[Recipe]] = {}
        for recipe in recipes:
            for each in family(recipe.but(family=family.__name__), subject):
                groups.setdefault(each.label, []).append(each)
        for k, group in enumerate(islice(groups.values(), MOST)):
            turn = k % len(group)
            any(map(takes, (*group[turn:], *group[:turn])))
