"""Points where functions have kinks and ties: zeros, equal values, round ones."""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..subjects.subject import Subject
from .changes import Change, alike, changed, each, free, inside
from .sample import Recipe, Sample
from .signed import signed_values
from .sizes import any_shaped

CONSTANTS = (0.0, 1.0, -1.0, 0.5, -0.5, 2.0, -2.0, 3.0, -3.0, 6.0)
MOST = 80  # float values: a kink is looked for one value at a time


def kinks(recipe: Recipe, subject: Subject) -> Iterator[Recipe]:
    """Yield the sample at points where functions have kinks; where each value counts alone, all at once."""
    alone = subject.declared.broadcasts and any_shaped(recipe.case)
    if alone:
        recipe = recipe.but(any_shape=(len(CONSTANTS) + 3,))
    points: dict[str, Change] = {"zero": _at(np.zeros_like)}
    if not alone:
        points |= {
            "values in pairs, in all inputs": _pairs,
            "a zero in each row, the largest value twice": _at(lambda x: _largest_again(_zero_in_rows(x))),
        }
    points["round values"] = _round
    if alone:
        points["equal inputs"] = lambda sample: _known(sample, alike(sample))
    for k in range(2):  # of an LSTM's ten inputs the others would show the same
        points[f"zero for input {k} alone"] = partial(_zero_alone, k)
    for told, change in points.items():
        yield changed(recipe, told, _of_few(change))


def _of_few(change: Change) -> Change:
    """Return the change for what has few values: they are moved one at a time."""

    def few(sample: Sample) -> Mapping[int, Any]:
        return change(sample) if 0 < sum(sample.inputs[i].size for i in sample.floats) <= MOST else {}

    return few


def _at(make: Callable[[NDArray[Any]], NDArray[Any]]) -> Change:
    return each(lambda x, domain: inside(make(x), domain, x))


def _known(sample: Sample, values: Mapping[int, NDArray[Any]]) -> Mapping[int, Any]:
    """Return new values for the inputs whose domains have them."""
    new = {i: inside(values[i], d, sample.inputs[i]) for i, d in free(sample).items() if i in values}
    return {i: x for i, x in new.items() if x is not None}


def _pairs(sample: Sample) -> Mapping[int, Any]:
    """Return values in pairs; inputs of one shape have the same."""
    paired = _at(_in_pairs)(sample)
    return {**paired, **_known(sample, alike(sample.but(paired)))}


def _zero_alone(k: int, sample: Sample) -> Mapping[int, Any]:
    if len(sample.floats) < 2:
        return {}
    i = sample.floats[k]
    return _known(sample, {i: np.zeros_like(sample.inputs[i])})


def _round(sample: Sample) -> Mapping[int, Any]:
    """Return round values; inputs have different ones."""
    given = [float(v) for v in sample.settings.values() if type(v) in (int, float) and 0 < abs(v) < 100]
    constants = np.array([*(times * v for v in given for times in (1.0, 0.5, 1.5)), *CONSTANTS])
    new = {
        i: np.resize(np.roll(constants, -3 * k), sample.inputs[i].shape) for k, i in enumerate(sample.floats)
    }
    return _known(sample, new)


def _zero_in_rows(x: NDArray[Any]) -> NDArray[Any]:
    row = max(1, x.shape[-1]) if x.ndim else 1
    return np.where(np.arange(x.size).reshape(x.shape) % row == 0, 0.0, x)


def _in_pairs(x: NDArray[Any]) -> NDArray[Any]:
    """Return pairs of values of eight binary digits: their mean is exact, and no rounding hides a tie."""
    mantissa, exponent = np.frexp(x.ravel()[: max(1, x.size // 2)])
    half = np.ldexp(np.round(mantissa * 256) / 256, exponent)
    return np.resize(half, x.size)[signed_values(0, 0, (x.size,)).argsort()].reshape(x.shape)


def _largest_again(x: NDArray[Any]) -> NDArray[Any]:
    """Return values of which the largest stands beside itself, along the first axis and the last: a tie in
    one row, and none in the others.
    """
    y = x.copy()
    place = np.unravel_index(int(x.argmax()), x.shape) if x.size else ()
    for axis in {0, x.ndim - 1} if place else ():
        beside = list(place)
        beside[axis] = (beside[axis] + 1) % x.shape[axis]
        y[tuple(beside)] = x[place]
    return y
