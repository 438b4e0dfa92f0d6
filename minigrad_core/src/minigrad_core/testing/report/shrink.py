"""The smallest arguments that still fail: sizes down to 1 or 2, values to round numbers."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from ..finding import Broken
from ..oracle.compare import Evidence, compare
from ..samples.draw import letter_sizes
from ..samples.sample import Recipe, Sample, Undrawable, is_float
from ..samples.sizes import any_shaped
from ..study import Study
from ..trial import Trial


def shrunk(study: Study, sample: Sample, evidence: Evidence) -> tuple[Sample, Evidence]:
    """Return a smaller sample at which the gradient is still wrong, with the evidence there."""
    for recipe in _smaller(sample.recipe):
        found = _fails(study, recipe)
        if found is not None:
            sample, evidence = found
            break
    rounded = _rounded(sample)
    again = _evidence(study, rounded)
    return (rounded, again) if again is not None else (sample, evidence)


def _smaller(recipe: Recipe) -> Iterator[Recipe]:
    letters = letter_sizes(recipe.case, recipe.sizes)
    if any_shaped(recipe.case):
        for shape in ((2,), (2, 2), (3,), (2, 3)):
            if not recipe.shapes and recipe.any_shape and np.prod(shape) < np.prod(recipe.any_shape):
                yield recipe.but(any_shape=shape)
        return
    if not letters:
        return
    for size in (1, 2):
        yield recipe.but(sizes=dict.fromkeys(letters, size))
    distinct = {letter: 2 + k % 2 for k, letter in enumerate(letters)}
    yield recipe.but(sizes=distinct)
    for letter in letters:
        yield recipe.but(sizes={**distinct, letter: letters[letter]})


def _fails(study: Study, recipe: Recipe) -> tuple[Sample, Evidence] | None:
    try:
        sample = study.draw(recipe)
    except (Undrawable, ValueError):
        return None
    evidence = _evidence(study, sample)
    return None if evidence is None else (sample, evidence)


def _evidence(study: Study, sample: Sample) -> Evidence | None:
    try:
        return compare(Trial(study.subject, sample))
    except Broken:
        return None


def _rounded(sample: Sample) -> Sample:
    """Return the sample with values of one or two digits, inside their domains."""
    inputs: list[Any] = list(sample.inputs)
    for i, x in enumerate(inputs):
        domain = sample.domains[i]
        if not is_float(x) or domain is None:
            continue
        scale = 10.0 ** np.floor(np.log10(np.where(x == 0, 1.0, np.abs(x))) - 1) if x.size else 1.0
        new = np.round(x / scale) * scale
        inside = (new > getattr(domain, "low", -np.inf)) & (new < getattr(domain, "high", np.inf))
        inputs[i] = np.asarray(np.where(inside, new, x))
    return sample.with_inputs(tuple(inputs))
