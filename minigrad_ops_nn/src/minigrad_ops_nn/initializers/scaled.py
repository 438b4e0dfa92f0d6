"""Glorot, Kaiming and LeCun initializers, scaled by fan in and fan out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import DTypeLike, NDArray

from minigrad_core import Initializer
from minigrad_core.array import Shape
from minigrad_core.contracts import fans
from minigrad_core.testing import references

from .draws import draw_normal, draw_uniform

Variance: TypeAlias = Callable[[int, int], float]


class VarianceScaling(Initializer):
    """Zero-mean draws of variance `gain**2 * variance(fan_in, fan_out)`, uniform or normal.

    Parameters
    ----------
    name : str
        The registered name.
    variance : callable
        A function of the fans, which include the receptive field of a convolution.
    distribution : {"uniform", "normal"}
        A uniform draw on [-b, b) has variance b**2 / 3.
    reference : callable
        The published rule, for the contract kit.
    """

    def __init__(
        self,
        name: str,
        variance: Variance,
        distribution: Literal["uniform", "normal"],
        reference: Callable[..., NDArray[Any]],
    ) -> None:
        self.name = name
        self.reference = reference
        self.variance = variance
        self.distribution = distribution

    def __call__(
        self, shape: Shape, *, rng: np.random.Generator, dtype: DTypeLike = np.float32, gain: float = 1.0
    ) -> NDArray[Any]:
        std = gain * self.std(*fans(shape))
        if self.distribution == "normal":
            return draw_normal(rng, shape, dtype, 0.0, std)
        bound = 3**0.5 * std
        return draw_uniform(rng, shape, dtype, -bound, bound)

    def std(self, fan_in: int, fan_out: int) -> float:
        return self.variance(fan_in or 1, fan_out or 1) ** 0.5


def glorot(fan_in: int, fan_out: int) -> float:
    """Return 2 / (fan_in + fan_out): Glorot and Bengio 2010, equation 12."""
    return 2 / (fan_in + fan_out)


def kaiming(fan_in: int, fan_out: int) -> float:  # noqa: ARG001 - a Variance
    """Return 2 / fan_in, for layers before a ReLU: He et al. 2015, equation 10."""
    return 2 / fan_in


def lecun(fan_in: int, fan_out: int) -> float:  # noqa: ARG001 - a Variance
    """Return 1 / fan_in: LeCun et al. 1998, "Efficient BackProp", section 4.6."""
    return 1 / fan_in


glorot_uniform = VarianceScaling("glorot_uniform", glorot, "uniform", references.glorot_uniform)
glorot_normal = VarianceScaling("glorot_normal", glorot, "normal", references.glorot_normal)
kaiming_uniform = VarianceScaling("kaiming_uniform", kaiming, "uniform", references.kaiming_uniform)
kaiming_normal = VarianceScaling("kaiming_normal", kaiming, "normal", references.kaiming_normal)
lecun_uniform = VarianceScaling("lecun_uniform", lecun, "uniform", references.lecun_uniform)
lecun_normal = VarianceScaling("lecun_normal", lecun, "normal", references.lecun_normal)
