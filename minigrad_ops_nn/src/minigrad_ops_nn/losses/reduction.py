"""The reductions of a loss: mean, sum or none."""

from __future__ import annotations

from typing import Literal, TypeAlias

from minigrad_core import Array
from minigrad_core.errors import ArgumentError, InputError

from ..kernels.broadcasting import is_broadcastable
from ..kernels.precision import restore_half, to_single

Reduction: TypeAlias = Literal["mean", "sum", "none"]


def check_reduction(op: str, reduction: str) -> None:
    """Raise `ArgumentError` unless `reduction` is one of the three."""
    if reduction not in ("mean", "sum", "none"):
        raise ArgumentError(f'{op} expected reduction "mean", "sum" or "none", got {reduction!r}')


def check_pair(op: str, x: Array, target: Array, reduction: str) -> None:
    """Raise unless x and target have one shape: broadcasting them is a mistake more often than not."""
    check_reduction(op, reduction)
    if x.shape != target.shape:
        hint = ""
        for name, short, long in (("target", target.shape, x.shape), ("x", x.shape, target.shape)):
            if (*short, 1) == long:
                hint = f"; write {name}[{':, ' * len(short)}None]"
        raise InputError(f"{op} expected x and target of one shape, got {x.shape} and {target.shape}{hint}")


def check_weight(op: str, name: str, weight: Array | None, x: Array) -> None:
    """Raise `InputError` unless a weight is None or broadcasts to x."""
    if weight is not None and not is_broadcastable(weight.shape, x.shape):
        raise InputError(f"{op} expected a {name} that broadcasts to x {x.shape}, got {weight.shape}")


def reduce_losses(losses: Array, reduction: str) -> Array:
    """Return the mean or the sum of `losses`, or the losses themselves for "none"; an empty mean is 0."""
    if reduction == "none":
        return losses
    total = to_single(losses).sum()
    return restore_half(total if reduction == "sum" else total / max(losses.size, 1), losses)


def spread_gradient(grad: Array, reduction: str, size: int) -> Array:
    """Return the gradient of each of `size` losses, given that of their reduction; the result broadcasts."""
    return to_single(grad) / max(size, 1) if reduction == "mean" else grad
