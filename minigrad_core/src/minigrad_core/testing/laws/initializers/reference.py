"""The law `reference`: draws are distributed like those of the reference."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from itertools import chain, islice
from math import prod
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ...closeness import is_close, largest_magnitude
from ...finding import DoesNotApply, Finding, Findings, Law, SubjectFailed, apply_judge
from ...samples.initializer_draws import Draws, InitializerDraws, Shape, refuses_shape
from ...samples.settings import propose_values, read_settings
from .statistics import FLOAT32_ROUNDING, SIGMAS, Statistic, list_statistics, list_values

# The first are small: their values are compared by position, over many draws.
SHAPES = (
    *((4, 6), (3, 2, 3, 2), (8, 1, 2, 2), (6, 3), (11,)),
    *((48, 20), (12, 3, 5, 3), (50,), (1, 300), (2000, 5)),
)
SMALL_SIZE, SMALL_DRAWS, LARGE_DRAWS = 36, 96, 12  # values of a small shape; draws of small and large shapes
Differences: TypeAlias = Iterator[tuple[str, dict[str, Any]]]  # facts, each with the values for `judge_mean`


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
        for shape in SHAPES:
            try:
                both = _draw_both(draws, shape, settings)
            except SubjectFailed as failure:
                if refuses_shape(failure, shape) or settings:
                    continue
                raise
            for fact, values in chain(_find_difference(both), _compare_streams(draws, shape, settings)):
                text = "".join(f", {name}={value!r}" for name, value in settings.items())
                shown = {"shape": shape, "settings": settings, **values}
                for finding in apply_judge(judge_mean, draws, **shown):
                    yield replace(finding, fact=f"at shape {shape}{text} {fact}")


def _choose_settings(draws: InitializerDraws) -> list[dict[str, Any]]:
    """Return the defaults, and for each setting that both functions have another value that is accepted."""
    names = read_settings(draws.reference, "shape", "rng").keys() & draws.settings.keys()
    shared = {name: p for name, p in draws.settings.items() if name in names}
    alternatives = [(name, values) for name, p in shared.items() for values in propose_values(p.default, p)]
    chosen: list[dict[str, Any]] = [{}]
    for name, values in alternatives:
        accepted = (value for value in values if _is_accepted(draws, {name: value}))
        chosen += [{name: value} for value in islice(accepted, 1)]
    return chosen


def _is_accepted(draws: InitializerDraws, settings: dict[str, Any]) -> bool:
    """Return whether an initializer draws some shape with these settings."""
    for shape in (draws.usual_shapes[0], *SHAPES):
        with suppress(SubjectFailed):
            draws.draw(shape, **settings)
            return True
    return False


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
                place = np.unravel_index(int(np.abs(actual - expected).argmax()), shape)
                yield fact, _show(Statistic(str, list_values, {}), place, 1, actual[place], expected[place])
            return


def _show(statistic: Statistic, place: Any, count: int, actual: Any, expected: Any) -> dict[str, Any]:
    """Return the values for `judge_mean`."""
    return {
        "count": count,
        "measure": statistic.measure,
        "options": statistic.settings,
        "place": tuple(map(int, place)),
        "expected": float(expected),
        "tolerance": abs(float(actual - expected)) / 2,
    }


def judge_mean(
    draws: Draws,
    shape: Shape,
    settings: dict[str, Any],
    count: int,
    measure: Callable[..., NDArray[Any]],
    options: dict[str, Any],
    place: tuple[int, ...],
    expected: float,
    tolerance: float,
) -> Findings:
    """Yield that the mean of a measure over some draws is not the expected one."""
    if settings:
        draws.draw(shape)  # with the defaults
    rng = draws.rng(3)
    values = measure(np.array([draws.draw(shape, rng, **settings) for _ in range(count)]), **options)
    actual = values.mean(axis=0)[place]
    if not abs(actual - expected) <= tolerance:
        fact = f"the mean is {actual:.4g}, that of the reference {expected:.4g}"
        yield Finding("another-distribution", fact)


def _find_difference(both: NDArray[Any]) -> Differences:
    """Yield the first statistic that differs by more than chance, and its place."""
    count = both.shape[1]
    for statistic in list_statistics(both, each_value=count == SMALL_DRAWS):
        values = np.array([statistic.measure(draws, **statistic.settings) for draws in both])
        means = values.mean(axis=1)
        actual, expected = means
        # The variance of the draws, but at least that of independent entries.
        variance = np.maximum(values.var(axis=1), statistic.least_variance(means)).sum(axis=0) / count
        rounding = FLOAT32_ROUNDING * float(np.abs(values[1]).max())
        sigmas = np.abs(actual - expected) / (np.sqrt(variance) + rounding + 1e-300)
        place = tuple(map(int, np.unravel_index(int(sigmas.argmax()), sigmas.shape)))
        if sigmas[place] > SIGMAS:
            fact = f"the mean {statistic.describe(place)} is {actual[place]:.4g}"
            shown = _show(statistic, place, count, actual[place], expected[place])
            has_ratio = expected[place] and statistic.measure is not list_values
            ratio = f" ({actual[place] / expected[place]:.3g} times)" if has_ratio else ""
            yield f"{fact}, that of the reference {expected[place]:.4g}{ratio}", shown
            return


LAW = Law("reference", reference, after=("shape_and_type",))
