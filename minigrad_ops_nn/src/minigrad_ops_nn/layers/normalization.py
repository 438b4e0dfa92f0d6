"""Layer, RMS and group normalization."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import DTypeLike

from minigrad_core import Array, Module, Tensor
from minigrad_core.errors import InputError

from ..normalization import group_norm, layer_norm, rms_norm
from .construction import check_sizes, fill_parameter


class LayerNorm(Module):
    """`layer_norm` of x: `(..., *normalized_shape)`, with a learned weight and bias.

    Parameters
    ----------
    normalized_shape : int or sequence of int
        The sizes of the last axes, over which mean and variance are computed.
    eps : float
        Added to the variance, inside the square root.
    elementwise_affine : bool
        Whether the layer has a weight, which starts at one, and a bias, which starts at zero.
    bias : bool
        Whether the layer has a bias in addition to the weight.
    dtype : dtype
        The dtype of the parameters.
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
        self.weight = fill_parameter(self.normalized_shape, 1.0, dtype) if elementwise_affine else None
        self.bias = fill_parameter(self.normalized_shape, 0.0, dtype) if elementwise_affine and bias else None

    def forward(self, x: Array) -> Tensor:
        shape = self.normalized_shape
        return layer_norm(x, self.weight, self.bias, normalized_shape=shape, eps=self.eps)

    def extra_repr(self) -> str:
        without = "elementwise_affine" if self.weight is None else "bias" if self.bias is None else ""
        return f"{self.normalized_shape}, eps={self.eps}{without and f', {without}=False'}"


class RMSNorm(Module):
    """`rms_norm` of x: `(..., *normalized_shape)`, with a learned weight that starts at one.

    Parameters
    ----------
    normalized_shape : int or sequence of int
        The sizes of the last axes, over which the mean square is computed.
    eps : float, optional
        Added to the mean square, inside the square root; the dtype's epsilon by default.
    elementwise_affine : bool
        Whether the layer has a weight.
    dtype : dtype
        The dtype of the weight.
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
        self.weight = fill_parameter(self.normalized_shape, 1.0, dtype) if elementwise_affine else None

    def forward(self, x: Array) -> Tensor:
        return rms_norm(x, self.weight, normalized_shape=self.normalized_shape, eps=self.eps)

    def extra_repr(self) -> str:
        without = ", elementwise_affine=False" if self.weight is None else ""
        return f"{self.normalized_shape}, eps={self.eps}{without}"


class GroupNorm(Module):
    """`group_norm` of x: (n, num_channels, ...), with a learned weight and bias.

    Parameters
    ----------
    num_groups, num_channels : int
        The numbers of groups and channels; the groups divide the channels.
    eps : float
        Added to the variance, inside the square root.
    affine : bool
        Whether the layer has a weight, which starts at one, and a bias, which starts at zero.
    dtype : dtype
        The dtype of the parameters.

    Raises
    ------
    InputError
        The groups do not divide the channels.
    ArgumentError
        A number is not a whole one, or there are no groups.
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
        self.weight = fill_parameter(num_channels, 1.0, dtype) if affine else None
        self.bias = fill_parameter(num_channels, 0.0, dtype) if affine else None

    def forward(self, x: Array) -> Tensor:
        return group_norm(x, self.weight, self.bias, num_groups=self.num_groups, eps=self.eps)

    def extra_repr(self) -> str:
        return f"{self.num_groups}, {self.num_channels}, eps={self.eps}"


def _check_shape(layer: Module, given: int | Sequence[int]) -> tuple[int, ...]:
    """Return the shape as a tuple of checked sizes; an int is the size of one axis."""
    shape = tuple(given) if isinstance(given, Iterable) else (given,)
    for size in shape:
        check_sizes(layer, normalized_shape=size)
    return shape
