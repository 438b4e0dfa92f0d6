"""Checks of the sizes that a layer is made with."""

from __future__ import annotations

from typing import Any

from minigrad_core import Module
from minigrad_core.errors import ArgumentError


def check_sizes(layer: Module, *, least: int = 0, **sizes: Any) -> None:
    """Raise `ArgumentError` unless every one of `sizes` is a whole number of at least `least`.

    NumPy would say that negative dimensions are not allowed, but not of which layer, nor of which argument.
    """
    for name, size in sizes.items():
        if not hasattr(size, "__index__") or size < least:
            raise ArgumentError(
                f"{type(layer).__name__}: {name} must be a whole number of at least {least}, got {size!r}"
            )
