"""Values are as wide as is claimed, and distributed as those of the rule that the author gives."""

from collections.abc import Callable, Iterator
from math import prod
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ....contracts import fans
from ...closeness import is_close, largest_magnitude
from ...finding import DoesNotApply, Finding, Findings, SubjectFailed
from ...samples.alternatives import propose_values, read_settings
from ...samples.initializer_draws import InitializerDraws, Shape, is_refusal

# About 12,000 values each, far from square, so that exchanged fans show; small fans too.
WIDE = ((300, 40), (40, 300), (40, 10, 5, 6), (10, 40, 6, 5), (30, 20, 20), (1, 3000), (3000, 1), (12_000,))
# Small ones, whose values are compared by position over many draws, and others for the distribution.
SHAPES = ((4, 6), (3, 2, 3, 2), (6, 3), (48, 20), (12, 3, 5, 3), (50,), (1, 300), (2000, 5))
SMALL, MANY, FEW, ENOUGH = 36, 96, 12, 20  # values, draws of few and of many; values for a mean square
LEVELS = np.array((0.002, 0.01, 0.05, 0.2, 0.35, 0.5, 0.65, 0.8, 0.95, 0.99, 0.998))
SIGMAS = 7.0  # of a million comparisons none is off by that much by chance
ROOM = 1e-6  # of the largest value: float32 may have been on the way

# How each is told, by place; its value of each draw, of both; the least that chance makes of one.
Statistics: TypeAlias = Iterator[tuple[Callable[[Any], str], NDArray[Any], Any]]


def claim(draws: InitializerDraws) -> Findings:
    """The standard deviation is what `std(fan_in, fan_out)` claims, of matrices, kernels and vectors.

    Faults: fans exchanged, a gain missing, variance for standard deviation, a bound that forgets the square
    root of three, a receptive field that is ignored.
    Fix: `fans(shape)` from the core: (in, out) of a matrix, (out, in, *kernel) of a convolution.
    """
    claimed = {shape: std for shape in WIDE if (std := draws.claimed_std(*fans(shape))) is not None}
    if not claimed:
        raise DoesNotApply("std returns None: it makes no claim")
    for shape, std in claimed.items():
        if (values := draws.draw_shared(shape)) is None:
            continue
        squares = (values - values.mean()) ** 2
        chance = float(np.sqrt(squares.var() / values.size))  # by the fourth moment: it may be sparse
        if abs(squares.mean() - std**2) > SIGMAS * chance + 1e-3 * std**2 + 1e-12:
            fact = f"of {shape}, fans {fans(shape)}, is {values.std():.5g}, claimed is {std:.5g}"
            yield Finding("wrong-std", f"the standard deviation {fact}")


def reference(draws: InitializerDraws) -> Findings:
    """Draws are distributed as those of `reference(shape, *, rng) -> array`.

    Compared are moments by position, lengths and angles of rows and columns, squares along each axis, shares
    of zeros, extremes and all between; under other settings, too. What draws nothing is compared by value.
    Faults: a uniform draw for a normal one, a tail that is clipped, an orthogonal matrix whose signs are the
    library's, a gain that multiplies the variance.
    Fix: the message names the shape and the first number that differs; if the reference is wrong, mend it.
    """
    if draws.reference is None:
        raise DoesNotApply("no reference is given: reference = rule, or check_initializer(it, reference=...)")
    actual, expected = (
        read_settings(draws.call, "shape", "rng", "dtype"),
        read_settings(draws.reference, "shape", "rng"),
    )
    known = {name: propose_values(p.default, p) for name, p in expected.items() if name in actual}
    modes = [{}, *({name: values[0]} for name, parts in known.items() for values in parts if values)]
    for settings in modes:
        for shape in SHAPES:
            try:
                drawn = _draw_both(draws, shape, settings)
            except SubjectFailed as failure:
                if is_refusal(failure, shape) or settings:
                    continue
                raise
            if fact := _find_difference(drawn) or _compare_streams(draws, shape, settings):
                given = "".join(f", {name}={value!r}" for name, value in settings.items())
                yield Finding("another-distribution", f"at shape {shape}{given} {fact}")


def _compare_streams(draws: InitializerDraws, shape: Shape, settings: dict[str, Any]) -> str:
    """Return how another number parts what one generator makes alike with the defaults."""
    for given in ({}, settings) if set(map(type, settings.values())) == {float} else ():
        actual, expected = (draw(shape, draws.rng(3), **given) for draw in (draws.draw, draws.draw_reference))
        if not is_close(actual, expected, ROOM, ROOM * largest_magnitude(expected)):
            fact = f"one generator gives {actual.flat[0]:.6g} first, to the reference {expected.flat[0]:.6g}"
            return fact if given else ""  # each draws in its own way
    return ""


def _draw_both(draws: InitializerDraws, shape: Shape, settings: dict[str, Any]) -> NDArray[Any]:
    """Return draws of both."""
    count = MANY if prod(shape) <= SMALL else FEW
    drawn, rng, other = np.empty((2, count, *shape)), draws.rng(3), draws.rng(4)
    for actual, expected in zip(*drawn, strict=True):
        actual[...] = draws.draw(shape, rng, **settings)
        expected[...] = draws.draw_reference(shape, other, **settings)
    return drawn


def _find_difference(drawn: NDArray[Any]) -> str:
    """Return which statistic differs by more than chance, and where; nothing if none does."""
    chosen = (
        _yield_products(drawn) if drawn.shape[1] == MANY else (*_yield_squares(drawn), *_yield_shares(drawn))
    )
    values = [("value at {}".format, drawn, 0.0)]  # of what draws nothing
    for name, found, least in chosen if np.ptp(drawn, axis=1).any() else values:
        first, second = found.mean(axis=1)
        # Chance is what draws show, and no less than if each value were drawn by itself.
        chance = np.sqrt(np.maximum(found.var(axis=1), least).sum(axis=0) / found.shape[1])
        sigmas = np.abs(first - second) / (chance + ROOM * float(np.abs(found[1]).max()) + 1e-300)
        worst = np.unravel_index(int(sigmas.argmax()), sigmas.shape)
        if sigmas[worst] > SIGMAS:
            fact = f"the mean {name(tuple(map(int, worst)))} is {first[worst]:.4g}"
            return f"{fact}, that of the reference {second[worst]:.4g}"
    return ""


def _yield_products(drawn: NDArray[Any]) -> Statistics:
    rows, flat = (drawn.reshape(*drawn.shape[:2], *by) for by in ((drawn.shape[2], -1), (-1, 1)))
    yield "value at {}".format, rows, 0.0
    yield "product of values {}".format, flat @ flat.swapaxes(2, 3), 0.0
    yield "squared product of rows {}".format, (rows @ rows.swapaxes(2, 3)) ** 2, 0.0
    yield "squared product of columns {}".format, (rows.swapaxes(2, 3) @ rows) ** 2, 0.0


def _yield_squares(drawn: NDArray[Any]) -> Statistics:
    """Yield the mean square by place along each axis, where a place has values enough."""
    for axis, places in enumerate(drawn.shape[2:]):
        if drawn[0, 0].size >= ENOUGH * places:
            squares = np.moveaxis(drawn, axis + 2, 2).reshape(*drawn.shape[:2], places, -1) ** 2
            least = squares.var(axis=(1, 3)) / squares.shape[3]
            yield f"square at {{}} of axis {axis}".format, squares.mean(axis=3), least


def _yield_shares(drawn: NDArray[Any]) -> Statistics:
    """Yield shares of values below some levels, and at them: zero and the extremes are among them."""
    rows, room = drawn.reshape(*drawn.shape[:2], -1), ROOM * float(np.abs(drawn).max())
    ends = [*drawn.reshape(2, -1).min(axis=1), *drawn.reshape(2, -1).max(axis=1)]
    levels = np.array([*np.quantile(drawn.ravel()[::7], LEVELS, method="lower"), 0.0, *ends])
    below, upto = ([(rows <= x).mean(axis=2) for x in levels + step] for step in (-room, room))
    found = np.transpose([below, np.subtract(upto, below)], (2, 3, 1, 0))
    least = found.mean(axis=1) * (1 - found.mean(axis=1)) / rows.shape[2]
    yield lambda at: f"share {('below', 'at')[at[1]]} {levels[at[0]]:.4g}", found, least
