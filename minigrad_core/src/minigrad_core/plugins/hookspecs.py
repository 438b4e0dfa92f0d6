"""The hooks of the registry. Each is optional, takes no argument and returns an iterable.

A new core may add hooks, and arguments of hooks. pluggy passes an implementation only the arguments that it
names, so no released plugin has to change.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import pluggy

from ..contracts import Initializer, OperationLike, Optimizer

if TYPE_CHECKING:
    import click

PROJECT = "minigrad"
hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


@hookspec
def minigrad_operations() -> Iterable[OperationLike]:  # type: ignore[empty-body]  # pluggy calls only the implementations
    """Return instances: `[gelu, swish]`. Users find each as `ops.NAMESPACE.NAME`."""


@hookspec
def minigrad_initializers() -> Iterable[Initializer]:  # type: ignore[empty-body]
    """Return instances: `[orthogonal]`."""


@hookspec
def minigrad_optimizers() -> Iterable[type[Optimizer]]:  # type: ignore[empty-body]
    """Return classes, which the user instantiates with parameters: `[Lion]`."""


@hookspec
def minigrad_commands() -> Iterable[click.Command]:  # type: ignore[empty-body]
    """Return click commands for the `minigrad` command line. Only the command line calls this hook."""
