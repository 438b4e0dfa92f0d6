"""Pooling layers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from minigrad_core import Array, Module, Tensor

from .. import pooling
from ..pooling.windows import OutputSize, check_output_size, check_pooling_settings


class PoolingLayer(Module):
    """A pooling over windows of `kernel_size`, `stride` apart (the kernel's size by default)."""

    operation: ClassVar[Any]

    def __init__(
        self,
        kernel_size: int | Sequence[int],
        stride: int | Sequence[int] | None = None,
        padding: int | Sequence[int] = 0,
    ) -> None:
        super().__init__()
        check_pooling_settings(type(self).__name__, self.operation.axes, kernel_size, stride, padding)
        stride = kernel_size if stride is None else stride
        self.settings: dict[str, Any] = {"kernel_size": kernel_size, "stride": stride, "padding": padding}

    def forward(self, x: Array) -> Tensor:
        return self.operation(x, **self.settings)

    def extra_repr(self) -> str:
        return ", ".join(f"{name}={value}" for name, value in self.settings.items())


class AdaptivePoolingLayer(Module):
    """A pooling over `output_size` windows that cover the input evenly."""

    operation: ClassVar[Any]

    def __init__(self, output_size: OutputSize) -> None:
        super().__init__()
        check_output_size(type(self).__name__, (1,) * self.operation.axes, output_size)
        self.output_size = output_size

    def forward(self, x: Array) -> Tensor:
        return self.operation(x, output_size=self.output_size)

    def extra_repr(self) -> str:
        return f"output_size={self.output_size}"


class MaxPool1d(PoolingLayer):
    """The maximum of each window: x (n, c, l) -> (n, c, l'), with the settings of `MaxPool2d`."""

    operation = pooling.max_pool1d


class MaxPool2d(PoolingLayer):
    """The maximum of each window: x (n, c, h, w) -> (n, c, h', w').

    h' is (h + 2 padding - kernel_size) // stride + 1, and likewise w'. Each setting is an int, or one int for
    each axis.

    Parameters
    ----------
    kernel_size : int or sequence of int
        The size of a window.
    stride : int or sequence of int, optional
        The distance between windows; the kernel size by default.
    padding : int or sequence of int
        The cells on each side that count as minus infinity, at most half of the kernel size.
    """

    operation = pooling.max_pool2d


class AveragePoolingLayer(PoolingLayer):
    """An average pooling; padding counts as zeros, or not at all with `count_include_pad=False`."""

    def __init__(
        self,
        kernel_size: int | Sequence[int],
        stride: int | Sequence[int] | None = None,
        padding: int | Sequence[int] = 0,
        *,
        count_include_pad: bool = True,
    ) -> None:
        super().__init__(kernel_size, stride=stride, padding=padding)
        self.settings["count_include_pad"] = count_include_pad


class AvgPool1d(AveragePoolingLayer):
    """The mean of each window: x (n, c, l) -> (n, c, l'), with the settings of `AvgPool2d`."""

    operation = pooling.avg_pool1d


class AvgPool2d(AveragePoolingLayer):
    """The mean of each window: x (n, c, h, w) -> (n, c, h', w'), with the settings of `MaxPool2d`.

    Padding counts as zeros, or not at all with `count_include_pad=False`.
    """

    operation = pooling.avg_pool2d


class AdaptiveAvgPool1d(AdaptivePoolingLayer):
    """The mean of each of `output_size` windows that cover x evenly: (n, c, l) -> (n, c, output_size)."""

    operation = pooling.adaptive_avg_pool1d


class AdaptiveAvgPool2d(AdaptivePoolingLayer):
    """The mean of windows that cover x evenly: (n, c, h, w) -> `(n, c, *output_size)`.

    output_size: the number of windows, an int or one for each axis; None keeps the size of the axis.
    """

    operation = pooling.adaptive_avg_pool2d


class AdaptiveMaxPool1d(AdaptivePoolingLayer):
    """The maximum of each of `output_size` windows that cover x evenly: (n, c, l) -> (n, c, output_size)."""

    operation = pooling.adaptive_max_pool1d


class AdaptiveMaxPool2d(AdaptivePoolingLayer):
    """The maximum of windows that cover x evenly: (n, c, h, w) -> `(n, c, *output_size)`.

    output_size: the number of windows, an int or one for each axis; None keeps the size of the axis.
    """

    operation = pooling.adaptive_max_pool2d
