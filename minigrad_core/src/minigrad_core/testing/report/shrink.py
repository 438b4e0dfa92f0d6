"""The smallest arguments that still fail: sizes down to 1 or 2, values to round numbers."""

from collections.abc import Iterator
from math import prod
from typing import Any

import numpy as np

from ..finding import Broken
from ..oracle.compare import Evidence, compare
from ..samples.draw import letter_sizes
from ..samples.sample import Recipe, Sample, Undrawable
from ..samples.sizes import any_shaped
from ..samples.special import free
from ..study import Study
from ..trial import Trial


def shrunk(study: Study, sample: Sample, evidence: Evidence) -> tuple[Sample, Evidence]:
    """Return a smaller sample at which the gradient is still wrong, with the evidence there."""
    smaller = (_fails(study, recipe) for recipe in _smaller(sample.recipe))
    found = next(filter(None, smaller), (sample, evidence))
    return _fails(study, _rounded(found[0])) or found


def _smaller(recipe: Recipe) -> Iterator[Recipe]:
    """Yield the recipe with smaller sizes, the smallest first."""
    letters = letter_sizes(recipe.case, recipe.sizes)
    if any_shaped(recipe.case) and len(recipe.shapes) == 1:
        for shape in ((2,), (2, 2), (3,), (2, 3)):
            if prod(shape) < prod(recipe.shapes[0]):
                yield recipe.but(shapes=(shape,))
    elif letters:
        distinct = {letter: 2 + k % 2 for k, letter in enumerate(letters)}
        of_size = [dict.fromkeys(letters, size) for size in (1, 2)]
        for sizes in (*of_size, distinct, *({**distinct, letter: letters[letter]} for letter in letters)):
            yield recipe.but(sizes=sizes)


def _fails(study: Study, sample: Sample | Recipe) -> tuple[Sample, Evidence] | None:
    """Return a sample with the evidence that the gradient is wrong there, None if it is right."""
    try:
        sample = study.draw(sample) if isinstance(sample, Recipe) else sample
        evidence = compare(Trial(study.subject, sample))
    except (Undrawable, ValueError, Broken):
        return None
    return None if evidence is None else (sample, evidence)


def _rounded(sample: Sample) -> Sample:
    """Return the sample with values of one or two digits, inside their domains."""
    found: dict[int, Any] = {}
    for i, domain in free(sample).items():
        x = sample.inputs[i]
        scale = 10.0 ** np.floor(np.log10(np.where(x == 0, 1.0, np.abs(x))) - 1)
        new = np.round(x / scale) * scale
        found[i] = np.where((new > domain.low) & (new < domain.high), new, x)
    return sample.but(found)
