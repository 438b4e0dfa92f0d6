"""Values are distributed as those of the rule that the author gives."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...finding import Broken, DoesNotApply, Finding, Findings
from ...guarded import guarded
from ...samples.arrays import LARGE, POSITIONS, InitializerDraws, Shape, refused
from ...samples.modes import others, settings_of

SIGMAS = 7.0
LEVELS = np.array((0.002, 0.01, 0.05, 0.2, 0.35, 0.5, 0.65, 0.8, 0.95, 0.99, 0.998))
ROOM = 1e-6  # of the largest value: float32 may have been on the way


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
        raise DoesNotApply(
            "no reference is given: reference = rule, or check_initializer(it, reference=rule)"
        )
    known = settings_of(draws.reference, "shape", "rng")
    changes = {name: others(p.default, p) for name, p in known.items() if name in draws.settings}
    modes = [{}, *({name: values[0]} for name, parts in changes.items() for values in parts if values)]
    for settings in modes:
        for kinds, compared in ((POSITIONS, _positions), (LARGE, _shares)):
            for shape, count in kinds[1:] if settings else kinds:
                try:
                    mine, its = _drawn(draws, shape, count, settings)
                except Broken as broken:
                    if refused(broken, shape) or settings:
                        continue
                    raise
                if fact := compared(mine, its):
                    given = "".join(f", {name}={value!r}" for name, value in settings.items())
                    yield Finding("another-distribution", f"at shape {shape}{given} {fact}")


def _drawn(draws: InitializerDraws, shape: Shape, count: int, settings: dict[str, Any]) -> NDArray[Any]:
    """Return as many draws of both."""
    drawn, rng, other = np.empty((2, count, *shape)), draws.rng(3), draws.rng(4)
    for mine, its in zip(*drawn, strict=True):
        mine[...] = draws.draw(shape, rng, **settings)
        its[...] = guarded("the reference", lambda: draws.reference(shape, rng=other, **settings))
    return drawn


def _positions(mine: NDArray[Any], its: NDArray[Any]) -> str:
    """Return which mean, square or product of values differs, and where."""
    kinds: dict[str, Any] = {
        "value": lambda x: x,
        "square of the value": lambda x: x**2,
        "product of rows": _rows,
        "product of columns": lambda x: _rows(x.swapaxes(1, 2)),
        "squared product of rows": lambda x: _rows(x) ** 2,
        "squared product of columns": lambda x: _rows(x.swapaxes(1, 2)) ** 2,
        "product of values": lambda x: _rows(x.reshape(len(x), -1, 1)),
    }
    for name, of in kinds.items():
        a, b = (of(x.reshape(*x.shape[:2], -1)) for x in (mine, its))
        if (worst := _unlikely(a, b, ROOM * float(np.abs(b).max()))) is not None:
            mean, expected = (x.mean(axis=0)[worst] for x in (a, b))
            return f"the mean {name} at {worst} is {mean:.4g}, that of the reference {expected:.4g}"
    return ""


def _rows(x: NDArray[Any]) -> NDArray[Any]:
    return x @ x.swapaxes(1, 2)


def _shares(mine: NDArray[Any], its: NDArray[Any]) -> str:
    """Return which share of the values differs: below a level, or at it, zero and the extremes among them."""
    x, y = (np.sort(d.reshape(len(d), -1)) for d in (mine, its))
    both = np.sort(np.concatenate([x, y]), axis=None)
    extremes = (x.min(), x.max(), y.min(), y.max())
    levels = np.array([*both[(LEVELS * (both.size - 1)).astype(int)], 0.0, *extremes])
    room = ROOM * max(-both[0], both[-1])
    a, b = (_counted(d, levels, room) / d.shape[1] for d in (x, y))
    if (worst := _unlikely(a, b, 1e-9, x.shape[1])) is None:
        return ""
    told = f"are {'at' if worst[0] else 'below'} {levels[worst[1]]:.4g}"
    return (
        f"{a.mean(axis=0)[worst]:.2%} of the values {told}, and {b.mean(axis=0)[worst]:.2%} in the reference"
    )


def _counted(rows: NDArray[Any], levels: NDArray[Any], room: float) -> NDArray[Any]:
    """Return how many values of each sorted row are below each level, and how many at it."""
    below, beyond = (np.array([row.searchsorted(levels + side) for row in rows]) for side in (-room, room))
    return np.stack([below, beyond - below], axis=1)


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
