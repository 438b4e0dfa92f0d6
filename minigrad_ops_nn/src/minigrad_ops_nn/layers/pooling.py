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
    """`max_pool1d`: the maximum of each window of x (n, c, l)."""

    operation = pooling.max_pool1d


class MaxPool2d(PoolingLayer):
    """`max_pool2d`: the maximum of each window of x (n, c, h, w)."""

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
    """`avg_pool1d`: the mean of each window of x (n, c, l)."""

    operation = pooling.avg_pool1d


class AvgPool2d(AveragePoolingLayer):
    """`avg_pool2d`: the mean of each window of x (n, c, h, w)."""

    operation = pooling.avg_pool2d


class AdaptiveAvgPool1d(AdaptivePoolingLayer):
    """`adaptive_avg_pool1d`: x (n, c, l) -> (n, c, output_size)."""

    operation = pooling.adaptive_avg_pool1d


class AdaptiveAvgPool2d(AdaptivePoolingLayer):
    """`adaptive_avg_pool2d`: x (n, c, h, w) -> `(n, c, *output_size)`."""

    operation = pooling.adaptive_avg_pool2d


class AdaptiveMaxPool1d(AdaptivePoolingLayer):
    """`adaptive_max_pool1d`: x (n, c, l) -> (n, c, output_size)."""

    operation = pooling.adaptive_max_pool1d


class AdaptiveMaxPool2d(AdaptivePoolingLayer):
    """`adaptive_max_pool2d`: x (n, c, h, w) -> `(n, c, *output_size)`."""

    operation = pooling.adaptive_max_pool2d
