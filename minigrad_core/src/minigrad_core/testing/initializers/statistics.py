"""Mean and variance against the claim."""

from __future__ import annotations

import inspect
from math import sqrt
from typing import TYPE_CHECKING, Any

import numpy as np

from ...contracts import fans
from ..finding import Broken, Check, DoesNotApply, Finding
from .study import refused

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from .study import InitializerStudy

# About 100,000 values each, far from square, so that swapped fans show; convolutions for the receptive field.
SHAPES = ((800, 125), (125, 800), (160, 25, 5, 5), (25, 160, 5, 5))
SIGMAS = 6.0


def statistics(study: InitializerStudy) -> Iterator[Finding]:
    """Standard deviation and mean are as `std(fan_in, fan_out)` claims, within 6 sigma of 100,000 values.

    Faults: fans swapped, a gain that is missing, variance for standard deviation, a bound that forgets the
    square root of three, a receptive field that is ignored.
    Fix: `fans(shape)` from the core; (in, out) for a matrix, (out, in, *kernel) for a convolution.
    """
    if study.claim(160, 25) is None:
        raise DoesNotApply("std returns None: it makes no claim")
    for shape in SHAPES:
        claimed = study.claim(*fans(shape))
        try:
            values = study.draw(shape, study.rng("statistics"), np.float64)
        except Broken as broken:
            if not refused(broken, shape):
                raise
            continue
        if claimed is not None:
            yield from _spread(values, claimed, shape)
            yield from _centre(study, values, claimed, shape)


def _spread(values: NDArray[Any], claimed: float, shape: tuple[int, ...]) -> Iterator[Finding]:
    # A variance's own sigma, from the fourth moment of this draw: a sparse or sign initializer is not normal.
    centred = values - values.mean()
    variance = float(np.mean(centred**2))
    sigma = sqrt(max(float(np.mean(centred**4)) - variance**2, 0.0) / values.size)
    if abs(variance - claimed**2) > SIGMAS * sigma + 1e-3 * claimed**2 + 1e-12:
        fan_in, fan_out = fans(shape)
        yield Finding(
            "wrong-std",
            f"at shape {shape} (fan in {fan_in}, fan out {fan_out}) the standard deviation is "
            f"{sqrt(variance):.5g}, claimed is {claimed:.5g}" + _hint(variance, claimed, fan_in, fan_out),
        )


def _hint(variance: float, claimed: float, fan_in: int, fan_out: int) -> str:
    """Return which mistake would give this ratio."""
    ratio = variance / claimed**2 if claimed else 0.0
    known = {
        "the fans are swapped": fan_in / fan_out,
        "the fans are swapped (the other way)": fan_out / fan_in,
        "a factor 2 of the variance is missing": 0.5,
        "the variance has a factor 2 too many": 2.0,
        "a bound was taken for a standard deviation (a root of 3 is missing)": 1 / 3,
        "a standard deviation was taken for a bound (a root of 3 too many)": 3.0,
        "the variance was taken for the standard deviation": claimed**2,
    }
    best = min(known, key=lambda name: abs(np.log(max(ratio, 1e-300) / known[name])))
    return f": {best}" if abs(np.log(max(ratio, 1e-300) / known[best])) < 0.05 else ""


def _centre(
    study: InitializerStudy, values: NDArray[Any], claimed: float, shape: tuple[int, ...]
) -> Iterator[Finding]:
    expected = _expected_mean(study.initializer)
    if expected is None or not claimed:
        return
    if abs(float(values.mean()) - expected) > SIGMAS * float(values.std()) / sqrt(values.size) + 1e-9:
        yield Finding(
            "wrong-mean", f"at shape {shape} the mean is {float(values.mean()):.4g}, expected {expected:.4g}"
        )


def _expected_mean(initializer: Any) -> float | None:
    """Return the mean that the settings imply, 0 without any; None if they leave it open."""
    try:
        parameters = inspect.signature(initializer.__call__).parameters
    except (TypeError, ValueError):
        return None
    defaults = {name: p.default for name, p in parameters.items() if isinstance(p.default, int | float)}
    bounds = [defaults[name] for name in ("low", "high", "a", "b", "minval", "maxval") if name in defaults]
    if len(bounds) == 2:
        return float(sum(bounds)) / 2
    given = [defaults[name] for name in ("mean", "loc", "mu") if name in defaults]
    if given or {"mean", "loc", "low", "high"} & parameters.keys():
        return float(given[0]) if given else None
    return 0.0


def spread_out(study: InitializerStudy) -> Iterator[Finding]:
    """Values are drawn one by one: rows and columns are not copies or shifts of one another.

    Faults: one row drawn and repeated, one value for a whole kernel.
    Fix: draw `shape` values, not `shape[0]`.
    """
    if not study.random:
        raise DoesNotApply("it draws nothing")
    for shape in ((125, 160), (40, 20, 5, 5)):
        try:
            values = study.draw(shape, study.rng("spread"), np.float64)
        except Broken:
            continue
        for axis in range(values.ndim):
            rows = np.moveaxis(values, axis, 0).reshape(values.shape[axis], -1)
            scale = float(rows.var()) or 1.0
            together = float(np.mean((rows[1:] - rows.mean()) * (rows[:-1] - rows.mean()))) / scale
            if abs(together) > 0.5:
                yield Finding(
                    "correlated", f"values repeat along axis {axis} (correlation {together:.2f} at {shape})"
                )
                return


STATISTICS = (
    Check("independence", spread_out, after=("shape",)),
    Check("statistics", statistics, after=("shape",)),
)
