"""Other values in the place of those that were drawn: where functions have kinks, cancel or overflow."""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...contracts.cases import Dominant, Floats
from ..subjects.subject import Subject
from .sample import Change, Recipe, Sample
from .sizes import any_shaped
from .values import WIDE

CONSTANTS = (0.0, 1.0, -1.0, 0.5, -0.5, 2.0, -2.0, 3.0, -3.0, 6.0)
MOST = 80  # float values: a kink is looked for one value at a time
FAR, CLOSE = "values of 1000 +- 1", "inputs close to one another"
SMALL = "values within 1e-6 of zero, or of an edge"
ODD = (np.nan, np.inf, np.nan, 0.0, -np.inf, 1.0)


def free(sample: Sample) -> dict[int, Floats]:
    """Return the float inputs whose values can be chosen one by one, with their domains."""
    domains = sample.drawn_from(Floats)
    return {i: d for i, d in domains.items() if i in sample.floats and not isinstance(d, Dominant)}


def _inside(change: Change, most: float = np.inf) -> Change:
    """Return the change where the domains have the new values, and inputs have at most so many in all."""

    def inside(sample: Sample) -> Mapping[int, Any]:
        found: dict[int, Any] = {}
        new = change(sample) if 0 < sum(sample.inputs[i].size for i in sample.floats) <= most else {}
        for i, domain in free(sample).items():
            y = new.get(i, np.empty(0))
            known = _has(domain, y)
            if known.any():
                found[i] = np.array(np.where(known, y, sample.inputs[i]))
        return found

    return inside


def _has(domain: Floats, y: NDArray[Any]) -> NDArray[Any]:
    """Return which values a domain has: infinities too, where it has no bound."""
    inside = (y > domain.low) & (y < domain.high) & ~(domain.nonzero & (y == 0))
    return inside | (np.isinf(y) & ((y == domain.low) | (y == domain.high)))


def _each(make: Callable[[NDArray[Any]], NDArray[Any]]) -> Change:
    return lambda sample: {i: make(sample.inputs[i]) for i in free(sample)}


def kinks(recipe: Recipe, subject: Subject) -> Iterator[Recipe]:
    """Yield round values; zeros and equal values too, unless each value counts alone."""
    if subject.declared.broadcasts and any_shaped(recipe.case):
        recipe = recipe.but(shapes=((2 * len(CONSTANTS) + 6,),))
        yield recipe.special("round values", _inside(_round, MOST))
    else:
        yield recipe.special("round values, some of them twice", _inside(_tied, MOST))
        yield recipe.special("zero", _inside(_each(np.zeros_like), MOST))


def _round(sample: Sample) -> dict[int, NDArray[Any]]:
    """Return round values, those of settings among them; inputs have the same in their first half."""
    given = [float(v) for v in sample.settings.values() if type(v) in (int, float) and 0 < abs(v) < 100]
    constants = np.array([*(times * v for v in given for times in (1.0, 0.5, 1.5)), *CONSTANTS])
    found = {}
    for k, i in enumerate(free(sample)):
        x = sample.inputs[i]
        found[i] = np.resize(np.roll(constants, -3 * k), x.shape)
        found[i].flat[: x.size // 2] = np.resize(constants, x.size // 2)
    return found


def _tied(sample: Sample) -> Mapping[int, Any]:
    """Return round values, a zero in each row, the largest twice, side by side: one row has a tie."""
    found = {i: y for i, y in _round(sample).items() if y.ndim and y.size}
    for y in found.values():
        y[..., 0] = 0.0
        for axis in {0, y.ndim - 1}:
            y[np.roll(y, 1, axis) == y.max()] = y.max()
    return found


def offsets(recipe: Recipe, _: Subject) -> Iterator[Recipe]:
    """Yield 1000 +- 1, inputs that nearly equal one another, and values near zero or an edge."""
    several = len(recipe.named(Floats)) > 1
    yield recipe.special(FAR, _inside(_each(_far)))
    for k in range(1 + several):
        yield recipe.special(f"tiny values of input {k}", _inside(partial(_tiny, 1e-12, [k])))
    if several:
        yield recipe.special(CLOSE, _inside(_close))
    yield recipe.special(SMALL, _inside(partial(_tiny, 1e-6, range(99))))  # long double has digits left


def _far(x: NDArray[Any]) -> NDArray[Any]:
    """Return 1000 with a spread of about 1, in the reverse of the usual order; digits fill the mantissa."""
    return 1000.0 + np.sqrt(2.0) * np.flip(x) / np.abs(x).max(initial=1.0)


def _close(sample: Sample) -> Mapping[int, Any]:
    """Return, for inputs after the first, nearly its values or rows, as far as they go."""
    first, *others = sample.floats
    row = sample.inputs[first].shape[1:]
    found = {i: x for i, x in enumerate(sample.inputs) if i in others and x.ndim and x.shape[1:] == row}
    return {i: np.resize(sample.inputs[first], x.shape) * (1 + 1e-6 * np.tanh(x)) for i, x in found.items()}


def _tiny(distance: float, which: Any, sample: Sample) -> Mapping[int, Any]:
    """Return values whose distance from zero, or from a finite edge of the domain, is about so much."""
    found: dict[int, Any] = {}
    for k, (i, domain) in enumerate(free(sample).items()):
        x, low, high = sample.inputs[i], domain.low, domain.high
        small = (0.2 + np.minimum(np.abs(x), 3.0)) * distance
        edge = 0.0 if low < 0 < high else low if np.isfinite(low) else high
        signs = np.sign(x) if low < 0 < high else 1.0 if edge == low else -1.0
        if k in which:
            found[i] = edge + signs * small * max(abs(edge), 1.0)
    return found


def extremes(recipe: Recipe, _: Subject) -> Iterator[Recipe]:
    """Yield values at which naive formulas overflow, and square matrices whose determinant does."""
    label = "values around 1000, and of 300, beside ordinary ones"
    yield recipe.special(label, scaled(2000.0, 2000.0, 300.0, 1.0))
    described = [d.dimensions for d in recipe.case.arguments.values() if isinstance(d, Floats)]
    if any(len(set(d)) < len(d) for d in described):
        sized = recipe.but(sizes=dict.fromkeys(recipe.case.letters, 33))
        yield sized.special("33 x 33 matrices of values around 1e20", scaled(1e20))


def scaled(*factors: float) -> Change:
    """Return the change to larger values, by each factor in turn, where the domain has them."""

    def larger(sample: Sample) -> Mapping[int, Any]:
        found: dict[int, Any] = {}
        for i, domain in sample.drawn_from(Floats).items():
            x = sample.inputs[i]
            if domain.high - domain.low >= WIDE and x.size:
                dominant = isinstance(domain, Dominant)  # as a whole, or it is so no longer
                by = factors[0] if dominant else np.resize(factors, x.shape)
                values = by * (x if dominant else x + np.sign(x) * 0.3)
                found[i] = np.array(np.clip(values, 0.98 * domain.low, 0.98 * domain.high))
        return found

    return larger


def odd(recipe: Recipe, subject: Subject) -> Iterator[Recipe]:
    """Yield NaN in every other place, with infinities and zeros as far as the domain goes."""
    if subject.declared.broadcasts and len(any_shaped(recipe.case)) > 1:  # each beside a number of another
        recipe = recipe.but(shapes=((3, 8),))
    yield recipe.special("NaN, infinities and zeros", _odd)


def _odd(sample: Sample) -> Mapping[int, Any]:
    found = {i: sample.inputs[i].copy() for i in sample.floats}
    for turn, (i, y) in enumerate(found.items()):
        places, d = y.reshape(-1)[::2], sample.domains[i]
        values = np.resize(np.roll(ODD, turn), places.shape)
        known = _has(d, values) if isinstance(d, Floats) else True
        places[...] = np.where(np.isnan(values) | known, values, places)
    return found
