"""The hook of this plugin: the operations of every module. The entry point names this file."""

from __future__ import annotations

from collections.abc import Iterable
from importlib import import_module

from minigrad_core import Operation, hookimpl

from . import MODULES


@hookimpl
def minigrad_operations() -> Iterable[Operation]:
    """Return the operations, as instances. Of SciPy, the modules import only `scipy.special` for them."""
    return [op for name in MODULES for op in import_module(f".{name}", __package__).OPERATIONS]
