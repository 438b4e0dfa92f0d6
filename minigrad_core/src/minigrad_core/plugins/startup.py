"""Puts a loader into the slot of the tables that comes to life at the first miss.

Importing the core must be cheap: pluggy costs 17-24 ms, importlib.metadata 27-67 ms, and a scan of 1,000
distributions 29-93 ms. So only this file is imported with the core.
"""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING, Any, TypeVar, cast

from ..dispatch.loading import SLOT

if TYPE_CHECKING:
    from ..contracts import OperationLike
    from .loader import PluginLoader

T = TypeVar("T", bound="OperationLike | type[OperationLike]")
_lock = Lock()


class LazyLoader:
    """A loader that is replaced by the real one at its first use."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(plugin_loader(), name)


def plugin_loader() -> PluginLoader:
    """Return the loader of this process."""
    from .loader import PluginLoader

    with _lock:
        if not isinstance(SLOT.loader, PluginLoader):
            SLOT.loader = PluginLoader()
        return SLOT.loader


def register(operation: T) -> T:
    """Let an operation take part in this process, as those of plugins do; return what was given.

    It is found as `ops.local.NAME`, and answers for the functions that it implements. One of the same name is
    replaced, and so is its claim: a notebook cell may be run again. Also a decorator of a class, of which an
    instance is registered.

    Parameters
    ----------
    operation : OperationLike or type
        What a plugin would return from `minigrad_operations`; or its class, which takes no arguments.

    Raises
    ------
    PluginError
        It could not be registered by a plugin either; the message names its file and line.

    Warns
    -----
    UserWarning
        It implements a function that `basic` or `nn` answers for, which stays theirs; or one that another
        operation of this process answered for, which does so no longer.

    Examples
    --------
    >>> import numpy as np, minigrad_core as mg
    >>> @mg.register
    ... class Cube(mg.Operation):
    ...     name, broadcasts = "cube", True
    ...     def forward(self, ctx, x):
    ...         ctx.save(x)
    ...         return x**3
    ...     def backward(self, ctx, grad):
    ...         return grad * 3 * ctx.saved[0] ** 2
    >>> mg.grad(mg.ops.local.cube)(2.0).item()
    12.0
    """
    return plugin_loader().register(operation)


def rescan() -> None:
    """Find what was installed, removed or mended since the first scan, and read the settings again.

    A plugin that failed, or that is there in another version now, is imported anew when it is next asked for;
    objects of the old one stay what they are. Call it while no other thread looks anything up.
    """
    plugin_loader().rescan()


SLOT.loader = cast("PluginLoader", LazyLoader())
