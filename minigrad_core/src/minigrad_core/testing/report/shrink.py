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
    smaller = (_fails(study, recipe) for recipe in _smaller(sample.recipe))
    found = next(filter(None, smaller), (sample, evidence))
    return _fails(study, _rounded(found[0])) or found


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
