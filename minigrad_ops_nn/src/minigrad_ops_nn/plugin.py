"""The operations, initializers and optimizers of this package, registered through the hooks of any plugin."""

from __future__ import annotations

from collections.abc import Iterable
from types import ModuleType
from typing import Any

from minigrad_core import Initializer, Operation, Optimizer, hookimpl

from . import activations, convolution, initializers, losses, normalization, optimizers, pooling, recurrent
from .affine import affine
from .attention import scaled_dot_product_attention
from .dropout import dropout
from .embedding import embedding


@hookimpl
def minigrad_operations() -> Iterable[Operation]:
    """Return all operations."""
    families = (activations, convolution, losses, normalization, pooling, recurrent)
    return [
        affine,
        dropout,
        embedding,
        scaled_dot_product_attention,
        *(operation for family in families for operation in _list_exports(family)),
    ]


@hookimpl
def minigrad_initializers() -> Iterable[Initializer]:
    """Return all initializers."""
    return _list_exports(initializers)


@hookimpl
def minigrad_optimizers() -> Iterable[type[Optimizer]]:
    """Return all optimizers."""
    return _list_exports(optimizers)


def _list_exports(module: ModuleType) -> list[Any]:
    return [getattr(module, name) for name in module.__all__]
