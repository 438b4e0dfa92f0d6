"""How one loss for each sample becomes one number."""

from __future__ import annotations

from typing import Literal, TypeAlias

from minigrad_core.errors import ArgumentError

Reduction: TypeAlias = Literal["mean", "sum", "none"]


def check_reduction(op: str, reduction: str) -> None:
    """Raise `ArgumentError` unless `reduction` is one of the three."""
    if reduction not in ("mean", "sum", "none"):
        raise ArgumentError(f'{op} expected reduction "mean", "sum" or "none", got {reduction!r}')
