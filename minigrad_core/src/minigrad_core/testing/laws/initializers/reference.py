"""Values are distributed as those of the rule that the author gives."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ...finding import Broken, DoesNotApply, Finding
from ...guarded import guarded
from ...samples.arrays import HUGE, LARGE, POSITIONS
from ...samples.initializer import refused
from ...samples.modes import others, settings_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

    from ...samples.arrays import Shape
    from ...samples.initializer import InitializerDraws

SIGMAS = 7.0
LEVELS = (0.002, 0.01, 0.05, 0.2, 0.35, 0.5, 0.65, 0.8, 0.95, 0.99, 0.998)


def reference(draws: InitializerDraws) -> Iterator[Finding]:
    """Draws are distributed as those of `reference(shape, *, rng) -> array`.

    Compared are means, variances and covariances by position over many draws, lengths and angles of rows and
    columns, and the shares of zeros, extremes and all between, of matrices, kernels and vectors. Settings that
    the reference takes by keyword too are compared under other values.
    Faults: a uniform draw for a normal one, a tail that is clipped, an orthogonal matrix whose signs are the
    library's, a gain that multiplies the variance.
    Fix: the message names the shape and the first number that differs; if the reference is wrong, mend it.
    """
    if draws.reference is None:
        raise DoesNotApply(
            "no reference is given: reference = rule, or check_initializer(it, reference=rule)"
        )
    for settings in _settings(draws):
        for kinds, compared in ((POSITIONS, _by_position), (LARGE, _shares), (HUGE, _far)):
            for shape, count in kinds if not settings else kinds[1:]:
                pair = _drawn(draws, shape, count, settings)
                told = "" if pair is None else compared(*pair)
                if not told:
                    continue
                given = "".join(f", {name}={value!r}" for name, value in settings.items())
                yield Finding("another-distribution", f"at shape {shape}{given} {told}")
                return


def _settings(draws: InitializerDraws) -> Iterator[dict[str, Any]]:
    yield {}
    known = settings_of(draws.reference, "shape", "rng") if draws.reference else {}
    for name, parameter in draws.settings.items():
        for candidates in others(parameter) if name in known else ():
            yield from ({name: value} for value in candidates[:1])


def _drawn(
    draws: InitializerDraws, shape: Shape, count: int, settings: Mapping[str, Any]
) -> tuple[NDArray[Any], NDArray[Any]] | None:
    """Return as many draws of both, None if the initializer refuses the shape."""
    rngs = draws.rng(3), draws.rng(4)
    mine, its = np.empty((2, count, *shape))
    rule = draws.reference
    assert rule is not None
    try:
        for k in range(count):
            mine[k] = draws.draw(shape, rngs[0], **settings)
    except Broken as broken:
        if refused(broken, shape) or settings:
            return None
        raise
    for k in range(count):
        its[k] = guarded("the reference", lambda: rule(shape, rng=rngs[1], **settings))
    return mine, its


def _by_position(mine: NDArray[Any], its: NDArray[Any]) -> str:
    """Return which mean, variance or product of values differs, at which place."""
    kinds = {
        "the mean of the value": lambda x: x,
        "the mean square of the value": lambda x: x**2,
        "the product of rows": _rows,
        "the product of columns": lambda x: _rows(x.swapaxes(1, 2)),
        "the squared product of rows": lambda x: _rows(x) ** 2,
        "the squared product of columns": lambda x: _rows(x.swapaxes(1, 2)) ** 2,
        "the product of values": _products,
    }
    whole = mine.shape[1:]
    for kind, of in kinds.items():
        flat = whole if kind.endswith("the value") else None
        x, y = (of(d if flat else d.reshape(len(d), d.shape[1], -1)) for d in (mine, its))
        if place := _apart(x, y):
            a, b = x.mean(axis=0)[place], y.mean(axis=0)[place]
            return f"{kind} at {place} is {a:.4g}, that of the reference {b:.4g}"
    return ""


def _rows(x: NDArray[Any]) -> NDArray[Any]:
    return x @ x.swapaxes(1, 2)


def _products(x: NDArray[Any]) -> NDArray[Any]:
    flat = x.reshape(len(x), -1)
    return flat[:, :, None] * flat[:, None, :]


def _apart(x: NDArray[Any], y: NDArray[Any]) -> tuple[int, ...]:
    """Return where the means over draws differ by more than chance, or nothing."""
    difference = np.abs(x.mean(axis=0) - y.mean(axis=0))
    chance = np.sqrt((x.var(axis=0) + y.var(axis=0)) / len(x))
    scale = max(float(np.abs(x).max(initial=0.0)), float(np.abs(y).max(initial=0.0)))
    sigmas = difference / (chance + 1e-7 * scale + 1e-300)
    worst = np.unravel_index(int(sigmas.argmax()), sigmas.shape)
    return tuple(map(int, worst)) if sigmas[worst] > SIGMAS else ()


def _shares(mine: NDArray[Any], its: NDArray[Any]) -> str:
    """Return which share of the values differs: below a level, or at it, zero and the extremes among them."""
    x, y = (np.sort(d.reshape(len(d), -1)) for d in (mine, its))
    together = np.sort(np.concatenate([x, y]), axis=None)
    levels = together[(np.array(LEVELS) * (together.size - 1)).astype(int)]
    levels = np.array([*levels, 0.0, together[0], together[-1]])
    room = 1e-6 * max(-together[0], together[-1])  # float32 may have been on the way
    a, b = (_counted(d, levels, room) / d.shape[1] for d in (x, y))
    worst = _unlikely(a, b, x.shape[1])
    if worst is None:
        return ""
    kind = "below" if worst < len(levels) else "at"
    told = f"{a[:, worst].mean():.2%} of the values are {kind} {levels[worst % len(levels)]:.4g}"
    return f"{told}, {b[:, worst].mean():.2%} of those of the reference"


def _counted(rows: NDArray[Any], levels: NDArray[Any], room: float) -> NDArray[Any]:
    """Return how many values of each sorted row are below each level, and how many at it."""
    below, beyond = (
        np.array([np.searchsorted(row, levels + side) for row in rows]) for side in (-room, room)
    )
    return np.concatenate([below, beyond - below], axis=1)


def _far(mine: NDArray[Any], its: NDArray[Any]) -> str:
    """Return which of the numbers that need many values differs: the mean, or what is beyond the reference."""
    x, y = (d.reshape(len(d), -1) for d in (mine, its))
    between = sum(d.mean(axis=1).var() / len(d) for d in (x, y))
    spread = np.sqrt(max(between, (x.var() + y.var()) / x.size))
    if abs(x.mean() - y.mean()) > SIGMAS * spread + 1e-7 * float(np.abs(y).max()):
        return f"the mean is {x.mean():.4g}, that of the reference {y.mean():.4g}"
    for beyond, z in ((x, y), (y, x)):
        edges = z.min(), z.max()
        room = 1e-6 * max(abs(edges[0]), abs(edges[1]))
        out = ((beyond < edges[0] - room) | (beyond > edges[1] + room)).mean(axis=1)
        if _unlikely(out[:, None], 0 * out[:, None], x.shape[1]) is not None:
            whose = ("the values are", "the reference's") if beyond is x else ("the reference's are", "them")
            first, second = whose
            return f"{out.mean():.2%} of {first} beyond all of {second}"
    return ""


def _unlikely(a: NDArray[Any], b: NDArray[Any], size: int) -> int | None:
    """Return which share, of draws of `size` values, differs by more than chance.

    Values of a draw may depend on one another: chance is what draws show, and no less than if they do not.
    """
    share = (a.mean(axis=0) + b.mean(axis=0)) / 2
    chance = np.maximum(a.var(axis=0) + b.var(axis=0), 2 * share * (1 - share) / size) / len(a)
    sigmas = np.abs(a.mean(axis=0) - b.mean(axis=0)) / (np.sqrt(chance) + 1e-9)
    worst = int(sigmas.argmax())
    return worst if sigmas[worst] > SIGMAS else None
