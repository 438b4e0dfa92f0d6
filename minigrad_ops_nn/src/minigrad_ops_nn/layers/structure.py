"""Sequential containers, residual connections and flattening."""

from __future__ import annotations

from math import prod
from typing import Any

from minigrad_core import Array, Module, ModuleList
from minigrad_core.errors import ArgumentError, InputError


class Sequential(ModuleList):
    """Applies `modules` in order. Their names are "0", "1", ..., as in PyTorch.

    Examples
    --------
    >>> import numpy as np
    >>> from minigrad_ops_nn import Linear, ReLU
    >>> Sequential(Linear(4, 8), ReLU(), Linear(8, 2))(np.ones((5, 4), np.float32)).shape
    (5, 2)
    """

    def __init__(self, *modules: Module) -> None:
        super().__init__(modules)

    def forward(self, x: Any) -> Any:
        for module in self:
            x = module(x)
        return x


class Flatten(Module):
    """Merges the axes from `start_dim` to `end_dim` into one, by default all but the first."""

    def __init__(self, start_dim: int = 1, end_dim: int = -1) -> None:
        super().__init__()
        self.start_dim, self.end_dim = start_dim, end_dim

    def forward(self, x: Array) -> Array:
        if not x.ndim:
            return x.reshape(1)
        start, end = self.start_dim % x.ndim, self.end_dim % x.ndim
        if start > end:
            raise InputError(
                f"Flatten from axis {self.start_dim} to {self.end_dim} of x {x.shape}: nothing is between"
            )
        return x.reshape(*x.shape[:start], prod(x.shape[start : end + 1]), *x.shape[end + 1 :])

    def extra_repr(self) -> str:
        return f"start_dim={self.start_dim}, end_dim={self.end_dim}"


class Residual(Module):
    """`x + module(x)`. He et al. 2016."""

    def __init__(self, module: Module) -> None:
        super().__init__()
        if not isinstance(module, Module):
            raise ArgumentError(f"Residual expected a Module, got {type(module).__name__}")
        self.module = module

    def forward(self, x: Array) -> Array:
        return x + self.module(x)
