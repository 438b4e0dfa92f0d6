"""Normalization of each sample by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from minigrad_core import Module

from ..normalization import group_norm, layer_norm, rms_norm
from .initial import filled

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import DTypeLike

    from minigrad_core import Array, Tensor


class LayerNorm(Module):
    """`layer_norm` of x: (..., *normalized_shape), with a learned weight and bias.

    Parameters
    ----------
    normalized_shape : int or sequence of int
        The last axes, over which mean and variance are taken.
    eps : float
        Added to the variance, inside of the root.
    bias : bool
        Whether there is a bias, which starts at zero; the weight starts at one.
    dtype : dtype
        Of the parameters.
    """

    def __init__(
        self,
        normalized_shape: int | Sequence[int],
        *,
        eps: float = 1e-5,
        bias: bool = True,
        dtype: DTypeLike = np.float32,
    ) -> None:
        super().__init__()
        self.normalized_shape, self.eps = as_tuple(normalized_shape), eps
        self.weight = filled(self.normalized_shape, 1.0, dtype)
        self.bias = filled(self.normalized_shape, 0.0, dtype) if bias else None

    def forward(self, x: Array) -> Tensor:
        """Return the normalized x."""
        shape = self.normalized_shape
        return layer_norm(x, self.weight, self.bias, normalized_shape=shape, eps=self.eps)

    def extra_repr(self) -> str:
        """Return the settings."""
        return f"{self.normalized_shape}, eps={self.eps}{', bias=False' if self.bias is None else ''}"


class RMSNorm(Module):
    """`rms_norm` of x: (..., *normalized_shape), with a learned weight that starts at one.

    Parameters
    ----------
    normalized_shape : int or sequence of int
        The last axes, over which the mean square is taken.
    eps : float
        Added to the mean square, inside of the root.
    dtype : dtype
        Of the weight.
    """

    def __init__(
        self,
        normalized_shape: int | Sequence[int],
        *,
        eps: float = 1e-5,
        dtype: DTypeLike = np.float32,
    ) -> None:
        super().__init__()
        self.normalized_shape, self.eps = as_tuple(normalized_shape), eps
        self.weight = filled(self.normalized_shape, 1.0, dtype)

    def forward(self, x: Array) -> Tensor:
        """Return the normalized x."""
        return rms_norm(x, self.weight, normalized_shape=self.normalized_shape, eps=self.eps)

    def extra_repr(self) -> str:
        """Return the settings."""
        return f"{self.normalized_shape}, eps={self.eps}"


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
        self.num_groups, self.num_channels, self.eps = num_groups, num_channels, eps
        self.weight = filled(num_channels, 1.0, dtype) if affine else None
        self.bias = filled(num_channels, 0.0, dtype) if affine else None

    def forward(self, x: Array) -> Tensor:
        """Return the normalized x."""
        return group_norm(x, self.weight, self.bias, num_groups=self.num_groups, eps=self.eps)

    def extra_repr(self) -> str:
        """Return the settings."""
        return f"{self.num_groups}, {self.num_channels}, eps={self.eps}"


def as_tuple(shape: int | Sequence[int]) -> tuple[int, ...]:
    """Return a shape that may be given as one size."""
    return (shape,) if isinstance(shape, int) else tuple(shape)
