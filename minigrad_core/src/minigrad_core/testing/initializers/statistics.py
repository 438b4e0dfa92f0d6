"""Mean and variance against the claim."""

from __future__ import annotations

import inspect
from math import prod, sqrt
from typing import TYPE_CHECKING, Any

import numpy as np

from ...contracts import fans
from ..finding import Broken, Check, DoesNotApply, Finding
from .mistakes import TOLERANCE, Spread, mistake
from .study import refused

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from .study import InitializerStudy

# About 100,000 values each, far from square, so that swapped fans show; kernels that are no squares.
SHAPES = (
    (800, 125),
    (125, 800),
    (160, 25, 3, 7),
    (25, 160, 7, 3),
    # Small fans, and another number of kernel axes.
    (6, 4000),
    (4000, 6),
    (60, 40, 9),
    (1, 20000),
    (20000, 1),
    (20000,),  # a vector's fans are its size
)
SIGMAS = 6.0


def statistics(study: InitializerStudy) -> Iterator[Finding]:
    """Standard deviation and mean are as `std(fan_in, fan_out)` claims, within 6 sigma of 100,000 values.

    Faults: fans swapped, a gain that is missing, variance for standard deviation, a bound that forgets the
    square root of three, a receptive field that is ignored.
    Fix: `fans(shape)` from the core; (in, out) for a matrix, (out, in, *kernel) for a convolution.
    """
    if study.claim(160, 25) is None:
        raise DoesNotApply("std returns None: it makes no claim")
    spreads = []
    for kind, shape in ((np.float32, SHAPES[0]), *((np.float64, shape) for shape in SHAPES)):
        claimed = study.claim(*fans(shape))
        try:
            values = study.draw(shape, study.rng("statistics"), kind).astype(np.float64)
        except Broken as broken:
            if not refused(broken, shape):
                raise
            continue
        if claimed is not None:
            for finding in _centre(study, values, claimed, shape):
                yield finding
                return
            spreads.append(_spread(values, claimed, shape))
    yield from _judged(study, spreads)


def _spread(values: NDArray[Any], claimed: float, shape: tuple[int, ...]) -> Spread:
    # A variance's own sigma, from the fourth moment of this draw: a sparse or sign initializer is not normal.
    squares = (values - values.mean()) ** 2
    variance = float(squares.mean())
    fourth = float((squares**2).mean())  # `centred**4` is a call of `pow` for each value
    sigma = sqrt(max(fourth - variance**2, 0.0) / values.size)
    allowed = SIGMAS * sigma + 1e-3 * claimed**2 + 1e-12
    zeros = 1 - np.count_nonzero(values) / max(values.size, 1)
    edge = float(np.mean(values == values.max()))
    return Spread(shape, claimed, variance, zeros, edge, wrong=abs(variance - claimed**2) > allowed)


def _judged(study: InitializerStudy, spreads: list[Spread]) -> Iterator[Finding]:
    wrong = [spread for spread in spreads if spread.wrong]
    if not wrong:
        return
    first = wrong[0]
    right = ", right for matrices" if len(first.shape) > 2 and len(spreads) > len(wrong) else ""
    fan_in, fan_out = fans(first.shape)
    yield Finding(
        "wrong-std",
        f"at shape {first.shape} (fan in {fan_in}, fan out {fan_out}) the standard deviation is "
        f"{sqrt(first.variance):.5g}, claimed is {first.claimed:.5g}{right}"
        + (mistake(wrong) or _of_another_fan(study, first))
        + (f"; {first.zeros:.0%} of the values are 0" if first.zeros > 0.01 else "")
        + (f"; {first.edge:.0%} of them are the largest: clipped?" if 0.01 < first.edge < 0.2 else ""),
    )


def _of_another_fan(study: InitializerStudy, spread: Spread) -> str:
    """Return which other number of the shape the claim would be true of."""
    shape = spread.shape
    known = {f"shape[{k}]": n for k, n in enumerate(shape)} | {"the size": prod(shape)}
    for told, n in known.items():
        claimed = study.claim(n, n)
        if claimed and abs(sqrt(spread.variance) / claimed - 1) < TOLERANCE / 2:
            return f": as for fans of {n}, {told} alone"
    return ""


def _centre(
    study: InitializerStudy, values: NDArray[Any], claimed: float, shape: tuple[int, ...]
) -> Iterator[Finding]:
    expected = _expected_mean(study.initializer, claimed)
    if expected is None or not claimed:
        return
    if abs(float(values.mean()) - expected) > SIGMAS * float(values.std()) / sqrt(values.size) + 1e-9:
        signs = "" if values.min() < 0 < values.max() else ": all of them have one sign"
        yield Finding(
            "wrong-mean",
            f"at shape {shape} the mean is {float(values.mean()):.4g}, expected {expected:.4g}{signs}",
        )


def _expected_mean(initializer: Any, claimed: float) -> float | None:
    """Return the mean that the settings imply, 0 without any; None if they leave it open.

    Between two bounds it is in the middle if the claim is that of uniform draws.
    """
    try:
        parameters = inspect.signature(initializer.__call__).parameters
    except (TypeError, ValueError):
        return None
    defaults = {name: p.default for name, p in parameters.items() if isinstance(p.default, int | float)}
    bounds = [defaults[name] for name in ("low", "high", "a", "b", "minval", "maxval") if name in defaults]
    if len(bounds) == 2:
        uniform = abs(bounds[1] - bounds[0]) / sqrt(12)
        return float(sum(bounds)) / 2 if abs(claimed - uniform) < 0.1 * uniform else None
    given = [defaults[name] for name in ("mean", "loc", "mu") if name in defaults]
    if given or {"mean", "loc", "low", "high"} & parameters.keys():
        return float(given[0]) if given else None
    return 0.0


STATISTICS = (Check("statistics", statistics, after=("shape",)),)
