"""The statistics that the law `reference` of initializers compares between two sets of draws."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import chain, combinations
from math import prod
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

MEAN_SQUARE_VALUES = 15  # values for the mean square at one place of an axis, or of two axes
QUANTILES = np.array((0.002, 0.01, 0.05, 0.2, 0.35, 0.5, 0.65, 0.8, 0.95, 0.99, 0.998))
SIGMAS = 7.0  # by chance, none of a million comparisons is off by that much
FLOAT32_ROUNDING = 1e-6  # of the largest value: intermediate values may be float32


class Statistic(NamedTuple):
    """A measure of draws, whose mean is the same for the initializer and for the reference."""

    describe: Callable[[Any], str]  # takes a place, and returns its name for a message
    measure: Callable[..., NDArray[Any]]  # takes draws (draws, *shape) and settings; returns (draws, *places)
    settings: dict[str, Any]  # of the measure
    # Takes the means, and returns the variance of one value if each entry of a draw is independent.
    least_variance: Callable[[NDArray[Any]], Any] = np.zeros_like


def list_statistics(both: NDArray[Any], *, each_value: bool) -> Iterator[Statistic]:
    """Yield the statistics to compare.

    both: (2, draws, *shape), of the initializer and of the reference. each_value: compare by position.
    """
    if not np.ptp(both, axis=1).any():
        yield PRODUCTS[0]
    elif each_value:
        yield from PRODUCTS
    else:
        yield from chain(_list_squares(both), [_make_shares(both)], _list_zeros(both))


def list_values(arrays: NDArray[Any]) -> NDArray[Any]:
    """Return the values of each array."""
    return arrays


def multiply_values(arrays: NDArray[Any]) -> NDArray[Any]:
    """Return the product of any two values of each array."""
    vectors = arrays.reshape(len(arrays), -1, 1)
    return vectors @ vectors.swapaxes(1, 2)


def multiply_rows(arrays: NDArray[Any]) -> NDArray[Any]:
    """Return the squared product of any two rows; a kernel has one row for each place of its first axis."""
    matrices = arrays.reshape(*arrays.shape[:2], -1)
    return (matrices @ matrices.swapaxes(1, 2)) ** 2


def multiply_columns(arrays: NDArray[Any]) -> NDArray[Any]:
    """Return the squared product of any two columns."""
    matrices = arrays.reshape(*arrays.shape[:2], -1)
    return (matrices.swapaxes(1, 2) @ matrices) ** 2


def _name_product(name: str, place: Sequence[int]) -> str:
    """Return the name of a product in messages; the products of rows and of columns are squared."""
    i, j = place
    if i == j:
        return f"square of value {i}" if name == "value" else f"fourth power of the length of {name} {i}"
    return f"product of values {i} and {j}" if name == "value" else f"squared product of {name}s {i} and {j}"


PRODUCTS = (
    Statistic("value at {}".format, list_values, {}),
    Statistic(partial(_name_product, "value"), multiply_values, {}),
    Statistic(partial(_name_product, "row"), multiply_rows, {}),
    Statistic(partial(_name_product, "column"), multiply_columns, {}),
)


def average_squares(arrays: NDArray[Any], axes: Sequence[int]) -> NDArray[Any]:
    """Return the mean square at each place of some axes."""
    others = tuple(1 + axis for axis in range(arrays.ndim - 1) if axis not in axes)
    return np.mean(arrays**2, axis=others)


def _list_squares(both: NDArray[Any]) -> Iterator[Statistic]:
    """Yield the mean square at each place of each axis, and of each pair of axes, with enough values."""
    axes = range(both.ndim - 2)
    for chosen in chain(combinations(axes, 1), combinations(axes, 2)):
        count = both[0, 0].size // prod(both.shape[2 + axis] for axis in chosen)
        if count >= MEAN_SQUARE_VALUES:
            fourth_powers = np.array([average_squares(draws**2, chosen) for draws in both]).mean(axis=1)
            describe = f"square at {{}} of axis {' and '.join(map(str, chosen))}".format
            least_variance = partial(_vary_squares, fourth_powers, count)
            yield Statistic(describe, average_squares, {"axes": chosen}, least_variance)


def _vary_squares(fourth_powers: NDArray[Any], count: int, squares: NDArray[Any]) -> NDArray[Any]:
    """Return the variance of the mean of `count` squares."""
    return np.asarray((fourth_powers - squares**2) / count)


def vary_zeros(arrays: NDArray[Any], axis: int) -> NDArray[Any]:
    """Return the variance of the share of zeros between the places of an axis."""
    others = tuple(k for k in range(1, arrays.ndim) if k != 1 + axis)
    return np.var(np.mean(arrays == 0, axis=others), axis=1)


def _list_zeros(both: NDArray[Any]) -> Iterator[Statistic]:
    """Yield how much the share of zeros varies between the places of each axis."""
    for axis in range(both.ndim - 2) if np.any(both == 0) else ():
        describe = f"variance of the share of zeros along axis {axis}".format
        yield Statistic(describe, vary_zeros, {"axis": axis})


def measure_shares(arrays: NDArray[Any], levels: NDArray[Any], rounding: float) -> NDArray[Any]:
    """Return the shares of values below each level, and at it."""
    rows = arrays.reshape(len(arrays), -1)
    below, up_to = ([np.mean(rows <= x, axis=1) for x in levels + step] for step in (-rounding, rounding))
    return np.transpose([below, np.subtract(up_to, below)])


def _make_shares(both: NDArray[Any]) -> Statistic:
    """Return the shares of values below some levels, and at them: quantiles, zero and the extremes."""
    rounding, values = FLOAT32_ROUNDING * float(np.abs(both).max()), both.reshape(2, -1)
    quantiles = np.quantile(both.ravel()[::7], QUANTILES, method="lower")
    levels = np.array([*quantiles, 0.0, *values.min(axis=1), *values.max(axis=1)])
    settings: dict[str, Any] = {"levels": levels, "rounding": rounding}

    def describe(place: Any) -> str:
        return f"share {('below', 'at')[place[1]]} {levels[place[0]]:.4g}"

    size = both[0, 0].size
    return Statistic(describe, measure_shares, settings, lambda shares: shares * (1 - shares) / size)
