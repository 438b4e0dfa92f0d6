"""The standard deviation is as claimed."""

import numpy as np

from ....contracts import fans
from ...finding import DoesNotApply, Finding, Findings
from ...samples.arrays import WIDE, InitializerDraws

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
            told = f"(fan in {fans(shape)[0]}, fan out {fans(shape)[1]}) the standard deviation is"
            ratio = f", {values.std() / std:.3g} times as wide" if std else ""
            yield Finding("wrong-std", f"at {shape} {told} {values.std():.5g}, claimed is {std:.5g}{ratio}")
