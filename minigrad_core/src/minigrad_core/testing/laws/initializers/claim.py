"""The standard deviation is as claimed."""

from math import prod
from typing import Any

import numpy as np

from ....contracts import fans
from ...finding import DoesNotApply, Finding, Findings
from ...samples.arrays import WIDE, InitializerDraws, Shape

SIGMAS = 6.0


def claim(draws: InitializerDraws) -> Findings:
    """The standard deviation is what `std(fan_in, fan_out)` claims, within 6 sigma of 12,000 values.

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
            yield Finding("wrong-std", _told(draws, shape, float(values.std()), std))


def _told(draws: InitializerDraws, shape: Shape, found: float, claimed: float) -> str:
    fan_in, fan_out = fans(shape)
    told = f"at shape {shape} (fan in {fan_in}, fan out {fan_out}) the standard deviation is {found:.5g}"
    told = f"{told}, claimed is {claimed:.5g}"
    known: dict[str, Any] = {"exchanged fans": (fan_out, fan_in), "fans of the size": (prod(shape),) * 2}
    known |= {f"fans of shape[{k}] alone": (n, n) for k, n in enumerate(shape)}
    for what, other in known.items():
        if (std := draws.claim(*other)) and abs(found / std - 1) < 0.05:
            return f"{told}: as for {what}"
    return f"{told}: {found / claimed:.3g} times as wide" if claimed else told
