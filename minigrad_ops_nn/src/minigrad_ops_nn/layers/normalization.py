"""Layer, RMS and group normalization."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import DTypeLike

from minigrad_core import Array, Module, Tensor
from minigrad_core.errors import InputError

from ..normalization import group_norm, layer_norm, rms_norm
from .initial import make_constant_parameter
from .sizes import check_sizes


class LayerNorm(Module):
    """`layer_norm` of x: `(..., *normalized_shape)`, with a learned weight and bias.

    Parameters
    ----------
    normalized_shape : int or sequence of int
        The last axes, over which mean and variance are taken.
    eps : float
        Added to the variance, inside of the root.
    elementwise_affine : bool
        Whether there are a weight and a bias, which start at one and zero.
    bias : bool
        Whether there is a bias beside the weight.
    dtype : dtype
        Of the parameters.
    """

    def __init__(
        self,
        normalized_shape: int | Sequence[int],
        *,
        eps: float = 1e-5,
        elementwise_affine: bool = True,
        bias: bool = True,
        dtype: DTypeLike = np.float32,
    ) -> None:
        super().__init__()
        self.normalized_shape, self.eps = _check_shape(self, normalized_shape), eps
        self.weight = (
            make_constant_parameter(self.normalized_shape, 1.0, dtype) if elementwise_affine else None
        )
        self.bias = (
            make_constant_parameter(self.normalized_shape, 0.0, dtype)
            if elementwise_affine and bias
            else None
        )

    def forward(self, x: Array) -> Tensor:
        shape = self.normalized_shape
        return layer_norm(x, self.weight, self.bias, normalized_shape=shape, eps=self.eps)

    def extra_repr(self) -> str:
        """Return the settings."""
        without = "elementwise_affine" if self.weight is None else "bias" if self.bias is None else ""
        return f"{self.normalized_shape}, eps={self.eps}{without and f', {without}=False'}"


class RMSNorm(Module):
    """`rms_norm` of x: `(..., *normalized_shape)`, with a learned weight that starts at one.

    Parameters
    ----------
    normalized_shape : int or sequence of int
        The last axes, over which the mean square is taken.
    eps : float, optional
        Added to the mean square, inside of the root; the dtype's epsilon by default.
    elementwise_affine : bool
        Whether there is a weight.
    dtype : dtype
        Of the weight.
    """

    def __init__(
        self,
        normalized_shape: int | Sequence[int],
        *,
        eps: float | None = None,
        elementwise_affine: bool = True,
        dtype: DTypeLike = np.float32,
    ) -> None:
        super().__init__()
        self.normalized_shape, self.eps = _check_shape(self, normalized_shape), eps
        self.weight = (
            make_constant_parameter(self.normalized_shape, 1.0, dtype) if elementwise_affine else None
        )

    def forward(self, x: Array) -> Tensor:
        return rms_norm(x, self.weight, normalized_shape=self.normalized_shape, eps=self.eps)

    def extra_repr(self) -> str:
        """Return the settings."""
        without = ", elementwise_affine=False" if self.weight is None else ""
        return f"{self.normalized_shape}, eps={self.eps}{without}"


class GroupNorm(Module):
    """`group_norm` of x: (n, num_channels, ...), with a learned weight and bias.

    Parameters
    ----------
    num_groups, num_channels : int
        The groups divide the channels.
    eps : float
        Added to the variance, inside of the root.
    affine : bool
        Whether there are a weight and a bias, which start at one and zero.
    dtype : dtype
        Of the parameters.

    Raises
    ------
    InputError
        The groups do not divide the channels.
    ArgumentError
        One is no whole number, or there are no groups.
    """

    def __init__(
        self,
        num_groups: int,
        num_channels: int,
        *,
        eps: float = 1e-5,
        affine: bool = True,
        dtype: DTypeLike = np.float32,
    ) -> None:
        super().__init__()
        check_sizes(self, least=1, num_groups=num_groups)
        check_sizes(self, num_channels=num_channels)
        if num_channels % num_groups:
            raise InputError(f"GroupNorm: {num_channels} channels do not divide into {num_groups} groups")
        self.num_groups, self.num_channels, self.eps = num_groups, num_channels, eps
        self.weight = make_constant_parameter(num_channels, 1.0, dtype) if affine else None
        self.bias = make_constant_parameter(num_channels, 0.0, dtype) if affine else None

    def forward(self, x: Array) -> Tensor:
        return group_norm(x, self.weight, self.bias, num_groups=self.num_groups, eps=self.eps)

    def extra_repr(self) -> str:
        """Return the settings."""
        return f"{self.num_groups}, {self.num_channels}, eps={self.eps}"


def _check_shape(layer: Module, given: int | Sequence[int]) -> tuple[int, ...]:
    """Return a shape that may be given as one size."""
    shape = tuple(given) if isinstance(given, Iterable) else (given,)
    for size in shape:
        check_sizes(layer, normalized_shape=size)
    return shape
