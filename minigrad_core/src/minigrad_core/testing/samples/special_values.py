"""Samples of special values: at kinks and ties, far from zero, near a domain's edge, extreme, not finite.

Each generator yields recipes whose *change* replaces the drawn values. A change maps the index of an input to
its new values.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from functools import partial
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...contracts.cases import Dominant, Floats, Integers
from ..subjects.subject import Subject
from .sample import Change, Family, Recipe, Sample
from .sizes import LARGE_SQUARE, find_any_shaped
from .values import WIDE_DOMAIN

ROUND_VALUES = (0.0, 1.0, -1.0, 0.5, -0.5, 2.0, -2.0, 3.0, -3.0, 6.0)
NON_FINITE_VALUES = (np.nan, np.inf, np.nan, 0.0, -np.inf, 1.0)
# Float values of a sample at kinks: the slopes there are measured for one value at a time.
MOST_VALUES = 104
FAR = 1000.0
LESS_FAR = 30.0  # e^-30 is far below the rounding errors of 1, and e^30 has a square in float32
MOST_TINY = 3  # inputs that are tiny, one at a time
NEAR, NEARER = 1e-6, 1e-12  # distances from zero, or from an edge of the domain
LONG_SIZE = 2 * len(ROUND_VALUES) + 6  # of a vector that has each round value twice
NOTHING = np.empty(0)  # the new values of an input that keeps its drawn values


class FreeInput(NamedTuple):
    """A float input whose values can be chosen one by one."""

    sample: Sample
    position: int  # the index among the inputs
    rank: int  # the number of free inputs before it
    x: NDArray[Any]  # the drawn values
    domain: Floats


def find_free_inputs(sample: Sample) -> list[FreeInput]:
    """Return the free inputs: not a diagonally dominant matrix, since a new value might end its dominance."""
    domains = sample.inputs_drawn_from(Floats)
    free = [i for i in domains if i in sample.floats and not isinstance(domains[i], Dominant)]
    return [FreeInput(sample, i, rank, sample.inputs[i], domains[i]) for rank, i in enumerate(free)]


def is_inside(domain: Floats, y: Any) -> Any:
    """Return which values a domain contains; an infinity is inside where the domain has no bound."""
    if (domain.low, domain.high, domain.nonzero) == (-np.inf, np.inf, False):
        return ~np.isnan(y)  # nearly always, in a quarter of the time
    is_between = (y > domain.low) & (y < domain.high) & ~(domain.nonzero & (y == 0))
    return is_between | (np.isinf(y) & ((y == domain.low) | (y == domain.high)))


def change_each(find_values: Callable[[FreeInput], Any], most_values: float = np.inf) -> Change:
    """Return the change that gives each free input new values, except where they leave its domain.

    A sample with more than `most_values` float values does not change.
    """

    def change(sample: Sample) -> Mapping[int, Any]:
        arrays: dict[int, Any] = {}
        count = sum(sample.inputs[i].size for i in sample.floats)
        for free in find_free_inputs(sample) if count <= most_values else ():
            y = find_values(free)
            may_change = is_inside(free.domain, y)
            if may_change.any():
                arrays[free.position] = np.array(np.where(may_change, y, free.x))
        return arrays

    return change


# At kinks.


def place_on_kinks(recipe: Recipe, subject: Subject) -> Iterator[Recipe]:
    """Yield round values; where values of one input interact, also ties, zeros and rows of equal values."""
    changes = {
        "round values, some of them twice": _tie_values,
        "zero": lambda free: np.zeros_like(free.x),
        "a row of zeros, and a row of equal values": _flatten_rows,
    }
    if subject.declared.broadcasts and find_any_shaped(recipe.case):
        size = min(LONG_SIZE, MOST_VALUES // max(len(recipe.argument_names(Floats)), 1))
        recipe, changes = recipe.replace(shapes=((size,),)), {"round values": _round_values}
    for label, find_values in changes.items():
        yield recipe.with_change(Family.KINKS, label, change_each(find_values, MOST_VALUES))


def _round_values(free: FreeInput) -> NDArray[Any]:
    """Return round values and multiples of the numeric settings, where kinks often are, of the domain.

    The inputs have equal values in their first half, and different ones in their second half. There is a zero
    beside the smallest value of each array of integers: x**n has a kink for n = 0.
    """
    x, settings = free.x, free.sample.settings.values()
    numbers = [float(v) for v in settings if type(v) in (int, float) and 0 < abs(v) < 100]
    multiples = [factor * v for v in numbers for factor in (1.0, 0.5, 1.5)]
    constants = np.array([*multiples, *ROUND_VALUES])
    own = constants[is_inside(free.domain, constants)]
    y = np.resize(np.roll(own, -3 * free.rank), x.shape)
    common = own
    for other in find_free_inputs(free.sample):
        common = common[is_inside(other.domain, common)]
    y.flat[: x.size // 2] = np.resize(common, x.size // 2)
    for i in free.sample.inputs_drawn_from(Integers):
        integers = free.sample.inputs[i]
        if integers.shape == x.shape and x.size:
            y.flat[integers.argmin()] = 0.0
    return y


def _tie_values(free: FreeInput) -> NDArray[Any]:
    """Return round values with a zero in each row, and with the largest value twice, side by side."""
    y = _round_values(free)
    if not y.ndim or not y.size:
        return NOTHING
    y[..., -1] = 0.0
    for axis in {0, y.ndim - 1}:
        y[np.roll(y, 1, axis) == y.max()] = y.max()
    return y


def _flatten_rows(free: FreeInput) -> NDArray[Any]:
    """Return the values with a first row of zeros, and a last row of equal values."""
    y = free.x.copy()
    if y.ndim and len(y) > 1 and y.size:
        y[0], y[-1] = 0.0, y[-1].flat[0]
    return y


# Far from zero, and near something.


def offset_values(recipe: Recipe, _: Subject) -> Iterator[Recipe]:
    """Yield values of +-1000 +- 1, inputs close to one another, and values near zero or near an edge."""
    count = len(recipe.argument_names(Floats))
    yield recipe.with_change(Family.FAR, "values of 1000 +- 1", change_each(partial(_shift, FAR)))
    change = change_each(lambda free: -_shift(FAR, free))
    yield recipe.with_change(Family.FAR, "values of -1000 +- 1", change)
    for k in range(min(max(count, 1), MOST_TINY)):
        change = change_each(partial(_approach_edge, NEARER, [k]))
        yield recipe.with_change(Family.TINY, f"tiny values of input {k}", change)
    if count > 1:
        yield recipe.with_change(Family.CLOSE, "inputs close to one another", change_each(_follow_first))
    # Not nearer than 1e-6, so that long double is still accurate there.
    change = change_each(partial(_approach_edge, NEAR, range(99)))
    yield recipe.with_change(Family.SMALL, "values within 1e-6 of zero, or of an edge", change)
    yield recipe.with_change(Family.FAR, "values of 30 +- 1", change_each(partial(_shift, LESS_FAR)))


def _shift(center: float, free: FreeInput) -> NDArray[Any]:
    """Return a number with a spread of about 1, in reverse order.

    The root of two fills the mantissa: sums of values with few bits would be exact.
    """
    return center + np.sqrt(2.0) * np.flip(free.x) / np.abs(free.x).max(initial=1.0)


def _follow_first(free: FreeInput) -> NDArray[Any]:
    """Return, for inputs after the first, the values or rows of the first input, moved by about 1e-6."""
    x, first = free.x, free.sample.inputs[free.sample.floats[0]]
    if x is first or not x.ndim or x.shape[1:] != first.shape[1:]:
        return NOTHING
    return np.resize(first, x.shape) * (1 + 1e-6 * np.tanh(x))


def _approach_edge(distance: float, ranks: Collection[int], free: FreeInput) -> NDArray[Any]:
    """Return values at about a distance from zero, or from a finite edge of a domain without zero.

    `ranks` are those of the inputs that change.
    """
    if free.rank not in ranks:
        return NOTHING
    x, low, high = free.x, free.domain.low, free.domain.high
    distances = (0.2 + np.minimum(np.abs(x), 3.0)) * distance
    edge = 0.0 if low < 0 < high else low if np.isfinite(low) else high
    signs = np.sign(x) if low < 0 < high else 1.0 if edge == low else -1.0
    return np.array(edge + signs * distances * max(abs(edge), 1.0))


# Extreme and not finite.


def make_extreme(recipe: Recipe, _: Subject) -> Iterator[Recipe]:
    """Yield values at which naive formulas overflow, tiny ones, and matrices whose determinant overflows."""
    label = "values around 1000, and of 300, beside ordinary ones"
    yield recipe.with_change(Family.EXTREMES, label, scale_values(2000.0, 2000.0, 300.0, 1.0))
    yield recipe.with_change(Family.EXTREMES, "values around 1e-25", scale_values(1e-25))
    dimensions = [d.dimensions for d in recipe.case.arguments.values() if isinstance(d, Floats)]
    if any(len(set(letters)) < len(letters) for letters in dimensions):
        squares = recipe.replace(sizes=dict.fromkeys(recipe.case.letters, LARGE_SQUARE))
        label = "33 x 33 matrices of values around 1e20"
        yield squares.with_change(Family.EXTREMES, label, scale_values(1e20))


def scale_to_limits(recipe: Recipe, _: Subject) -> Iterator[Recipe]:
    """Yield values whose squares vanish, and values of one input whose squares overflow."""
    yield recipe.with_change(Family.MAGNITUDES, "values around 1e-200", scale_values(1e-200))
    for name in recipe.argument_names(Floats)[:2]:  # the product of two such inputs truly overflows
        label = f"values around 1e200 of {name}"
        yield recipe.with_change(Family.MAGNITUDES, label, scale_values(1e200, name=name))


def scale_values(*factors: float, name: str | None = None) -> Change:
    """Return the change that multiplies values by the factors in turn, in inputs of wide domains.

    A factor below 1 also suits a narrow domain that zero belongs to, or bounds.

    name: the only input that changes; by default all.

    Scaled values stay inside the domain. A diagonally dominant matrix is scaled as a whole, so that it stays
    dominant.
    """

    def scale(sample: Sample) -> Mapping[int, Any]:
        arrays: dict[int, Any] = {}
        for i, domain in sample.inputs_drawn_from(Floats).items():
            x, low, high = sample.inputs[i], domain.low, domain.high
            fits = high - low >= WIDE_DOMAIN or (factors[0] < 1 and low <= 0 <= high)
            if not fits or not x.size or name not in (None, sample.names[i]):
                continue
            is_whole = isinstance(domain, Dominant)
            y = factors[0] * x if is_whole else np.resize(factors, x.shape) * (x + np.sign(x) * 0.3)
            # At 2 % of a bound of the domain, on its inner side.
            bounds = low * (0.98 if low < 0 else 1.02), high * (0.98 if high > 0 else 1.02)
            arrays[i] = np.array(np.clip(y, *bounds))
        return arrays

    return scale


def replace_nan(sample: Sample, share: float) -> Sample:
    """Return the sample with a number for each NaN, which lies at a share of the domain."""
    arrays: dict[int, Any] = {}
    for free in find_free_inputs(sample):
        low, high = free.domain.low, free.domain.high
        low = low if np.isfinite(low) else min(high - 2, 0.5)
        arrays[free.position] = np.where(np.isnan(free.x), low + share * min(high - low, 2), free.x)
    return sample.replace_inputs(arrays)


def insert_non_finite(recipe: Recipe, subject: Subject) -> Iterator[Recipe]:
    """Yield NaN at every second place, with zeros and infinities of the domain, and rows of infinities.

    Unless a subject broadcasts, the last row and the last column stay finite: they may have outputs of their
    own.
    """
    broadcasts = subject.declared.broadcasts
    if broadcasts and find_any_shaped(recipe.case):
        recipe = recipe.replace(shapes=((3, 8),))  # has each special value, and pairs each with a number
    change = partial(_insert_non_finite, margin=not broadcasts)
    yield recipe.with_change(Family.NON_FINITE, "NaN, infinities and zeros", change)
    yield recipe.with_change(Family.NON_FINITE, "a row of infinities", change_each(_insert_infinite_row))


def _insert_non_finite(sample: Sample, *, margin: bool) -> Mapping[int, Any]:
    """Return the inputs with special values; a margin is the last row and the last column, which stay."""
    arrays = {i: sample.inputs[i].copy() for i in sample.floats}
    for turn, (i, y) in enumerate(arrays.items()):
        every_second, domain = y.reshape(-1)[::2], sample.domains[i]
        values = np.resize(np.roll(NON_FINITE_VALUES, turn), every_second.shape)
        may_change = is_inside(domain, values) if isinstance(domain, Floats) else True
        new = np.where(np.isnan(values) | may_change, values, every_second)
        if margin and y.ndim > 1:
            inner = np.zeros(y.shape, bool)
            inner[:-1, ..., :-1] = True
            new = np.where(inner.reshape(-1)[::2], new, every_second)
        every_second[...] = new
    return arrays


def _insert_infinite_row(free: FreeInput) -> NDArray[Any]:
    """Return the values with a first row of infinities, of the sign of the first value."""
    y = free.x.copy()
    if y.ndim < 2 or not y.size:
        return NOTHING
    y[0] = np.copysign(np.inf, y.flat[0])
    return y if is_inside(free.domain, y[0]).all() else NOTHING
