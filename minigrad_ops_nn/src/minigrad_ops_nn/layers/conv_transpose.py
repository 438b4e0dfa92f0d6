"""Transposed convolutional layers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from .. import convolution
from ..convolution.conv_transpose import transposed_spacing
from .convolution import Convolution

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import DTypeLike


class TransposedConvolution(Convolution):
    """A transposed convolution, along one axis or two."""

    transposed = True

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: int | Sequence[int],
        stride: int | Sequence[int] = 1,
        padding: int | Sequence[int] = 0,
        *,
        output_padding: int | Sequence[int] = 0,
        dilation: int | Sequence[int] = 1,
        groups: int = 1,
        bias: bool = True,
        rng: np.random.Generator | None = None,
        dtype: DTypeLike = np.float32,
    ) -> None:
        settings = {
            "stride": stride,
            "padding": padding,
            "output_padding": output_padding,
            "dilation": dilation,
            "groups": groups,
        }
        super().__init__(in_channels, out_channels, kernel_size, settings, bias=bias, rng=rng, dtype=dtype)

    def _check_spacing(self, name: str, kernel: tuple[int, ...], spaces: dict[str, Any]) -> None:
        transposed_spacing(name, len(kernel), **spaces)


class ConvTranspose1d(TransposedConvolution):
    """`conv_transpose1d` with learned weights, for x: (n, in_channels, l).

    Parameters
    ----------
    in_channels, out_channels : int
        The weight is (in_channels, out_channels / groups, *kernel_size).
    kernel_size : int or sequence of int
        One size for each axis, or one for all; so are stride, padding and dilation.
    bias : bool
        Whether a bias (out_channels,) is added; it starts at zero.
    rng : numpy.random.Generator, optional
        Draws the weight, kaiming_uniform; a fresh one by default.
    dtype : dtype
        Of the parameters.

    Raises
    ------
    InputError
        The channels do not divide into the groups.
    """

    operation = convolution.conv_transpose1d
    axes = 1


class ConvTranspose2d(TransposedConvolution):
    """`conv_transpose2d` with learned weights, for x: (n, in_channels, h, w).

    Parameters
    ----------
    in_channels, out_channels : int
        The weight is (in_channels, out_channels / groups, *kernel_size).
    kernel_size : int or sequence of int
        One size for each axis, or one for all; so are stride, padding and dilation.
    bias : bool
        Whether a bias (out_channels,) is added; it starts at zero.
    rng : numpy.random.Generator, optional
        Draws the weight, kaiming_uniform; a fresh one by default.
    dtype : dtype
        Of the parameters.

    Raises
    ------
    InputError
        The channels do not divide into the groups.
    """

    operation = convolution.conv_transpose2d
    axes = 2
