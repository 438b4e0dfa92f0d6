"""The laws `claim` and `reference`: the width and the distribution of the values of an initializer."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import chain, combinations
from math import prod
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ....contracts import fans
from ...closeness import is_close, largest_magnitude
from ...finding import DoesNotApply, Finding, Findings, SubjectFailed
from ...samples.initializer_draws import InitializerDraws, Shape, is_refusal
from ...samples.settings import propose_values, read_settings

# About 12,000 values each, of very different fans, so that exchanged fans show; fans of 1 are among them.
CLAIM_SHAPES = (
    *((300, 40), (40, 300), (40, 10, 5, 6), (10, 40, 6, 5), (30, 20, 20)),
    *((1, 3000), (3000, 1), (12_000,)),
)
# The first are small: their values are compared by position, over many draws.
REFERENCE_SHAPES = ((4, 6), (3, 2, 3, 2), (6, 3), (11,), (48, 20), (12, 3, 5, 3), (50,), (1, 300), (2000, 5))
SMALL_SIZE, SMALL_DRAWS, LARGE_DRAWS = 36, 96, 12  # values of a small shape; draws of small and large shapes
MEAN_SQUARE_VALUES = 15  # values for the mean square at one place of an axis, or of two axes
QUANTILES = np.array((0.002, 0.01, 0.05, 0.2, 0.35, 0.5, 0.65, 0.8, 0.95, 0.99, 0.998))
SIGMAS = 7.0  # by chance, none of a million comparisons is off by that much
FLOAT32_ROUNDING = 1e-6  # of the largest value: intermediate values may be float32


class Statistic(NamedTuple):
    """A statistic of draws, at several places."""

    describe: Callable[[Any], str]  # takes a place, and returns its name for a message
    values: NDArray[Any]  # the values (2, draws, *places): of the initializer, and of the reference
    least_variance: Any  # the variance of one value if each entry is drawn independently
    measure: Callable[[Any], str]  # takes a place, and returns the code of the value there, of one `array`


Statistics: TypeAlias = Iterator[Statistic]
Differences: TypeAlias = Iterator[tuple[str, dict[str, Any]]]  # facts, each with the values in its script


def claim(draws: InitializerDraws) -> Findings:
    """The standard deviation is what `std(fan_in, fan_out)` claims, for matrices, kernels and vectors.

    Faults: exchanged fans, a missing gain, the variance in the place of the standard deviation, a bound
    without the square root of three, a receptive field that is ignored.
    Fix: `fans(shape)` from the core: (in, out) of a matrix, (out, in, *kernel) of a convolution.
    """
    claims = {shape: std for shape in CLAIM_SHAPES if (std := draws.call_std(*fans(shape))) is not None}
    if not claims:
        raise DoesNotApply("std returns None: it makes no claim")
    for shape, std in claims.items():
        values = draws.draw_once(shape)
        if values is None:
            continue
        squares = (values - values.mean()) ** 2
        sigma = float(np.sqrt(squares.var() / values.size))  # from the fourth moment: values may be sparse
        if abs(squares.mean() - std**2) > SIGMAS * sigma + 1e-3 * std**2 + 1e-12:
            fact = f"of {shape}, fans {fans(shape)}, is {values.std():.5g}, claimed is {std:.5g}"
            if std:
                fact += f": the variance is {values.var() / std**2:.3g} times the claimed one"
            exchanged = draws.call_std(*fans(shape)[::-1])
            if exchanged and abs(squares.mean() - exchanged**2) <= SIGMAS * sigma:
                fact += "; exchanged fans would fit"
            fan_in, fan_out = fans(shape)
            tolerance = abs(float(values.std()) - std) / 2
            shown = {"shape": shape, "fan_in": fan_in, "fan_out": fan_out, "tolerance": tolerance}
            yield Finding("wrong-std", f"the standard deviation {fact}", values=shown)


def reference(draws: InitializerDraws) -> Findings:
    """Draws are distributed like those of `reference(shape, *, rng) -> array`.

    The law compares moments by position, lengths and angles of rows and columns, squares along each axis,
    and the shares of values below quantiles, at zero and at the extremes, also under other settings. If an
    initializer is not random, the law compares values.
    Faults: a uniform draw for a normal one, a tail that is clipped, an orthogonal matrix whose signs are the
    library's, a gain that multiplies the variance.
    Fix: the message names the shape and the first number that differs. If the reference is wrong, mend it.
    """
    if draws.reference is None:
        raise DoesNotApply("no reference is given: reference = rule, or check_initializer(it, reference=...)")
    for settings in _choose_settings(draws):
        for shape in REFERENCE_SHAPES:
            try:
                both = _draw_both(draws, shape, settings)
            except SubjectFailed as failure:
                if is_refusal(failure, shape) or settings:
                    continue
                raise
            for fact, values in chain(_find_difference(both), _compare_streams(draws, shape, settings)):
                text = "".join(f", {name}={value!r}" for name, value in settings.items())
                shown = {"shape": shape, "settings": settings, **values}
                yield Finding("another-distribution", f"at shape {shape}{text} {fact}", values=shown)


def _choose_settings(draws: InitializerDraws) -> list[dict[str, Any]]:
    """Return the defaults, and for each setting that both functions have another value that is accepted."""
    own = read_settings(draws.call, "shape", "rng", "dtype")
    shared = {n: p for n, p in read_settings(draws.reference, "shape", "rng").items() if n in own}
    alternatives = [(name, values) for name, p in shared.items() for values in propose_values(p.default, p)]
    chosen: list[dict[str, Any]] = [{}]
    for name, values in alternatives:
        for value in values:
            with suppress(SubjectFailed):
                draws.draw(draws.usual_shape, draws.rng(), **{name: value})
                chosen.append({name: value})
                break
    return chosen


def _draw_both(draws: InitializerDraws, shape: Shape, settings: dict[str, Any]) -> NDArray[Any]:
    """Return draws of the initializer and of the reference, (2, draws, *shape)."""
    count = SMALL_DRAWS if prod(shape) <= SMALL_SIZE else LARGE_DRAWS
    both, rng, reference_rng = np.empty((2, count, *shape)), draws.rng(3), draws.rng(4)
    for actual, expected in zip(*both, strict=True):
        actual[...] = draws.draw(shape, rng, **settings)
        expected[...] = draws.draw_reference(shape, reference_rng, **settings)
    return both


def _compare_streams(draws: InitializerDraws, shape: Shape, settings: dict[str, Any]) -> Differences:
    """Yield the first values if draws from equal generators differ only under a numeric setting.

    If they also differ with the defaults, the initializer uses the generator in another way.
    """
    if set(map(type, settings.values())) != {float}:
        return
    for keywords in ({}, settings):
        actual = draws.draw(shape, draws.rng(3), **keywords)
        expected = draws.draw_reference(shape, draws.rng(3), **keywords)
        if not is_close(actual, expected, FLOAT32_ROUNDING, FLOAT32_ROUNDING * largest_magnitude(expected)):
            first, reference_first = f"{actual.flat[0]:.6g}", f"{expected.flat[0]:.6g}"
            fact = f"one generator gives {first} first, to the reference {reference_first}"
            if keywords:
                place = int(np.abs(actual - expected).argmax())
                yield fact, _show(f"array.flat[{place}]", 1, actual.flat[place], expected.flat[place])
            return


def _show(measure: str, draws: int, actual: Any, expected: Any) -> dict[str, Any]:
    """Return the values in the script: the mean of a measure of each array, in code, over some draws."""
    tolerance = abs(float(actual - expected)) / 2
    return {"measure": measure, "draws": draws, "expected": float(expected), "tolerance": tolerance}


def _find_difference(both: NDArray[Any]) -> Differences:
    """Yield the first statistic that differs by more than chance, and its place."""
    if not np.ptp(both, axis=1).any():
        statistics: Statistics = iter([Statistic("value at {}".format, both, 0.0, "array[{0}]".format)])
    elif both.shape[1] == SMALL_DRAWS:
        statistics = _yield_products(both)
    else:
        statistics = chain(_yield_squares(both), [_measure_shares(both)], _yield_zero_counts(both))
    for describe, values, least_variance, measure in statistics:
        actual, expected = values.mean(axis=1)
        # The variance of the draws, but at least that of independent entries.
        variance = np.maximum(values.var(axis=1), least_variance).sum(axis=0) / values.shape[1]
        rounding = FLOAT32_ROUNDING * float(np.abs(values[1]).max())
        sigmas = np.abs(actual - expected) / (np.sqrt(variance) + rounding + 1e-300)
        worst = np.unravel_index(int(sigmas.argmax()), sigmas.shape)
        if sigmas[worst] > SIGMAS:
            place = tuple(map(int, worst))
            fact = f"the mean {describe(place)} is {actual[worst]:.4g}"
            shown = _show(measure(place), values.shape[1], actual[worst], expected[worst])
            yield f"{fact}, that of the reference {expected[worst]:.4g}", shown
            return


def _yield_products(both: NDArray[Any]) -> Statistics:
    """Yield the values by position, their products, and squared products of rows and of columns."""
    matrices, vectors = (both.reshape(*both.shape[:2], *size) for size in ((both.shape[2], -1), (-1, 1)))
    transposed = matrices.swapaxes(2, 3)
    products, (rows, columns) = (
        vectors @ vectors.swapaxes(2, 3),
        (matrices @ transposed, transposed @ matrices),
    )
    yield Statistic("value at {}".format, matrices, 0.0, "matrix[{}]".format)
    yield Statistic("product of values {}".format, products, 0.0, "np.outer(array, array)[{}]".format)
    yield Statistic("squared product of rows {}".format, rows**2, 0.0, "(matrix @ matrix.T)[{}] ** 2".format)
    describe = "squared product of columns {}".format
    yield Statistic(describe, columns**2, 0.0, "(matrix.T @ matrix)[{}] ** 2".format)


def _yield_squares(both: NDArray[Any]) -> Statistics:
    """Yield the mean square at each place of each axis, and of each pair of axes, with enough values."""
    axes = range(both.ndim - 2)
    for chosen in chain(combinations(axes, 1), combinations(axes, 2)):
        sizes = [both.shape[2 + axis] for axis in chosen]
        if both[0, 0].size >= MEAN_SQUARE_VALUES * prod(sizes):
            first = np.moveaxis(both, [2 + axis for axis in chosen], range(2, 2 + len(chosen)))
            squares = first.reshape(*both.shape[:2], *sizes, -1) ** 2
            least_variance = squares.var(axis=(1, -1)) / squares.shape[-1]
            names = " and ".join(map(str, chosen))
            describe = f"square at {{}} of axis {names}".format
            measure = f"np.mean(np.moveaxis(array, {chosen}, {tuple(range(len(chosen)))})[{{}}] ** 2)".format
            yield Statistic(describe, squares.mean(axis=-1), least_variance, measure)


def _yield_zero_counts(both: NDArray[Any]) -> Statistics:
    """Yield how much the share of zeros varies between the places of each axis."""
    is_zero = both == 0
    for axis in range(2, both.ndim) if is_zero.any() else ():
        others = tuple(k for k in range(2, both.ndim) if k != axis)
        describe = f"variance of the share of zeros along axis {axis - 2}".format
        measure = f"np.var(np.mean(array == 0, axis={tuple(k - 2 for k in others)}))".format
        yield Statistic(describe, is_zero.mean(axis=others).var(axis=2), 0.0, measure)


def _measure_shares(both: NDArray[Any]) -> Statistic:
    """Return the shares of values below some levels, and at them: quantiles, zero and the extremes."""
    rows, rounding = both.reshape(*both.shape[:2], -1), FLOAT32_ROUNDING * float(np.abs(both).max())
    values = both.reshape(2, -1)
    quantiles = np.quantile(both.ravel()[::7], QUANTILES, method="lower")
    levels = np.array([*quantiles, 0.0, *values.min(axis=1), *values.max(axis=1)])
    below, up_to = ([(rows <= x).mean(axis=2) for x in levels + step] for step in (-rounding, rounding))
    shares = np.transpose([below, np.subtract(up_to, below)], (2, 3, 1, 0))
    least_variance = shares.mean(axis=1) * (1 - shares.mean(axis=1)) / rows.shape[2]

    def measure(place: Any) -> str:
        level = float(levels[place[0]])
        is_below = f"np.mean(array < {level - rounding!r})"
        return f"np.mean(array <= {level + rounding!r}) - {is_below}" if place[1] else is_below

    return Statistic(
        lambda place: f"share {('below', 'at')[place[1]]} {levels[place[0]]:.4g}",
        shares,
        least_variance,
        measure,
    )
