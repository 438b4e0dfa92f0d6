"""Stores a lazy loader in the slot of the tables; the first lookup that fails creates the real loader.

Importing the core must be cheap: pluggy takes 17-24 ms, importlib.metadata 27-67 ms, and a scan of 1,000
distributions 29-93 ms. So the core imports this file alone.
"""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING, Any, TypeVar, cast

from ..dispatch.loading import SLOT

if TYPE_CHECKING:
    from ..contracts import OperationLike
    from .group import PluginGroup
    from .hooks import HookGroup
    from .loader import PluginLoader

T = TypeVar("T", bound="OperationLike | type[OperationLike]")
_lock = Lock()


class LazyLoader:
    """A substitute that the real loader replaces at the first use."""

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
    """Register an operation in this process, in the namespace `local`; return the argument.

    The operation is available as `ops.local.NAME`, and NumPy's functions that it implements call it. It
    replaces an earlier operation of the same name and its claims, so a notebook cell may run again.
    `register` is also a decorator of a class, of which it registers an instance.

    Parameters
    ----------
    operation : OperationLike or type
        As a plugin returns it from `minigrad_operations`; or its class, which takes no arguments.

    Raises
    ------
    PluginError
        The operation breaks the contract; the message names its file and line.

    Warns
    -----
    UserWarning
        `basic` or `nn` also implements one of the functions, and keeps it; or another operation of this
        process implemented the function, and loses it.

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
    plugin_loader().register(operation)
    return operation


def unregister(operation: OperationLike | type[OperationLike] | str) -> None:
    """Take an operation that `register` entered out of the namespace `local`.

    NumPy's functions no longer call it. A function that it took over from another operation of this process
    calls that operation again. Graphs that have recorded the operation keep it.

    Parameters
    ----------
    operation : OperationLike, type or str
        The operation, its class, or its name: `"cube"` or `"local::cube"`.

    Raises
    ------
    UnknownNameError
        No such operation is registered in this process. An operation of a plugin cannot be taken out:
        disable the plugin (`MINIGRAD_DISABLE_PLUGINS`).
    """
    plugin_loader().unregister(operation)


def rescan() -> None:
    """Find plugins that were installed, removed or fixed since the first scan, and read the settings again.

    A plugin that failed, or whose version changed, is imported again at the next request; objects of the old
    version do not change. Call `rescan` while no other thread looks names up.
    """
    plugin_loader().rescan()


def open_group(name: str, hooks: HookGroup | None = None) -> PluginGroup:
    """Return the plugins that are installed in a group of entry points, under the decisions of this process.

    A package that calls hooks of its own loads its plugins by this group: with the isolation, the ranges of
    versions, the messages and the settings of the registry.

    Parameters
    ----------
    name : str
        The group of entry points: `"minigrad.training"`.
    hooks : HookGroup, optional
        The hooks; by default those that an installed distribution declares in the group `minigrad.hosts`.
    """
    from .group import PluginGroup

    loader = plugin_loader()
    return PluginGroup(find=loader.find, name=name, parent=loader, given_hooks=hooks)


SLOT.loader = cast("PluginLoader", LazyLoader())
