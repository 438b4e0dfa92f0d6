"""The manager that calls the hooks of a run: this package's own callbacks, and those of plugins."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

import pluggy

from minigrad_core.plugins import PluginGroup, open_group

from . import hookspecs
from .guard import guard_hook

if TYPE_CHECKING:
    from minigrad_core.plugins import Plugin

    from ..errors import EndedRun


class Callbacks:
    """Calls the hooks of the plugins that take part in training.

    Parameters
    ----------
    group : PluginGroup, optional
        The plugins; by default those installed in the entry-point group `minigrad.training`, under the user's
        decisions about plugins.
    """

    def __init__(self, group: PluginGroup | None = None) -> None:
        self.group = group or open_group(hookspecs.GROUP, hookspecs.TRAINING)
        self.manager = pluggy.PluginManager(hookspecs.PROJECT)
        self.manager.add_hookspecs(hookspecs)
        self._ended: list[EndedRun] = []
        self.faults: list[str] = []  # errors of hooks, of which this process has warned

    @property
    def hook(self) -> pluggy.HookRelay:
        """The hooks, to be called: `hook.train_epoch_ends(run=run, epoch=epoch)`."""
        return self.manager.hook

    def begin(self, *own: object) -> None:
        """Let objects of this package take part in a run, and all plugins.

        The exceptions of the objects pass unchanged. pluggy calls what was registered last first: plugins
        come before the objects of this package.
        """
        for each in own:
            self.manager.register(each, name=type(each).__name__.lower())
        self.load_all()

    def release(self) -> None:
        """Raise the `EndedRun` that a plugin raised in the last call, now that all plugins were called."""
        if self._ended:
            raise self._ended[0]

    def load_all(self) -> None:
        """Let every installed plugin take part. A plugin with a fault is left out, with a warning.

        Raises
        ------
        PluginSettingError
            A setting names a plugin that is not installed.
        PluginLoadError
            A plugin has a fault, and `MINIGRAD_STRICT_PLUGINS` is set.
        """
        self.group.load_all()
        for plugin in self.group.plugins():
            if plugin.status == "loaded" and not self.manager.has_plugin(plugin.namespace):
                self._register(plugin)
            elif plugin.status not in {"loaded", "disabled"}:
                fact = f"{plugin.summary}: {' '.join(plugin.detail.split())}; it takes no part in training"
                warnings.warn(f"{fact}; to fix it: {plugin.remedy}", RuntimeWarning, stacklevel=2)

    def _register(self, plugin: Plugin) -> None:
        """Let a loaded plugin take part, with a guard around each implementation."""
        assert plugin.hooks is not None  # it is loaded
        guarded = _Implementations()
        for hook, implementation in plugin.hooks.implementations:
            call = guard_hook(implementation, hook, plugin, self._ended, self.faults)
            setattr(guarded, hook, hookspecs.hookimpl(**implementation.opts)(call))
        with warnings.catch_warnings():  # the loader has warned of deprecated hooks
            warnings.simplefilter("ignore", DeprecationWarning)
            self.manager.register(guarded, name=plugin.namespace)


class _Implementations:
    """The guarded implementations of one plugin as attributes, where pluggy finds them."""


_SHARED: ContextVar[Callbacks] = ContextVar("the callbacks of a block of `shared`")


@contextmanager
def shared() -> Iterator[Callbacks]:
    """Let one manager serve the body: its models, its datasets, and its run."""
    token = _SHARED.set(callbacks := Callbacks())
    try:
        yield callbacks
    finally:
        _SHARED.reset(token)


def current() -> Callbacks:
    """Return the manager of the surrounding block of `shared`, or a new one."""
    return _SHARED.get(None) or Callbacks()
