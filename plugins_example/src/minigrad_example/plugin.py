"""The hooks of this plugin. The entry point names this module, and minigrad calls each hook once."""

from __future__ import annotations

from collections.abc import Iterable

from minigrad_core import Initializer, Operation, Optimizer, hookimpl

from .lion import Lion
from .snake import snake
from .truncated_normal import truncated_normal


@hookimpl
def minigrad_operations() -> Iterable[Operation]:
    """Return the operations, as instances: `mg.ops.example.snake`."""
    return [snake]


@hookimpl
def minigrad_initializers() -> Iterable[Initializer]:
    """Return the initializers, as instances: `mg.initializers.example.truncated_normal`."""
    return [truncated_normal]


@hookimpl
def minigrad_optimizers() -> Iterable[type[Optimizer]]:
    """Return the optimizers, as classes: `mg.optimizers.example.lion`."""
    return [Lion]
