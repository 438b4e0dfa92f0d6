"""The standard deviation is as claimed."""

from __future__ import annotations

from math import prod, sqrt
from typing import TYPE_CHECKING, Any

import numpy as np

from ....contracts import fans
from ...finding import DoesNotApply, Finding
from ...samples.arrays import WIDE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from ...samples.arrays import Shape
    from ...samples.initializer import InitializerDraws

SIGMAS = 6.0


def claim(draws: InitializerDraws) -> Iterator[Finding]:
    """The standard deviation is what `std(fan_in, fan_out)` claims, within 6 sigma of 12,000 values.

    Of wide and tall matrices, kernels of one and two axes, small fans, and vectors.
    Faults: fans exchanged, a gain missing, variance for standard deviation, a bound that forgets the square
    root of three, a receptive field that is ignored.
    Fix: `fans(shape)` from the core: (in, out) of a matrix, (out, in, *kernel) of a convolution.
    """
    claimed = {shape: draws.claim(*fans(shape)) for shape in WIDE}
    if all(std is None for std in claimed.values()):
        raise DoesNotApply("std returns None: it makes no claim")
    for shape, std in claimed.items():
        values = None if std is None else draws.drawn(shape)
        if values is not None and std is not None and abs(values.var() - std**2) > _allowed(values, std):
            yield Finding("wrong-std", _told(draws, shape, float(values.std()), std))
            return


def _allowed(values: NDArray[Any], std: float) -> float:
    """Return what chance may do, by the fourth moment of this draw: what is sparse is not normal."""
    squares = (values - values.mean()) ** 2
    spread = float(np.sqrt(squares.var() / values.size))
    return SIGMAS * spread + 1e-3 * std**2 + 1e-12


def _told(draws: InitializerDraws, shape: Shape, found: float, claimed: float) -> str:
    fan_in, fan_out = fans(shape)
    told = (
        f"at shape {shape} (fan in {fan_in}, fan out {fan_out}) the standard deviation is {found:.5g}, "
        f"claimed is {claimed:.5g}"
    )
    known = {"exchanged fans": (fan_out, fan_in), "fans of the size": (prod(shape),) * 2}
    known |= {f"fans of {n}, shape[{k}] alone": (n, n) for k, n in enumerate(shape)}
    for what, other in known.items():
        if (std := draws.claim(*other)) and abs(found / std - 1) < 0.05:
            return f"{told}: as for {what}"
    if not claimed:
        return told
    ratio = found / claimed
    square = f", {ratio**2:.3g} times the variance" if abs(ratio - 1) > 0.01 else ""
    return f"{told}: {ratio:.3g} times as wide{square}" if not sqrt(ratio) == 1 else told
