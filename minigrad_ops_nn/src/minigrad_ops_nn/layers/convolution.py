"""Convolutional layers, and their transposes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np
from numpy.typing import DTypeLike

from minigrad_core import Array, Module, Parameter, Tensor
from minigrad_core.errors import InputError

from .. import convolution
from ..convolution.conv_transpose import check_transposed_spacing
from ..convolution.geometry import check_spacing, expand_to_axes
from ..initializers import kaiming_uniform
from .construction import check_sizes, fill_parameter, make_generator


class ConvolutionLayer(Module):
    """A convolution with learned weights."""

    operation: ClassVar[Any]
    transposed: ClassVar[bool] = False

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: int | Sequence[int],
        settings: dict[str, Any],
        *,
        bias: bool,
        rng: np.random.Generator | None,
        dtype: DTypeLike,
    ) -> None:
        super().__init__()
        name, groups = type(self).__name__, settings["groups"]
        kernel = expand_to_axes(name, "kernel_size", kernel_size, self.operation.axes, 1)
        check_sizes(self, in_channels=in_channels, out_channels=out_channels)
        check_sizes(self, least=1, groups=groups)
        if in_channels % groups or out_channels % groups:
            raise InputError(
                f"{name}: {in_channels} and {out_channels} channels do not divide into groups={groups}"
            )
        self._check_spacing(name, kernel, {k: v for k, v in settings.items() if k != "groups"})
        first, second = (in_channels, out_channels) if self.transposed else (out_channels, in_channels)
        shape = (first, second // groups, *kernel)
        self.settings = settings
        self.in_channels, self.out_channels, self.kernel_size = in_channels, out_channels, kernel
        self.weight = Parameter(kaiming_uniform(shape, rng=make_generator(rng), dtype=dtype))
        self.bias = fill_parameter(out_channels, 0.0, dtype) if bias else None

    def _check_spacing(self, name: str, kernel: tuple[int, ...], spaces: dict[str, Any]) -> None:
        check_spacing(name, kernel, **spaces)

    def forward(self, x: Array) -> Tensor:
        return self.operation(x, self.weight, self.bias, **self.settings)

    def extra_repr(self) -> str:
        usual = {"stride": 1, "padding": 0, "output_padding": 0, "dilation": 1, "groups": 1}
        shown = [f"{name}={value}" for name, value in self.settings.items() if value != usual[name]]
        shown += ["bias=False"] if self.bias is None else []
        kernel = f"kernel_size={self.kernel_size}"
        return ", ".join([f"{self.in_channels}, {self.out_channels}", kernel, *shown])


class PlainConvolutionLayer(ConvolutionLayer):
    """A convolution along one axis or two, not transposed."""

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: int | Sequence[int],
        stride: int | Sequence[int] = 1,
        padding: int | Sequence[int] | str = 0,
        *,
        dilation: int | Sequence[int] = 1,
        groups: int = 1,
        bias: bool = True,
        rng: np.random.Generator | None = None,
        dtype: DTypeLike = np.float32,
    ) -> None:
        settings = {"stride": stride, "padding": padding, "dilation": dilation, "groups": groups}
        super().__init__(in_channels, out_channels, kernel_size, settings, bias=bias, rng=rng, dtype=dtype)


class Conv1d(PlainConvolutionLayer):
    """A convolution of sequences: x (n, in_channels, l) -> (n, out_channels, l').

    The settings and the size l' are those of `Conv2d`.
    """

    operation = convolution.conv1d


class Conv2d(PlainConvolutionLayer):
    """A convolution of images: x (n, in_channels, h, w) -> (n, out_channels, h', w').

    h' is (h + 2 padding - dilation (kernel_size - 1) - 1) // stride + 1, and likewise w'. `minigrad ops
    nn::conv2d` shows the equation.

    Parameters
    ----------
    in_channels, out_channels : int
        The numbers of channels. The weight is `(out_channels, in_channels / groups, *kernel_size)`.
    kernel_size : int or sequence of int
        A size for each axis, or one for all axes, like stride, padding and dilation.
    stride : int or sequence of int
        The distance between windows.
    padding : int, sequence of int, "same" or "valid"
        The zeros on each side; "same" keeps the size of x, "valid" is 0.
    dilation : int or sequence of int
        The distance between the cells of a window.
    groups : int
        The number of groups of channels that are convolved on their own.
    bias : bool
        Whether the layer has a bias (out_channels,), which starts at zero.
    rng : numpy.random.Generator, optional
        Draws the weight by `kaiming_uniform`; a fresh one by default.
    dtype : dtype
        The dtype of the parameters.

    Raises
    ------
    InputError
        The channels do not divide into the groups.

    Examples
    --------
    >>> Conv2d(3, 8, 5, stride=2, padding=2)(np.zeros((1, 3, 32, 32), np.float32)).shape
    (1, 8, 16, 16)
    """

    operation = convolution.conv2d


class TransposedConvolutionLayer(ConvolutionLayer):
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
        check_transposed_spacing(name, len(kernel), **spaces)


class ConvTranspose1d(TransposedConvolutionLayer):
    """The transpose of a convolution: x (n, in_channels, l) -> (n, out_channels, l').

    The settings and the size l' are those of `ConvTranspose2d`.
    """

    operation = convolution.conv_transpose1d


class ConvTranspose2d(TransposedConvolutionLayer):
    """The transpose of a convolution: x (n, in_channels, h, w) -> (n, out_channels, h', w').

    h' is (h - 1) stride - 2 padding + dilation (kernel_size - 1) + output_padding + 1, and likewise w'. The
    weight is `(in_channels, out_channels / groups, *kernel_size)`. The other settings are those of `Conv2d`.

    Examples
    --------
    >>> ConvTranspose2d(8, 3, 4, stride=2, padding=1)(np.zeros((1, 8, 16, 16), np.float32)).shape
    (1, 3, 32, 32)
    """

    operation = convolution.conv_transpose2d
