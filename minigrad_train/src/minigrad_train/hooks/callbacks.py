"""The one manager of all that takes part in training: this package's own callbacks, and those of plugins."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

import pluggy

from minigrad_core.contracts.location import locate
from minigrad_core.errors import PluginError, UnknownNameError
from minigrad_core.plugins.compatibility import suggest_remedy
from minigrad_core.plugins.inventory import Inventory
from minigrad_core.plugins.names import describe_exception
from minigrad_core.plugins.startup import plugin_loader

from . import hookspecs
from .guard import guard_hook

if TYPE_CHECKING:
    from minigrad_core.plugins.plugin import Plugin

    from ..errors import EndedRun

PREFIX = "train_"


class _Hooks:
    """The hooks of one plugin, as pluggy finds them: as attributes."""

    def __init__(self, hooks: Mapping[str, Callable[..., Any]]) -> None:
        vars(self).update(hooks)


class Callbacks:
    """Loads plugins that take part in training, and calls them.

    Parameters
    ----------
    inventory : Inventory, optional
        What is installed; by default the entry points of the group `minigrad.training`, under the user's
        decisions about plugins.
    """

    def __init__(self, inventory: Inventory | None = None) -> None:
        loader = plugin_loader()
        self.inventory = inventory or Inventory(find=loader.find, group=hookspecs.GROUP, beside=loader)
        self.manager = pluggy.PluginManager(hookspecs.PROJECT)
        self.manager.add_hookspecs(hookspecs)
        self._ended: list[EndedRun] = []

    @property
    def hook(self) -> pluggy.HookRelay:
        """Calls a hook in everybody that takes part: `hook.train_epoch_ends(run=run, epoch=epoch)`."""
        return self.manager.hook

    def add(self, name: str, own: object) -> None:
        """Let an object of this package take part; what it raises passes as it is."""
        self.manager.register(own, name=name)

    def begin(self, *own: object) -> None:
        """Let all that is installed take part in a run, and objects of this package.

        The last that is added is called first: plugins, also those that were asked for a model before, come
        before our own.
        """
        self.load_all()
        plugins = sorted(self.manager.list_name_plugin())
        for name, _ in plugins:
            self.manager.unregister(name=name)
        for one in own:
            self.add(type(one).__name__.lower(), one)
        for name, hooks in plugins:
            self.manager.register(hooks, name=name)

    def release(self) -> None:
        """Raise the `EndedRun` that a plugin raised in the last call: by now everybody was called."""
        if self._ended:
            raise self._ended[0]

    def load_all(self) -> None:
        """Let every installed plugin take part. One that does not load is told, and left out.

        Raises
        ------
        PluginSettingError
            A setting names a plugin that is not installed.
        PluginLoadError
            One does not load, and `MINIGRAD_STRICT_PLUGINS` is set.
        """
        self.inventory.check_settings()
        for plugin in self.inventory.plugins():
            self._ensure(plugin)
            if plugin.status not in {"loaded", "disabled"}:
                if self.inventory.policy.strict:
                    raise plugin.make_error(f"{plugin.namespace}::")
                fact = f"{plugin.summary}: {' '.join(plugin.detail.split())}; it takes no part in training"
                warnings.warn(f"{fact}; to mend it: {plugin.remedy}", RuntimeWarning, stacklevel=2)

    def ask(self, namespace: str, hook: str) -> list[Any]:
        """Return what one plugin's implementation of a hook returns; nothing where it has none.

        Raises
        ------
        PluginLoadError
            The plugin did not load.
        UnknownNameError
            No installed plugin of that namespace takes part in training.
        """
        self.inventory.check_settings()
        plugin = self.inventory.plugin(namespace)
        if plugin is None:
            known = ", ".join(self.inventory.namespaces()) or "none"
            raise UnknownNameError(f"no plugin {namespace!r} takes part in training; those that do: {known}")
        self._ensure(plugin)
        if plugin.status != "loaded":
            raise plugin.make_error(f"{namespace}::")
        others = [other for name, other in self.manager.list_name_plugin() if name != namespace and other]
        returned: list[Any] = self.manager.subset_hook_caller(hook, remove_plugins=others)()
        return returned

    def _ensure(self, plugin: Plugin) -> None:
        if not plugin.needs_loading:
            return
        try:
            self.manager.register(self._guard_hooks(plugin, plugin.claims[0].load()), name=plugin.namespace)
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            plugin.set_status(
                "failed", describe_exception(error), suggest_remedy(error, plugin.claims), error
            )
        else:
            plugin.set_status("loaded", "", "")

    def _guard_hooks(self, plugin: Plugin, module: object) -> _Hooks:
        """Return the hooks of a module, each of which tells whose it is when it raises."""
        hooks: dict[str, Any] = {}
        for name in dir(module):
            function: Any = getattr(module, name, None)
            if not callable(function):  # a module may hold what raises when it is looked at
                continue
            options = self.manager.parse_hookimpl_opts(module, name)
            if options is None:
                if name.startswith(PREFIX):
                    raise PluginError(
                        f"{name} ({locate(function)}) is not under @minigrad_train.hooks.hookimpl"
                    )
                continue
            hook = options["specname"] or name
            if not hasattr(hookspecs, hook):
                near = get_close_matches(hook, vars(hookspecs), n=1)
                hint = f"; did you mean {near[0]}?" if near else ""
                raise PluginError(f"{name} ({locate(function)}) is no hook of training{hint}")
            whose = f"{plugin.namespace!r} ({plugin.label})"
            call = guard_hook(function, hook, whose, self._ended, wrapper=options["wrapper"])
            hooks[name] = hookspecs.hookimpl(**options)(call)
        if not hooks:
            raise PluginError("it has no function under @minigrad_train.hooks.hookimpl")
        return _Hooks(hooks)


_SHARED: ContextVar[Callbacks] = ContextVar("the manager of all that is asked for in a block")


@contextmanager
def shared() -> Iterator[Callbacks]:
    """Let one manager serve all that is asked for in the body: models, datasets, and the run."""
    token = _SHARED.set(callbacks := Callbacks())
    try:
        yield callbacks
    finally:
        _SHARED.reset(token)


def current() -> Callbacks:
    """Return the manager of the block of `shared` that this is in, or a new one."""
    return _SHARED.get(None) or Callbacks()
