"""The plugins of one group of entry points: found by one scan, and loaded each by itself."""

from __future__ import annotations

import inspect
import os
import sys
import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from importlib import invalidate_caches
from importlib.metadata import distributions
from itertools import chain, takewhile
from operator import eq
from threading import RLock
from time import perf_counter
from traceback import walk_tb
from typing import Any

from ..contracts.location import shorten_path
from ..contracts.validation import safe_repr
from ..dispatch.function_names import is_path_to
from ..errors import PluginError
from ..exceptions import describe_exception, is_resource_error
from . import discovery
from .compatibility import CORE, suggest_remedy, version
from .discovery import Finder, NamespaceClaim, Scan
from .hooks import CORE_HOOKS, HookGroup, PluginHooks
from .import_locks import ImportLocks, is_being_imported
from .plugin import FAULTS, LOCAL, OFFICIAL, RESERVED, Plugin, make_record
from .policy import Policy, split_list


@dataclass(eq=False)
class PluginGroup:
    """The plugins of one group of entry points, and the user's decisions. `open_group` makes a group."""

    # The variables that decide what may load; read at first use.
    environ: Mapping[str, str] = field(default_factory=lambda: os.environ)
    find: Finder = distributions
    # Namespace -> a module that need not be installed; it hides the installed plugin.
    registered: Mapping[str, object] = field(default_factory=dict)
    name: str = discovery.GROUP  # the group of entry points
    parent: PluginGroup | None = None  # the group whose policy this group uses
    given_hooks: HookGroup | None = None  # None: those that an installed distribution declares for the group
    _policy: Policy | None = field(default=None, init=False)
    _decisions: dict[str, Any] = field(default_factory=dict, init=False)  # of the command line, which wins
    _scanned: Scan | None = field(default=None, init=False)
    _plugins: dict[str, Plugin] = field(default_factory=dict, init=False)
    # Guards the scan and the records; never held while code of a plugin runs.
    _lock: Any = field(default_factory=RLock, init=False)  # its type has no name
    _locks: ImportLocks = field(default_factory=ImportLocks, init=False)

    @property
    def policy(self) -> Policy:
        """The user's settings, which say what may load."""
        if self.parent is not None:
            return self.parent.policy
        if self._policy is None:
            self._policy = replace(Policy.from_environment(self.environ), **self._decisions)
        return self._policy

    def allow(self, names: str, *, by: str) -> None:
        """Let only the namespaces in a comma-separated list load; `by` names the decision in messages."""
        self._decisions, self._policy = {"allow": frozenset(split_list(names)), "allowed_by": by}, None

    @cached_property
    def hooks(self) -> HookGroup | None:
        """The hooks of the group; None if no installed distribution calls them."""
        if self.given_hooks is not None or self.name == discovery.GROUP:
            return self.given_hooks or CORE_HOOKS
        hosts = discovery.select_importable(self.scan().hosts.get(self.name, ()), self.find)
        official = [claim for claim in hosts if claim.owner in RESERVED.values()]
        return next(map(_load_hooks, official or hosts), None)

    @cached_property
    def hosts(self) -> Mapping[str, str | None]:
        """The distributions that call hooks of plugins -> their versions, which requirements limit."""
        others = (claim.owner for claims in self.scan().hosts.values() for claim in claims if claim.owner)
        return {name: version(name) for name in {CORE, *others}}

    def scan(self) -> Scan:
        """Return the claims of all distributions, in every group; the files are read once."""
        with self._lock:
            if self._scanned is None:
                self._scanned = discovery.scan(self.find)
            return self._scanned

    def claims(self) -> Mapping[str, Sequence[NamespaceClaim]]:
        """Return the claims of the distributions in this group, by namespace."""
        return self.scan().claims.get(self.name, {})

    def namespaces(self) -> Sequence[str]:
        """Return every namespace that is claimed, by real distributions or leftovers, sorted."""
        return sorted({*self.claims(), *self.registered, *self._plugins})

    def has(self, namespace: str) -> bool:
        """Return whether a plugin claims the namespace."""
        self.check_settings()
        return self.plugin(namespace) is not None

    def plugins(self) -> list[Plugin]:
        """Return the records of all plugins, sorted by namespace."""
        return [plugin for name in self.namespaces() if (plugin := self.plugin(name)) is not None]

    def plugin(self, namespace: str) -> Plugin | None:
        """Return the record of a namespace, or None if no distribution claims it."""
        hosts = self.hosts  # `cached_property` has a lock too: always take it first
        with self._lock:
            record = self._plugins.get(namespace) or self._make_record(namespace, hosts)
            return record and self._plugins.setdefault(namespace, record)

    def find_declarers(self, function: Callable[..., Any]) -> list[str]:
        """Return the namespaces whose distribution declares a claim to a function."""
        claims = (claim for claims in self.claims().values() for claim in claims)
        declaring = [claim for claim in claims if any(is_path_to(path, function) for path in claim.functions)]
        # Where several distributions claim a namespace, the declaration of its owner counts.
        return [c.namespace for c in declaring if (plugin := self.plugin(c.namespace)) and c in plugin.claims]

    def list_new(self) -> list[str]:
        """Return a line for each namespace of a distribution that was installed after the scan."""
        invalidate_caches()
        seen = self.scan().paths
        new = [each for each in self.find() if discovery.locate_metadata(each) not in seen]
        claims = chain(*discovery.scan(lambda **_: new).claims.get(self.name, {}).values())
        fact = "was installed after the first lookup: mg.rescan() finds it"
        return [f"plugin {claim.namespace!r} ({claim.label}) {fact}" for claim in claims]

    def check_settings(self) -> None:
        """Raise PluginSettingError if a list names a namespace or distribution that is not installed."""
        known = (*self.registered, LOCAL, *chain(*self.scan().claims.values()))
        self.policy.check({**dict.fromkeys(known, ()), **self.claims()})

    def load_all(self) -> None:
        """Load every plugin that may load. A fault stays in the record of its plugin.

        Raises PluginSettingError if a setting names a plugin that is not installed, and PluginLoadError for
        the first fault if `MINIGRAD_STRICT_PLUGINS` is set.
        """
        self.check_settings()
        self._load_each(self.namespaces())

    def ensure(self, namespace: str) -> Plugin | None:
        """Load a plugin unless that was tried before, and return its record."""
        plugin = self.plugin(namespace)
        if plugin is None or not plugin.needs_loading:
            return plugin
        if any(is_being_imported(claim.module) for claim in plugin.claims):
            raise self._locks.make_cycle_error(namespace)
        with self._locks.hold(namespace):
            if plugin.needs_loading:
                self._attempt(plugin)
        return plugin

    def find_culprit(self, error: BaseException) -> str | None:
        """Return the innermost function of a plugin that an exception passed through, with its file and line.

        The plugins are those of this group and of its parent; None if no function is of a plugin's package.
        "Sgd.update of plugin 'mine' (minigrad-mine 0.1.0) (src/minigrad_mine/sgd.py:17)", say.
        """
        plugins = [plugin for group in (self, self.parent) if group for plugin in group.plugins()]
        others = [plugin for plugin in plugins if plugin.namespace not in RESERVED]
        owners = {claim.module: plugin for plugin in others for claim in plugin.claims}
        for frame, line in reversed(list(walk_tb(error.__traceback__))):
            code = frame.f_code
            module = _find_nearest(frame.f_globals.get("__name__") or "", owners)
            # pluggy throws the exceptions of others into a wrapper, which is a generator.
            if module and not code.co_flags & inspect.CO_GENERATOR:
                place = f"{shorten_path(code.co_filename)}:{line}"
                return f"{code.co_qualname} of {owners[module].title} ({place})"
        return None

    def _load_each(self, namespaces: Sequence[str]) -> None:
        """Load the plugins that a lookup needs."""
        for plugin in filter(None, map(self.ensure, namespaces)):
            # If stack or memory ran out for an official plugin, no other plugin may take its place.
            raised = self.policy.strict or (plugin.needs_loading and plugin.namespace in OFFICIAL)
            if raised and plugin.status in FAULTS:
                raise plugin.make_error(plugin.namespace)

    def _attempt(self, plugin: Plugin) -> None:
        """Import, validate and commit one plugin. A fault concerns this plugin only, and none of it stays."""
        start, before = perf_counter(), set(sys.modules)
        try:
            if self.hooks is None:
                plugin.detail = f"no installed distribution calls the hooks of {self.name!r}"
                return
            module = self.registered.get(plugin.namespace)
            module = plugin.claims[0].load() if module is None else module
            plugin.hooks = PluginHooks(module, plugin.namespace, self.hooks)
            self._commit(plugin, plugin.hooks)
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            remedy = suggest_remedy(error, plugin.claims)
            plugin.set_status("failed", describe_exception(error), remedy, error)
        else:
            plugin.load_ms = (perf_counter() - start) * 1e3
            plugin.set_status("loaded", "", "")  # after `_commit`: other threads then find the tables filled
            for warning in plugin.hooks.deprecations:
                plugin.notes.append(str(warning.message))
                text = f"{plugin.title}: {warning.message}"
                warnings.warn_explicit(text, warning.category, warning.filename, warning.lineno)
        finally:
            packages = {claim.package for claim in plugin.claims}
            new = set(sys.modules) - before
            plugin.imported |= {module for module in new if module.partition(".")[0] in packages}
            if plugin.status != "loaded":  # a fault, or an interrupt
                self._withdraw(plugin)

    def _commit(self, plugin: Plugin, hooks: PluginHooks) -> None:
        """Enter what a validated plugin provides."""

    def _withdraw(self, plugin: Plugin) -> None:
        """Take out what was entered of a plugin."""

    def _make_record(self, namespace: str, hosts: Mapping[str, str | None]) -> Plugin | None:
        if namespace in self.registered:
            return Plugin(namespace)
        policy = self.policy
        try:
            claims = discovery.select_importable(self.claims().get(namespace, ()), self.find)
            return make_record(namespace, claims, policy, hosts) if claims else None
        except Exception as error:  # metadata that cannot be read: a name that is not text, say
            if is_resource_error(error):
                raise
            plugin = Plugin(namespace)
            fact = f"its metadata cannot be read: {describe_exception(error)}"
            plugin.set_status("failed", fact, "install it again", error)
            return plugin


def _load_hooks(host: NamespaceClaim) -> HookGroup:
    """Return the hooks that a distribution declares for a group."""
    fact = f"{host.label} declares the hooks of {host.namespace!r} as {host.value!r}, which"
    try:
        hooks = host.load()
    except Exception as error:
        raise PluginError(f"{fact} raised {describe_exception(error)}") from error
    if not isinstance(hooks, HookGroup):
        raise PluginError(f"{fact} is no HookGroup, but {safe_repr(hooks)}")
    return hooks


def _find_nearest(name: str, modules: Iterable[str]) -> str | None:
    """Return the module that shares the most leading packages with `name`; None if no module shares any.

    Distributions may share a namespace (PEP 420): a function in `acme.mine.gelu` is of `acme.mine.plugin`,
    and not of `acme.other.plugin`.
    """
    parts = name.split(".")
    depths = {module: len([*takewhile(bool, map(eq, parts, module.split(".")))]) for module in modules}
    best = max(depths, key=depths.__getitem__, default=None)
    return best if best and depths[best] else None
