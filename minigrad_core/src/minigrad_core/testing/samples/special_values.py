"""Samples of special values: at kinks and ties, far from zero, near a domain's edge, extreme, not finite.

Each generator yields recipes whose *change* replaces the drawn values. A change maps the index of an input to
its new values.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...contracts.cases import Dominant, Floats
from ..subjects.subject import Subject
from .sample import Change, Offset, Recipe, Sample
from .sizes import LARGE_SQUARE, find_any_shaped
from .values import WIDE_DOMAIN

ROUND_VALUES = (0.0, 1.0, -1.0, 0.5, -0.5, 2.0, -2.0, 3.0, -3.0, 6.0)
NON_FINITE_VALUES = (np.nan, np.inf, np.nan, 0.0, -np.inf, 1.0)
# Float values of a sample at kinks: the slopes there are measured for one value at a time.
MOST_VALUES = 80
FAR = 1000.0
NEAR, NEARER = 1e-6, 1e-12  # distances from zero, or from an edge of the domain


def find_free_inputs(sample: Sample) -> dict[int, Floats]:
    """Return the float inputs whose values can be chosen one by one, with their domains.

    A diagonally dominant matrix is not among them: a new value might end its dominance.
    """
    domains = sample.inputs_drawn_from(Floats)
    return {i: d for i, d in domains.items() if i in sample.floats and not isinstance(d, Dominant)}


# At kinks.


def place_on_kinks(recipe: Recipe, subject: Subject) -> Iterator[Recipe]:
    """Yield round values; where values of one input interact, also ties, zeros and rows of equal values."""
    if subject.declared.broadcasts and find_any_shaped(recipe.case):
        recipe = recipe.replace(shapes=((2 * len(ROUND_VALUES) + 6,),))
        yield recipe.with_change("round values", _keep_inside(_round_values, MOST_VALUES))
    else:
        yield recipe.with_change("round values, some of them twice", _keep_inside(_tie_values, MOST_VALUES))
        yield recipe.with_change("zero", _keep_inside(_change_each(np.zeros_like), MOST_VALUES))
        label = "a row of zeros, and a row of equal values"
        yield recipe.with_change(label, _keep_inside(_change_each(_flatten_rows), MOST_VALUES))


def _round_values(sample: Sample) -> dict[int, NDArray[Any]]:
    """Return round values and multiples of the numeric settings, where kinks often are.

    The inputs have equal values in their first half, and different ones in their second half.
    """
    settings = [float(v) for v in sample.settings.values() if type(v) in (int, float) and 0 < abs(v) < 100]
    multiples = [factor * v for v in settings for factor in (1.0, 0.5, 1.5)]
    constants = np.array([*multiples, *ROUND_VALUES])
    arrays = {}
    for k, i in enumerate(find_free_inputs(sample)):
        x = sample.inputs[i]
        arrays[i] = np.resize(np.roll(constants, -3 * k), x.shape)
        arrays[i].flat[: x.size // 2] = np.resize(constants, x.size // 2)
    return arrays


def _tie_values(sample: Sample) -> Mapping[int, Any]:
    """Return round values with a zero in each row, and with the largest value twice, side by side."""
    arrays = {i: y for i, y in _round_values(sample).items() if y.ndim and y.size}
    for y in arrays.values():
        y[..., 0] = 0.0
        for axis in {0, y.ndim - 1}:
            y[np.roll(y, 1, axis) == y.max()] = y.max()
    return arrays


def _flatten_rows(x: NDArray[Any]) -> NDArray[Any]:
    """Return the values with a first row of zeros, and a last row of equal values."""
    y = x.copy()
    if y.ndim and len(y) > 1:
        y[0], y[-1] = 0.0, y[-1].flat[0] if y[-1].size else 0.0
    return y


# Far from zero, and near something.


def offset_values(recipe: Recipe, subject: Subject) -> Iterator[Recipe]:
    """Yield values of +-1000 +- 1, inputs close to one another, and values near zero or near an edge."""
    has_several_inputs = len(recipe.argument_names(Floats)) > 1
    yield recipe.with_change("values of 1000 +- 1", _keep_inside(_change_each(_shift)), Offset.FAR)
    if subject.declared.broadcasts:
        change = _keep_inside(_change_each(lambda x: -_shift(x)))
        yield recipe.with_change("values of -1000 +- 1", change, Offset.FAR)
    for k in range(1 + has_several_inputs):
        change = _keep_inside(partial(_bring_near_edge, NEARER, [k]))
        yield recipe.with_change(f"tiny values of input {k}", change, Offset.TINY)
    if has_several_inputs:
        yield recipe.with_change("inputs close to one another", _keep_inside(_bring_close), Offset.CLOSE)
    # Not nearer than 1e-6, so that long double is still accurate there.
    change = _keep_inside(partial(_bring_near_edge, NEAR, range(99)))
    yield recipe.with_change("values within 1e-6 of zero, or of an edge", change, Offset.SMALL)


def _shift(x: NDArray[Any]) -> NDArray[Any]:
    """Return 1000 with a spread of about 1, in reverse order.

    The root of two fills the mantissa: sums of values with few bits would be exact.
    """
    return FAR + np.sqrt(2.0) * np.flip(x) / np.abs(x).max(initial=1.0)


def _bring_close(sample: Sample) -> Mapping[int, Any]:
    """Return, for inputs after the first, the values or rows of the first input, moved by about 1e-6."""
    first, *others = sample.floats
    row_shape = sample.inputs[first].shape[1:]
    similar = {i: sample.inputs[i] for i in others}
    similar = {i: x for i, x in similar.items() if x.ndim and x.shape[1:] == row_shape}
    return {i: np.resize(sample.inputs[first], x.shape) * (1 + 1e-6 * np.tanh(x)) for i, x in similar.items()}


def _bring_near_edge(distance: float, positions: Collection[int], sample: Sample) -> Mapping[int, Any]:
    """Return values at about a distance from zero, or from a finite edge of a domain without zero.

    `positions` counts the free inputs: 0 is the first of them.
    """
    arrays: dict[int, Any] = {}
    for k, (i, domain) in enumerate(find_free_inputs(sample).items()):
        x, low, high = sample.inputs[i], domain.low, domain.high
        distances = (0.2 + np.minimum(np.abs(x), 3.0)) * distance
        edge = 0.0 if low < 0 < high else low if np.isfinite(low) else high
        signs = np.sign(x) if low < 0 < high else 1.0 if edge == low else -1.0
        if k in positions:
            arrays[i] = edge + signs * distances * max(abs(edge), 1.0)
    return arrays


# Extreme and not finite.


def make_extreme(recipe: Recipe, _: Subject) -> Iterator[Recipe]:
    """Yield values at which naive formulas overflow, tiny ones, and matrices whose determinant overflows."""
    label = "values around 1000, and of 300, beside ordinary ones"
    yield recipe.with_change(label, scale_values(2000.0, 2000.0, 300.0, 1.0))
    yield recipe.with_change("values around 1e-25", scale_values(1e-25))
    dimensions = [d.dimensions for d in recipe.case.arguments.values() if isinstance(d, Floats)]
    if any(len(set(letters)) < len(letters) for letters in dimensions):
        squares = recipe.replace(sizes=dict.fromkeys(recipe.case.letters, LARGE_SQUARE))
        yield squares.with_change("33 x 33 matrices of values around 1e20", scale_values(1e20))


def scale_to_limits(recipe: Recipe, _: Subject) -> Iterator[Recipe]:
    """Yield values whose squares vanish, and values of one input whose squares overflow."""
    yield recipe.with_change("values around 1e-200", scale_values(1e-200))
    for name in recipe.argument_names(Floats)[:2]:  # the product of two such inputs truly overflows
        yield recipe.with_change(f"values around 1e200 of {name}", scale_values(1e200, name=name))


def scale_values(*factors: float, name: str | None = None) -> Change:
    """Return the change that multiplies values by the factors in turn, in inputs of wide domains.

    name: the only input that changes; by default all.

    Scaled values stay inside the domain. A diagonally dominant matrix is scaled as a whole, so that it stays
    dominant.
    """

    def scale(sample: Sample) -> Mapping[int, Any]:
        arrays: dict[int, Any] = {}
        for i, domain in sample.inputs_drawn_from(Floats).items():
            x = sample.inputs[i]
            if domain.high - domain.low >= WIDE_DOMAIN and x.size and name in (None, sample.names[i]):
                if isinstance(domain, Dominant):
                    values = factors[0] * x
                else:
                    values = np.resize(factors, x.shape) * (x + np.sign(x) * 0.3)
                arrays[i] = np.array(np.clip(values, *_find_inner_bounds(domain)))
        return arrays

    return scale


def _find_inner_bounds(domain: Floats) -> tuple[float, float]:
    """Return bounds within a domain, at 2 % of its own bounds."""
    low, high = domain.low, domain.high
    return low * (0.98 if low < 0 else 1.02), high * (0.98 if high > 0 else 1.02)


def insert_non_finite(recipe: Recipe, subject: Subject) -> Iterator[Recipe]:
    """Yield NaN at every second place, with zeros and infinities of the domain, and rows of infinities."""
    if subject.declared.broadcasts and len(find_any_shaped(recipe.case)) > 1:
        recipe = recipe.replace(shapes=((3, 8),))  # pairs each special value with a number
    yield recipe.with_change("NaN, infinities and zeros", _insert_non_finite)
    yield recipe.with_change("a row of infinities", _insert_infinite_row)


def _insert_non_finite(sample: Sample) -> Mapping[int, Any]:
    arrays = {i: sample.inputs[i].copy() for i in sample.floats}
    for turn, (i, y) in enumerate(arrays.items()):
        every_second, domain = y.reshape(-1)[::2], sample.domains[i]
        values = np.resize(np.roll(NON_FINITE_VALUES, turn), every_second.shape)
        is_inside = _contains(domain, values) if isinstance(domain, Floats) else True
        every_second[...] = np.where(np.isnan(values) | is_inside, values, every_second)
    return arrays


def _insert_infinite_row(sample: Sample) -> Mapping[int, Any]:
    """Return inputs whose domain has an infinity, with a first row of it, of the sign of the first value."""
    arrays: dict[int, Any] = {}
    for i, domain in find_free_inputs(sample).items():
        y = sample.inputs[i].copy()
        if y.ndim > 1 and y.size:
            infinity = np.copysign(np.inf, y.flat[0])
            if _contains(domain, infinity):
                y[0] = infinity
                arrays[i] = y
    return arrays


# Functions that make changes.


def _keep_inside(change: Change, most_values: float = np.inf) -> Change:
    """Return the change restricted to new values inside the domains; other places keep their drawn values.

    A sample without float values, or with more than `most_values` of them, does not change.
    """

    def restrict(sample: Sample) -> Mapping[int, Any]:
        arrays: dict[int, Any] = {}
        count = sum(sample.inputs[i].size for i in sample.floats)
        new = change(sample) if 0 < count <= most_values else {}
        for i, domain in find_free_inputs(sample).items():
            y = new.get(i, np.empty(0))
            is_inside = _contains(domain, y)
            if is_inside.any():
                arrays[i] = np.array(np.where(is_inside, y, sample.inputs[i]))
        return arrays

    return restrict


def _contains(domain: Floats, y: NDArray[Any]) -> NDArray[Any]:
    """Return which values a domain contains; an infinity is inside where the domain has no bound."""
    is_inside = (y > domain.low) & (y < domain.high) & ~(domain.nonzero & (y == 0))
    return is_inside | (np.isinf(y) & ((y == domain.low) | (y == domain.high)))


def _change_each(change_array: Callable[[NDArray[Any]], NDArray[Any]]) -> Change:
    """Return the change that applies a function to each free input."""
    return lambda sample: {i: change_array(sample.inputs[i]) for i in find_free_inputs(sample)}
