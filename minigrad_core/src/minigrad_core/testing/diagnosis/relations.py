"""Simple relations of wrong values to right ones: a factor, another order, an error at some places only."""

from collections.abc import Iterator, Mapping
from fractions import Fraction
from itertools import combinations
from math import comb
from typing import Any

import numpy as np
from numpy.typing import NDArray

POWERS = (1, -1, 2, -2, 0.5, -0.5)  # of a variable, as a factor
RESULTS = ("grad", "the output", "the right value")  # variables that are no inputs
MOST_EXACT = 1e4  # a larger number is near a fraction by chance
FIT = 1e-6  # relative tolerance; oracles are accurate to 1e-8 or better


def relate_values(
    actual: NDArray[Any], expected: NDArray[Any], variables: Mapping[str, NDArray[Any]], is_wrong: Any = None
) -> Iterator[str]:
    """Yield simple relations of a wrong result to the right values.

    These are a factor, another order, an error that is a multiple of a product of variables (of 1 if it is
    constant), and errors at some places only: beyond a threshold of a variable, or at places along an axis.

    variables: arrays by name, the most likely causes first; those of another shape are left out.
    is_wrong: the places where the values are wrong, by default those where they differ by more than FIT.
    """
    variables = {name: v for name, v in variables.items() if np.shape(v) == actual.shape}
    is_same = (actual == expected) | (np.isnan(actual) & np.isnan(expected))
    actual, expected = (np.where(is_same & ~np.isfinite(x), 0, x) for x in (actual, expected))
    if not (np.isfinite(actual).all() and np.isfinite(expected).all()):
        is_lost = ~np.isfinite(actual) & np.isfinite(expected)
        yield from (f"not finite only{place}" for place in find_places(is_lost, variables))
        return
    is_wrong = find_wrong_places(actual, expected) if is_wrong is None else np.asarray(is_wrong)
    if is_fit(actual, expected):
        error = actual - expected
        if np.array_equal(actual, np.float32(actual)) and np.allclose(actual, expected, FIT, 0):
            yield "the values have the digits of float32"
        rounding = float(np.abs(error).max(initial=0.0) / np.finfo(actual.dtype).eps)
        if 0.1 < rounding < 64 and np.abs(expected).max() < FIT:  # a difference of terms of this size
            yield f"digits cancel: the error is a rounding error of terms of about {rounding:.1g}"
        if actual.size > 2 and np.ptp(error) < 1e-3 * np.abs(error).max():
            yield f"all values are off by {error.flat[0]:.3g}"
        yield from (f"wrong only{place}" for place in find_places(is_wrong, variables))
        return
    if actual.size > 1 and not actual.any():
        yield "all values are zero"
    if ratio := find_ratio(actual, expected):
        yield f"{format_ratio(ratio)} times the right values"
    if actual.size > 2:
        if is_fit(np.sort(actual, axis=None), np.sort(expected, axis=None)):
            yield "the values are right, but in another order"
        yield from _relate_errors(actual - expected, variables)
    is_undecided = (actual == 0) & (expected == 0)  # as where a rectifier is flat: any factor gives 0
    decided = {name: np.where(is_undecided, np.nan, v) for name, v in variables.items() if is_undecided.any()}
    for place in find_places(is_wrong, variables) + find_places(is_wrong, decided):
        yield f"wrong only{place}{describe_values(actual[is_wrong], expected[is_wrong])}"
    with np.errstate(divide="ignore", invalid="ignore"):
        ratios = actual / expected
    for text, product in _multiply(variables) if actual.size > 2 and np.isfinite(ratios).all() else ():
        if factor := find_ratio(np.abs(ratios), np.abs(product)):
            yield f"{format_ratio(factor)} |{text}| times the right values, but for the sign"


def _relate_errors(error: NDArray[Any], variables: Mapping[str, NDArray[Any]]) -> Iterator[str]:
    """Yield products of variables of which the error is a multiple: everywhere, or all along an axis."""
    for text, product in _multiply(variables):
        if factor := find_ratio(error, product):
            is_constant = text == "1"
            yield (
                f"all values are off by {factor:.6g}"
                if is_constant
                else f"the error is {format_ratio(factor)} {text}"
            )
        for axis, n in enumerate(error.shape):
            if error.size - error.size // max(n, 1) > 2 and is_fit(error, _project(error, product, axis)):
                along = f"along axis {axis}"
                yield f"the error is {'the same all' if text == '1' else f'a multiple of {text}'} {along}"


def _project(error: NDArray[Any], product: NDArray[Any], axis: int) -> NDArray[Any]:
    """Return the multiple of an array that is nearest to the error, with another factor in each row."""
    norm = np.sum(product**2, axis=axis, keepdims=True)
    return np.asarray(np.sum(error * product, axis=axis, keepdims=True) / np.where(norm, norm, 1) * product)


def _multiply(variables: Mapping[str, NDArray[Any]]) -> Iterator[tuple[str, NDArray[Any]]]:
    """Yield 1, powers of variables and products of two variables, each also times `grad` if there is one."""
    # Any power of values that hardly vary is a constant.
    varied = {name: v for name, v in variables.items() if np.ptp(np.abs(v)) > 0.01 * np.abs(v).max()}
    values = {name: v for name, v in varied.items() if name != "grad" and np.all(v)}
    products = {"1": np.ones(next(iter(variables.values())).shape)} if variables else {}
    for name, v in values.items():
        for power in POWERS:
            text = f"{name}^{power}" if power != 1 else name
            products[text] = v**power if isinstance(power, int) else np.abs(v) ** power
    products |= {f"{a} {b}": values[a] * values[b] for a, b in combinations(values, 2)}
    for text, product in products.items():
        yield text, product
        if "grad" in variables:
            yield f"grad {text}".removesuffix(" 1"), variables["grad"] * product


def find_wrong_places(actual: NDArray[Any], expected: NDArray[Any]) -> NDArray[np.bool_]:
    """Return the places where values differ; those far below the largest value are rounding errors."""
    size = np.abs(expected)
    tolerance = FIT * np.maximum(size, 1e-3 * size.max(initial=0.0)) + 1e-13
    return np.asarray(np.abs(actual - expected) > tolerance)


def find_places(is_wrong: NDArray[Any], variables: Mapping[str, NDArray[Any]]) -> list[str]:
    """Return conditions on variables, and places along an axis, that hold at the wrong places only."""
    chance = comb(is_wrong.size, int(is_wrong.sum()))  # a threshold often separates few values by chance
    variables = {name: v for name, v in variables.items() if np.shape(v) == is_wrong.shape}
    inputs = {name: v for name, v in variables.items() if name not in RESULTS and chance >= 15}
    results = {name: v for name, v in variables.items() if name in RESULTS and chance >= 100}
    places = [place for name, v in inputs.items() for place in find_thresholds(v, is_wrong, name)]
    for axis, n in enumerate(is_wrong.shape):
        other_axes = tuple(k for k in range(is_wrong.ndim) if k != axis)
        along_axis = is_wrong.any(axis=other_axes)
        is_separated = np.array_equal(along_axis, is_wrong.all(axis=other_axes))
        if along_axis.any() and not along_axis.all() and is_separated:
            indices = ", ".join(map(str, np.flatnonzero(along_axis)))
            places.append(f" at {indices} along axis {axis} (of {n})")
    return places + [place for name, v in results.items() for place in find_thresholds(v, is_wrong, name)]


def find_thresholds(values: NDArray[Any], is_wrong: NDArray[Any], name: str) -> Iterator[str]:
    """Yield conditions on values, or on absolute values, that hold at the wrong places only."""
    if values.shape != is_wrong.shape or not is_wrong.any() or is_wrong.all():
        return
    first = values[is_wrong].flat[0]
    if np.array_equal(values == first, is_wrong) and (is_wrong.sum() > 1 or first == 0):
        yield f" where {name} = {first:.6g}"
    for text, v in ((name, values), (f"|{name}|", np.abs(values))):
        wrong, right = v[is_wrong], v[~is_wrong & ~np.isnan(v)]
        if not right.size:
            continue
        for sign, low, high in ((">", right.max(), wrong.min()), ("<", wrong.max(), right.min())):
            if low < high:
                rounded = (n for digits in range(-3, 8) for n in (round(low, digits), round(high, digits)))
                threshold = next((n for n in (0, *rounded) if low < n < high), (low + high) / 2)
                yield f" where {text} {sign} {threshold:.3g}"
    right = values[~is_wrong & ~np.isnan(values)]
    if right.size > 2 and np.all((values < right.min()) | (values > right.max()) | ~is_wrong):
        yield f" where {name} lies outside of [{right.min():.3g}, {right.max():.3g}]"


def describe_values(actual: NDArray[Any], expected: NDArray[Any]) -> str:
    """Return what wrong values are: zero, a multiple of the right ones, or nothing simple (empty)."""
    if is_fit(actual, 0 * expected):
        return ": zero there"
    ratio = find_ratio(actual, expected)
    return f": {format_ratio(ratio)} times there" if ratio else ""


def is_fit(actual: Any, expected: Any) -> bool:
    """Return whether two arrays are equal within the accuracy of an oracle."""
    scale = float(np.abs(expected).max(initial=0.0))
    if np.shape(actual) != np.shape(expected):
        return False
    return bool((np.abs(actual - expected) <= FIT * scale + 1e-12).all())


def find_ratio(actual: Any, expected: Any) -> float | None:
    """Return c != 0 if actual = c * expected, by more than chance, else None."""
    size = np.abs(expected)
    is_big = size > 1e-3 * size.max(initial=0.0)
    ratio = float(np.median(actual[is_big] / expected[is_big])) if is_big.any() else 0.0
    # A single value is a multiple of any other: only a simple fraction counts.
    by_chance = is_big.sum() == 1 and "." in format_ratio(ratio)
    is_multiple = abs(ratio) > FIT and is_fit(actual, ratio * expected)
    return ratio if is_multiple and not by_chance else None


def format_ratio(ratio: float) -> str:
    """Return a ratio as text: a fraction of small numbers or the root of one if possible."""
    for text, value in (("{}", ratio), ("the root of {}", ratio**2 if ratio > 0 else np.nan)):
        if abs(value) < MOST_EXACT:
            fraction = Fraction(value).limit_denominator(12)
            if np.isclose(value, float(fraction), rtol=1e-7, atol=0):
                return text.format(fraction)
    return f"{ratio:.6g}"
