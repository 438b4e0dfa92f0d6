"""Flatten and residual connections."""

from __future__ import annotations

from math import prod

from minigrad_core import Array, Module
from minigrad_core.errors import ArgumentError, InputError


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
