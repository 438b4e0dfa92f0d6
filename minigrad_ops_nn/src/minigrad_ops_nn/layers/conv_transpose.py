"""Transposed convolutional layers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from .. import convolution
from ..convolution.geometry import per_axis
from .convolution import Convolution
from .initial import generator

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import DTypeLike


class ConvTranspose1d(Convolution):
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
        super().__init__(
            convolution.conv_transpose1d,
            in_channels,
            out_channels,
            per_axis("ConvTranspose1d", "kernel_size", kernel_size, 1, 1),
            {
                "stride": stride,
                "padding": padding,
                "output_padding": output_padding,
                "dilation": dilation,
                "groups": groups,
            },
            bias=bias,
            rng=generator(rng),
            dtype=dtype,
        )


class ConvTranspose2d(Convolution):
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
        super().__init__(
            convolution.conv_transpose2d,
            in_channels,
            out_channels,
            per_axis("ConvTranspose2d", "kernel_size", kernel_size, 2, 1),
            {
                "stride": stride,
                "padding": padding,
                "output_padding": output_padding,
                "dilation": dilation,
                "groups": groups,
            },
            bias=bias,
            rng=generator(rng),
            dtype=dtype,
        )
