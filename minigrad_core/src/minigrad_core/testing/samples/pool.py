"""The pool: samples of every family, derived from the cases of a subject."""

from collections.abc import Callable, Sequence
from itertools import islice

from ..subjects.subject import Subject
from .integers import insert_numbers, vary_indices, vary_integers
from .sample import Family, Recipe
from .settings import vary_axes, vary_settings
from .sizes import enlarge, make_empty, vary_sizes
from .special_values import insert_non_finite, make_extreme, offset_values, place_on_kinks

# In this order. Each generator takes the recipe of a case and the subject, and yields derived recipes.
GENERATORS = (
    (Family.AXES, vary_axes),
    (Family.SETTINGS, vary_settings),
    (Family.SIZES, vary_sizes),
    (Family.EMPTIES, make_empty),
    (Family.LARGE, enlarge),
    (Family.INDICES, vary_indices),
    (Family.INTEGERS, vary_integers),
    (Family.INTEGERS, insert_numbers),
    (Family.KINKS, place_on_kinks),
    (Family.OFFSETS, offset_values),
    (Family.EXTREMES, make_extreme),
    (Family.NON_FINITE, insert_non_finite),
)
MOST_LABELS = 8  # per generator: 16 cases with 10 settings would give hundreds of samples


def fill_pool(recipes: Sequence[Recipe], subject: Subject, try_sample: Callable[[Recipe], bool]) -> None:
    """Offer derived recipes to `try_sample`, one of each label.

    recipes: the recipes of the cases. Recipes of one label that derive from different cases are
        alternatives: the n-th label begins with the n-th case, and goes on until one recipe is accepted.
    subject: the subject for which the pool is drawn.
    try_sample: returns whether the sample of a recipe was accepted.
    """
    for family, generate in GENERATORS:
        by_label: dict[str, list[Recipe]] = {}
        for recipe in recipes:
            for derived in generate(recipe.replace(family=family), subject):
                by_label.setdefault(derived.label, []).append(derived)
        for k, alternatives in enumerate(islice(by_label.values(), MOST_LABELS)):
            start = k % len(alternatives)
            any(map(try_sample, (*alternatives[start:], *alternatives[:start])))
