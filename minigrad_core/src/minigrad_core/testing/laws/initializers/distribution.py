"""Values are as wide as is claimed, and distributed as those of the rule that the author gives."""

from collections.abc import Callable, Iterator
from functools import partial
from math import prod
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ....contracts import fans
from ...finding import Broken, DoesNotApply, Finding, Findings
from ...guarded import guarded
from ...samples.arrays import InitializerDraws, Shape, refused
from ...samples.modes import others, settings_of

# About 12,000 values each, far from square, so that exchanged fans show; small fans too.
WIDE = ((300, 40), (40, 300), (40, 10, 5, 6), (10, 40, 6, 5), (30, 20, 20), (1, 3000), (3000, 1), (12_000,))
# Small ones, whose values are compared by position over many draws, and others for the distribution.
SHAPES = ((4, 6), (3, 2, 3, 2), (6, 3), (48, 20), (10, 8, 3, 3), (50,), (1, 300), (2000, 5))
SMALL, MANY, FEW = 36, 96, 12
LEVELS = np.array((0.002, 0.01, 0.05, 0.2, 0.35, 0.5, 0.65, 0.8, 0.95, 0.99, 0.998))
SIGMAS = 7.0  # of a million comparisons none is off by that much by chance
ROOM = 1e-6  # of the largest value: float32 may have been on the way

Statistics: TypeAlias = Iterator[tuple[str, Callable[[NDArray[Any]], NDArray[Any]]]]


def claim(draws: InitializerDraws) -> Findings:
    """The standard deviation is what `std(fan_in, fan_out)` claims, of matrices, kernels and vectors.

    Faults: fans exchanged, a gain missing, variance for standard deviation, a bound that forgets the square
    root of three, a receptive field that is ignored.
    Fix: `fans(shape)` from the core: (in, out) of a matrix, (out, in, *kernel) of a convolution.
    """
    claimed = {shape: std for shape in WIDE if (std := draws.claim(*fans(shape))) is not None}
    if not claimed:
        raise DoesNotApply("std returns None: it makes no claim")
    for shape, std in claimed.items():
        values = draws.drawn(shape)
        if values is None:
            continue
        squares = (values - values.mean()) ** 2
        chance = float(np.sqrt(squares.var() / values.size))  # by the fourth moment: it may be sparse
        if abs(squares.mean() - std**2) > SIGMAS * chance + 1e-3 * std**2 + 1e-12:
            told = "(fan in {}, fan out {}) the standard deviation is".format(*fans(shape))
            ratio = f", {values.std() / std:.3g} times as wide" if std else ""
            yield Finding("wrong-std", f"at {shape} {told} {values.std():.5g}, claimed is {std:.5g}{ratio}")


def reference(draws: InitializerDraws) -> Findings:
    """Draws are distributed as those of `reference(shape, *, rng) -> array`.

    Compared are moments by position over many draws, lengths and angles of rows and columns, and the shares
    of zeros, extremes and all between; under other values, too, of settings that the reference takes.
    Faults: a uniform draw for a normal one, a tail that is clipped, an orthogonal matrix whose signs are the
    library's, a gain that multiplies the variance.
    Fix: the message names the shape and the first number that differs; if the reference is wrong, mend it.
    """
    if draws.reference is None:
        fact = "no reference is given: reference = rule, or check_initializer(it, reference=rule)"
        raise DoesNotApply(fact)
    mine, its = settings_of(draws.call, "shape", "rng", "dtype"), settings_of(draws.reference, "shape", "rng")
    known = {name: others(p.default, p) for name, p in its.items() if name in mine}
    modes = [{}, *({name: values[0]} for name, parts in known.items() for values in parts if values)]
    for settings in modes:
        for shape in SHAPES:
            try:
                drawn = _drawn(draws, shape, settings)
            except Broken as broken:
                if refused(broken, shape) or settings:
                    continue
                raise
            if fact := _differs(*drawn):
                given = "".join(f", {name}={value!r}" for name, value in settings.items())
                yield Finding("another-distribution", f"at shape {shape}{given} {fact}")


def _drawn(draws: InitializerDraws, shape: Shape, settings: dict[str, Any]) -> NDArray[Any]:
    """Return draws of both."""
    count = MANY if prod(shape) <= SMALL else FEW
    drawn, rng, other = np.empty((2, count, *shape)), draws.rng(3), draws.rng(4)
    for mine, its in zip(*drawn, strict=True):
        mine[...] = draws.draw(shape, rng, **settings)
        its[...] = guarded("the reference", lambda: draws.reference(shape, rng=other, **settings))
    return drawn


def _differs(mine: NDArray[Any], its: NDArray[Any]) -> str:
    """Return which statistic differs by more than chance, and where; nothing if none does."""
    small = len(mine) == MANY
    x, y = (d.reshape(*d.shape[:2], -1) for d in (mine, its))
    for name, of in _products() if small else _shares(np.concatenate([x, y])):
        a, b = of(x), of(y)
        first, second = a.mean(axis=0), b.mean(axis=0)
        share = (first + second) / 2
        # Chance is what draws show; for shares it is no less than that of a coin.
        coin = 0.0 if small else 2 * share * (1 - share) / mine[0].size
        chance = np.sqrt(np.maximum(a.var(axis=0) + b.var(axis=0), coin) / len(x))
        sigmas = np.abs(first - second) / (chance + ROOM * float(np.abs(b).max()) + 1e-300)
        worst = np.unravel_index(int(sigmas.argmax()), sigmas.shape)
        if sigmas[worst] > SIGMAS:
            at = f" at {tuple(map(int, worst))}" if worst else ""
            return f"the mean {name}{at} is {first[worst]:.4g}, that of the reference {second[worst]:.4g}"
    return ""


def _products() -> Statistics:
    def products(x: NDArray[Any]) -> NDArray[Any]:
        return x @ x.swapaxes(1, 2)

    yield "value", lambda x: x
    yield "product of values", lambda x: products(x.reshape(len(x), -1, 1))
    yield "squared product of rows", lambda x: products(x) ** 2
    yield "squared product of columns", lambda x: products(x.swapaxes(1, 2)) ** 2


def _shares(both: NDArray[Any]) -> Statistics:
    """Yield shares of values below a level, or at it: zero and the extremes among them."""
    room = ROOM * float(np.abs(both).max())
    extremes = [d.min() for d in np.split(both, 2)] + [d.max() for d in np.split(both, 2)]
    for level in (*np.quantile(both, LEVELS, method="lower"), 0.0, *extremes):
        yield f"share below {level:.4g}", partial(_share, -np.inf, level - room)
        yield f"share at {level:.4g}", partial(_share, level - room, level + room)


def _share(low: float, high: float, x: NDArray[Any]) -> NDArray[Any]:
    return ((low <= x) & (x <= high)).mean(axis=(1, 2))
