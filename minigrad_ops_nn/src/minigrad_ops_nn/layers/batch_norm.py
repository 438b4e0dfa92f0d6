"""Batch normalization, with running statistics for evaluation."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from numpy.typing import DTypeLike, NDArray

from minigrad_core import Array, Module, Tensor, effect
from minigrad_core.errors import InputError

from ..batch_share import current_share
from ..normalization import batch_norm
from ..normalization.channels import per_channel
from .construction import check_probability, check_sizes, fill_parameter


class BatchNorm(Module):
    """Batch normalization with running statistics."""

    axes: ClassVar[tuple[int, ...]]

    def __init__(
        self,
        num_features: int,
        *,
        eps: float = 1e-5,
        momentum: float = 0.1,
        affine: bool = True,
        dtype: DTypeLike = np.float32,
    ) -> None:
        super().__init__()
        check_sizes(self, num_features=num_features)
        self.num_features, self.eps = num_features, eps
        self.momentum = check_probability(type(self).__name__, momentum, "momentum")
        self.weight = fill_parameter(num_features, 1.0, dtype) if affine else None
        self.bias = fill_parameter(num_features, 0.0, dtype) if affine else None
        self.running_mean: NDArray[Any]
        self.running_var: NDArray[Any]
        self.register_buffer("running_mean", np.zeros(num_features, dtype))
        self.register_buffer("running_var", np.ones(num_features, dtype))

    def forward(self, x: Array) -> Tensor:
        """Return the normalized x; in training mode, update the running statistics."""
        if x.ndim not in self.axes or x.shape[1] != self.num_features:
            raise InputError(
                f"{type(self).__name__} expected x (n, {self.num_features}, ...) with "
                f"{' or '.join(map(str, self.axes))} axes, got {x.shape}"
            )
        if not self.training:
            return self._apply_running_statistics(x)
        count, share = x.size // max(self.num_features, 1), current_share()
        if share is not None:
            count = share.count_in_batch(count)
        if count < 2:
            raise InputError(
                f"{type(self).__name__} needs more than one value for each channel in training mode, "
                f"got x {x.shape}; use a larger batch, or eval()"
            )
        y, mean, variance = batch_norm(x, self.weight, self.bias, eps=self.eps, share=share)
        update_running(self.running_mean, mean.data, self.momentum)
        update_running(self.running_var, variance.data * (count / (count - 1)), self.momentum)
        return y

    def extra_repr(self) -> str:
        return f"{self.num_features}, eps={self.eps}, momentum={self.momentum}"

    def _apply_running_statistics(self, x: Array) -> Tensor:
        """Return x times a factor, plus a shift, for each channel."""
        scale: Any = 1 / np.sqrt(self.running_var + self.eps)
        if self.weight is not None:
            scale = self.weight * scale
        shift = -self.running_mean * scale
        if self.bias is not None:
            shift = shift + self.bias
        y = x * per_channel(scale, x.ndim) + per_channel(shift, x.ndim)
        return y if isinstance(y, Tensor) else Tensor(y)  # of an array, without a weight


@effect
def update_running(running: NDArray[Any], value: NDArray[Any], momentum: float) -> None:
    """Update a running statistic in place; no gradient flows through it.

    `running += momentum * (value - running)` would round the new value to the last digit of the old one: in
    single precision, a new mean of 1e-4 after a mean of 1e4 would become 0, even with a momentum of 1.
    """
    running[...] = (1 - momentum) * running + momentum * value


class BatchNorm1d(BatchNorm):
    """Batch normalization of x: (n, num_features) or (n, num_features, l); see `BatchNorm2d`."""

    axes = (2, 3)


class BatchNorm2d(BatchNorm):
    """Batch normalization of x: (n, num_features, h, w), channel by channel.

    (x - mean) / sqrt(variance + eps) * weight + bias, with the statistics of the batch; in evaluation mode,
    with running statistics. Ioffe and Szegedy 2015.

    Parameters
    ----------
    num_features : int
        The number of channels.
    eps : float
        Added to the variance, inside the square root.
    momentum : float
        The weight of a new batch in the running statistics, in [0, 1]. The running variance is the unbiased
        one, as in PyTorch.
    affine : bool
        Whether the layer has a weight, which starts at one, and a bias, which starts at zero.
    dtype : dtype
        The dtype of parameters and buffers.

    Raises
    ------
    InputError
        x has another number of axes; or, in training mode, x has a single value for each channel, and thus no
        variance.
    ArgumentError
        The momentum is not in [0, 1].
    """

    axes = (4,)
