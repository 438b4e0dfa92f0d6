"""The law `claim`: the standard deviation is the claimed one."""

import numpy as np

from ....contracts import fans
from ...finding import DoesNotApply, Finding, Findings, Law, apply_judge
from ...samples.initializer_draws import Draws, InitializerDraws, Shape
from .statistics import SIGMAS

# About 12,000 values each, of very different fans, so that exchanged fans show; fans of 1 are among them.
SHAPES = (
    *((300, 40), (40, 300), (40, 10, 5, 6), (10, 40, 6, 5), (30, 20, 20)),
    *((1, 3000), (3000, 1), (12_000,)),
)


def claim(draws: InitializerDraws) -> Findings:
    """The standard deviation is what `std(fan_in, fan_out)` claims, for matrices, kernels and vectors.

    Faults: exchanged fans, a missing gain, the variance in the place of the standard deviation, a bound
    without the square root of three, a receptive field that is ignored.
    Fix: `fans(shape)` from the core: (in, out) of a matrix, (out, in, *kernel) of a convolution.
    """
    shapes = [shape for shape in SHAPES if draws.call_std(*fans(shape)) is not None]
    if not shapes:
        raise DoesNotApply("std returns None: it makes no claim")
    for shape in filter(draws.accepts, shapes):
        yield from apply_judge(judge_std, draws, shape=shape, fans=fans(shape))


def judge_std(draws: Draws, shape: Shape, fans: tuple[int, int]) -> Findings:
    """Yield that the standard deviation of many values differs from the claimed one by more than chance."""
    values, std = draws.draw(shape), draws.call_std(*fans)
    squares = (values - values.mean()) ** 2
    sigma = float(np.sqrt(squares.var() / values.size))  # from the fourth moment: values may be sparse
    if std is not None and abs(squares.mean() - std**2) > SIGMAS * sigma + 1e-3 * std**2 + 1e-12:
        fact = f"of {shape}, fans {fans}, is {values.std():.5g}, claimed is {std:.5g}"
        if std:
            fact += f": the variance is {values.var() / std**2:.3g} times the claimed one"
        exchanged = draws.call_std(*fans[::-1])
        if exchanged and abs(squares.mean() - exchanged**2) <= SIGMAS * sigma:
            fact += "; exchanged fans would fit"
        yield Finding("wrong-std", f"the standard deviation {fact}")


LAW = Law("claim", claim, after=("shape_and_type",))
