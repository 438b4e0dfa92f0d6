"""Values are as wide as is claimed, and distributed as those of the rule that the author gives."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ....contracts import fans
from ...finding import Broken, DoesNotApply, Finding, Findings
from ...guarded import guarded
from ...samples.arrays import InitializerDraws, Shape, refused
from ...samples.modes import others, settings_of

# About 12,000 values each, far from square, so that exchanged fans show; small fans too.
WIDE = ((300, 40), (40, 300), (40, 10, 5, 6), (10, 40, 6, 5), (30, 20, 20), (1, 3000), (3000, 1), (12_000,))
# Shapes for values by position, and for their distribution, with the number of draws.
POSITIONS = (((4, 6), 128), ((5, 2, 1, 2), 48), ((6, 3), 48))
LARGE = (((48, 20), 12), ((10, 8, 3, 3), 12), ((50,), 12), ((1, 300), 12), ((2000, 5), 10))
LEVELS = np.array((0.002, 0.01, 0.05, 0.2, 0.35, 0.5, 0.65, 0.8, 0.95, 0.99, 0.998))
SIGMAS = 7.0  # of a million comparisons none is off by that much by chance
ROOM = 1e-6  # of the largest value: float32 may have been on the way


def claim(draws: InitializerDraws) -> Findings:
    """The standard deviation is what `std(fan_in, fan_out)` claims, within 7 sigma of 12,000 values.

    Of wide and tall matrices, kernels of one and two axes, small fans, and vectors.
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

    Compared are means, variances and covariances by position over many draws, lengths and angles of rows
    and columns, and the shares of zeros, extremes and all between, of matrices, kernels and vectors. Settings
    that the reference takes by keyword too are compared under other values.
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
        for kinds, compared in ((POSITIONS, _moments), (LARGE, _shares)):
            for shape, count in kinds[1:] if settings else kinds:
                try:
                    drawn = _drawn(draws, shape, count, settings)
                except Broken as broken:
                    if refused(broken, shape) or settings:
                        continue
                    raise
                if fact := compared(*drawn):
                    given = "".join(f", {name}={value!r}" for name, value in settings.items())
                    yield Finding("another-distribution", f"at shape {shape}{given} {fact}")


def _drawn(draws: InitializerDraws, shape: Shape, count: int, settings: dict[str, Any]) -> NDArray[Any]:
    """Return as many draws of both."""
    drawn, rng, other = np.empty((2, count, *shape)), draws.rng(3), draws.rng(4)
    for mine, its in zip(*drawn, strict=True):
        mine[...] = draws.draw(shape, rng, **settings)
        its[...] = guarded("the reference", lambda: draws.reference(shape, rng=other, **settings))
    return drawn


def _moments(mine: NDArray[Any], its: NDArray[Any]) -> str:
    """Return which mean value or product of values differs, and where."""
    kinds: dict[str, Any] = {
        "value": lambda x: x,
        "product of values": lambda x: _products(x.reshape(len(x), -1, 1)),
        "squared product of rows": lambda x: _products(x) ** 2,
        "squared product of columns": lambda x: _products(x.swapaxes(1, 2)) ** 2,
    }
    for name, of in kinds.items():
        a, b = (of(x.reshape(*x.shape[:2], -1)) for x in (mine, its))
        if (worst := _unlikely(a, b, ROOM * float(np.abs(b).max()))) is not None:
            mean, expected = (x.mean(axis=0)[worst] for x in (a, b))
            return f"the mean {name} at {worst} is {mean:.4g}, that of the reference {expected:.4g}"
    return ""


def _products(x: NDArray[Any]) -> NDArray[Any]:
    return x @ x.swapaxes(1, 2)


def _shares(mine: NDArray[Any], its: NDArray[Any]) -> str:
    """Return which share of the values differs: below a level, or at it, zero and the extremes among them."""
    x, y = (d.reshape(len(d), 1, -1) for d in (mine, its))
    both = np.sort(np.concatenate([x, y]), axis=None)
    extremes = (x.min(), x.max(), y.min(), y.max())
    levels = np.array([*both[(LEVELS * (both.size - 1)).astype(int)], 0.0, *extremes])[:, np.newaxis]
    room = ROOM * max(-both[0], both[-1])
    a, b = (np.stack([d < levels - room, abs(d - levels) <= room], axis=1).mean(axis=3) for d in (x, y))
    if (worst := _unlikely(a, b, 1e-9, x.shape[2])) is None:
        return ""
    told = f"{'at' if worst[0] else 'below'} {levels[worst[1], 0]:.4g}"
    share, expected = (d.mean(axis=0)[worst] for d in (a, b))
    return f"{share:.2%} of the values are {told}, and {expected:.2%} in the reference"


def _unlikely(a: NDArray[Any], b: NDArray[Any], room: float, size: int = 0) -> tuple[int, ...] | None:
    """Return where the means over draws differ by more than chance, None if nowhere.

    Chance is what draws show. For shares of `size` values it is no less than that of a coin.
    """
    first, second = a.mean(axis=0), b.mean(axis=0)
    chance = a.var(axis=0) + b.var(axis=0)
    if size:
        share = (first + second) / 2
        chance = np.maximum(chance, 2 * share * (1 - share) / size)
    sigmas = np.abs(first - second) / (np.sqrt(chance / len(a)) + room + 1e-300)
    worst = np.unravel_index(int(sigmas.argmax()), sigmas.shape)
    return tuple(map(int, worst)) if sigmas[worst] > SIGMAS else None
