"""Pooling layers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from minigrad_core import Module

from .. import pooling

if TYPE_CHECKING:
    from collections.abc import Sequence

    from minigrad_core import Array, Tensor

    from ..pooling.adaptive_windows import OutputSize


class Pooling(Module):
    """A pooling with windows of `kernel_size`, `stride` apart (the kernel's size by default)."""

    operation: ClassVar[Any]

    def __init__(
        self,
        kernel_size: int | Sequence[int],
        *,
        stride: int | Sequence[int] | None = None,
        padding: int | Sequence[int] = 0,
    ) -> None:
        super().__init__()
        self.kernel_size, self.stride, self.padding = kernel_size, stride, padding

    def forward(self, x: Array) -> Tensor:
        """Return the pooled x."""
        return self.operation(x, kernel_size=self.kernel_size, stride=self.stride, padding=self.padding)

    def extra_repr(self) -> str:
        """Return the settings."""
        stride = self.kernel_size if self.stride is None else self.stride
        return f"kernel_size={self.kernel_size}, stride={stride}, padding={self.padding}"


class AdaptivePooling(Module):
    """A pooling into `output_size` windows that cover the input evenly."""

    operation: ClassVar[Any]

    def __init__(self, output_size: OutputSize) -> None:
        super().__init__()
        self.output_size = output_size

    def forward(self, x: Array) -> Tensor:
        """Return the pooled x."""
        return self.operation(x, output_size=self.output_size)

    def extra_repr(self) -> str:
        """Return the size."""
        return f"output_size={self.output_size}"


class MaxPool1d(Pooling):
    """`max_pool1d`: the maximum of each window of x (n, c, l)."""

    operation = pooling.max_pool1d


class MaxPool2d(Pooling):
    """`max_pool2d`: the maximum of each window of x (n, c, h, w)."""

    operation = pooling.max_pool2d


class AvgPool1d(Pooling):
    """`avg_pool1d`: the mean of each window of x (n, c, l)."""

    operation = pooling.avg_pool1d


class AvgPool2d(Pooling):
    """`avg_pool2d`: the mean of each window of x (n, c, h, w)."""

    operation = pooling.avg_pool2d


class AdaptiveAvgPool1d(AdaptivePooling):
    """`adaptive_avg_pool1d`: x (n, c, l) -> (n, c, output_size)."""

    operation = pooling.adaptive_avg_pool1d


class AdaptiveAvgPool2d(AdaptivePooling):
    """`adaptive_avg_pool2d`: x (n, c, h, w) -> (n, c, *output_size)."""

    operation = pooling.adaptive_avg_pool2d


class AdaptiveMaxPool1d(AdaptivePooling):
    """`adaptive_max_pool1d`: x (n, c, l) -> (n, c, output_size)."""

    operation = pooling.adaptive_max_pool1d


class AdaptiveMaxPool2d(AdaptivePooling):
    """`adaptive_max_pool2d`: x (n, c, h, w) -> (n, c, *output_size)."""

    operation = pooling.adaptive_max_pool2d
