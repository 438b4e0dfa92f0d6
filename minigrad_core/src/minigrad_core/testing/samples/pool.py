"""The pool: a covering array of samples, derived from the cases of a subject.

The arguments of calls differ along four dimensions: the case, its settings, its sizes and its values. Each
dimension has levels, which the generators in `LEVELS` yield. The pool has each level alone, and then
samples that combine levels, so that any two levels of different dimensions meet in one sample (a covering
array of strength two). Kuhn, Wallace and Gallo 2004, "Software fault interactions and implications for
software testing", found that pairs trigger most of the faults of real programs that single levels miss.
"""

from collections.abc import Callable, Iterator, Sequence
from enum import Enum
from functools import lru_cache
from itertools import combinations, islice
from typing import Any, NamedTuple, TypeAlias

from ..subjects.subject import Subject
from .integers import vary_indices, vary_integers
from .sample import Family, Recipe
from .settings import vary_axes, vary_settings
from .sizes import enlarge, make_empty, shrink_large, vary_sizes
from .special_values import insert_non_finite, make_extreme, offset_values, place_on_kinks, scale_to_limits

Generator: TypeAlias = Callable[[Recipe, Subject], Iterator[Recipe]]


class Dimension(Enum):
    """The ways in which samples differ, beside the case; the text is for the documentation."""

    SETTINGS = "settings"
    SIZES = "sizes"
    VALUES = "values"


# The generators of the levels of each dimension. A generator takes the recipe of a case and the subject, and
# yields derived recipes.
LEVELS: dict[Dimension, tuple[Generator, ...]] = {
    Dimension.SETTINGS: (vary_axes, vary_settings),
    Dimension.SIZES: (vary_sizes, make_empty, enlarge),
    Dimension.VALUES: (
        *(vary_indices, place_on_kinks, offset_values, make_extreme),
        *(insert_non_finite, vary_integers, scale_to_limits),
    ),
}
SIZED = frozenset({Family.SIZES, Family.EMPTIES, Family.LARGE})
MOST_LEVELS = 8  # per generator: 16 cases with 10 settings would give hundreds of samples
MOST_TOGETHER = 4  # levels of one combined sample
MOST_COMBINED = 18  # combined samples: all pairs of an operation with ten settings would be hundreds


class Level(NamedTuple):
    """A level of a dimension."""

    # The dimension; of the settings, each one is a dimension of its own. A case has all settings.
    dimensions: frozenset[object]
    turn: int  # the place among the levels of its generator: the first ones of all generators come first
    cases: frozenset[int]  # the indices of the cases that have this level
    alone_with: int | None = None  # the index of the case that the level has met alone; None for a case


def fill_pool(cases: Sequence[Recipe], subject: Subject, try_sample: Callable[[Recipe], bool]) -> None:
    """Offer derived recipes to `try_sample`: each level alone, then combinations of accepted levels.

    cases: the recipes of the cases. The n-th level is tried with the n-th case that has it, and then with the
        others until one is accepted.
    subject: the subject for which the pool is drawn.
    try_sample: returns whether the sample of a recipe was accepted.
    """
    settings = frozenset({*subject.signature.settings, *subject.signature.optional, Dimension.SETTINGS})
    indices = range(len(cases[:MOST_LEVELS]))
    levels = [Level(settings, k, frozenset({k})) for k in indices]
    recipes: list[dict[int, Recipe]] = [{} for _ in indices]  # of each level, by the index of the case
    for dimension, generators in LEVELS.items():
        for generate in generators:
            by_label: dict[str, list[tuple[int, Recipe]]] = {}
            for index, case in enumerate(cases):
                for recipe in generate(case, subject):
                    by_label.setdefault(recipe.label, []).append((index, recipe))
            for k, alternatives in enumerate(islice(by_label.values(), MOST_LEVELS)):
                start = k % len(alternatives)
                rotated = (*alternatives[start:], *alternatives[:start])
                accepted = next((pair for pair in rotated if try_sample(pair[1])), None)
                if accepted is not None and _may_combine(accepted[1]):
                    dimensions = frozenset[object](accepted[1].settings or {dimension})
                    if generate is make_empty:  # an empty array has no values that could be special
                        dimensions |= {Dimension.VALUES}
                    recipes.append(dict([*reversed(alternatives), accepted]))
                    levels.append(Level(dimensions, k, frozenset(recipes[-1]), accepted[0]))
    for index, row in cover_pairs(tuple(levels)):
        combined = [recipes[k][index] for k in row if k not in indices]
        try_sample(_combine(cases[index], combined))


def _may_combine(recipe: Recipe) -> bool:
    """Return whether a level may be combined: not a setting of 0, which with a row of zeros makes 0 / 0."""
    return not any(type(value) is float and value == 0 for value in recipe.settings.values())


@lru_cache(1024)  # many operations have the same levels
def cover_pairs(levels: tuple[Level, ...]) -> list[tuple[int, list[int]]]:
    """Return the rows of the covering array: in each the indices of some levels, and that of a case.

    Each row starts from two levels that have not met, and adds from other dimensions the level that has not
    met most of them, up to `MOST_TOGETHER` levels. There are rows until any two levels of two dimensions have
    met, or until there are `MOST_COMBINED`.
    """
    indices = range(len(levels))
    pairs = [
        (i, j)
        for i, j in combinations(indices, 2)
        if levels[i].dimensions.isdisjoint(levels[j].dimensions) and levels[j].alone_with != i
    ]
    # A level comes after the levels of its dimension that have an earlier turn.
    order = sorted(indices, key=lambda k: levels[k].turn)
    ranks = {k: sum(_share_dimension(levels[j], levels[k]) for j in order[:n]) for n, k in enumerate(order)}
    unmet = dict.fromkeys(sorted(pairs, key=lambda pair: ranks[pair[0]] + ranks[pair[1]]))
    rows: list[tuple[int, list[int]]] = []
    while unmet and len(rows) < MOST_COMBINED:
        row: list[int] = []
        cases = frozenset[int]()
        additions: Sequence[int] = next(iter(unmet))
        while additions and len(row) < MOST_TOGETHER:
            row.extend(additions)
            cases = frozenset.intersection(*(levels[i].cases for i in row))
            dimensions = frozenset[object]().union(*(levels[i].dimensions for i in row))
            gains = {
                k: sum((min(i, k), max(i, k)) in unmet for i in row)
                for k, level in enumerate(levels)
                if dimensions.isdisjoint(level.dimensions) and not cases.isdisjoint(level.cases)
            }
            best = max(gains, key=lambda k: gains[k], default=0)
            additions = [best] if gains.get(best) else []
        for pair in combinations(sorted(row), 2):
            unmet.pop(pair, None)
        if cases:
            rows.append((min(cases), sorted(row)))
    return rows


def _share_dimension(a: Level, b: Level) -> bool:
    """Return whether two levels are of one dimension; an empty size is of two."""
    return a.dimensions == b.dimensions or not a.dimensions.isdisjoint(b.dimensions & {*Dimension})


def _combine(case: Recipe, recipes: Sequence[Recipe]) -> Recipe:
    """Return the recipe that differs from its case in everything in which one of some recipes does.

    recipes: in the order of their dimensions. Generators of settings and values choose shapes that suit them;
        the shapes of a level of sizes win.
    """
    usual, changes = vars(case), dict[str, Any]()
    for recipe in sorted(recipes, key=lambda recipe: recipe.is_of(SIZED)):
        changes |= {k: v for k, v in vars(recipe).items() if v is not usual[k]}
    changes["settings"] = {name: v for recipe in recipes for name, v in recipe.settings.items()}
    families = [family for recipe in recipes for family in recipe.families]
    changes["families"] = tuple(sorted(families))
    changes["label"] = ", ".join(recipe.label for recipe in recipes)
    changes["promised"] = all(recipe.promised for recipe in recipes)
    if "change" in changes:  # special values replace drawn ones inside the domain; the others keep their size
        changes["style"] = case.style
    combined = case.replace(**changes)
    return shrink_large(combined) if Family.LARGE in families else combined
