"""Loads what is asked for: imports a plugin, stages it, and fills the tables."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from importlib import invalidate_caches
from time import perf_counter
from typing import Any, TypeVar

from ..contracts.adapters import adapt_operation
from ..contracts.validation import instantiate, validate_operation
from ..dispatch.tables import CLAIMS
from ..errors import PluginError, PluginSettingError
from ..tensor.protocols import describe_function
from . import ownership
from .compatibility import suggest_remedy
from .function_claims import describe_owner, find_claimants, resolve_function
from .import_locks import ImportLocks, is_being_imported, make_cycle_error, unimport
from .inventory import Inventory
from .names import describe_exception, is_resource_error
from .plugin import FAULTS, Plugin
from .policy import PREFER
from .registration import clear_lookups, enter, withdraw
from .staging import stage

T = TypeVar("T")


@dataclass(eq=False)
class PluginLoader(Inventory):
    """The loader of one registry."""

    _locks: ImportLocks = field(default_factory=ImportLocks, init=False)

    def load(self, namespace: str, wanted: str) -> None:
        """Fill the tables with one namespace, for somebody who asked for `wanted`.

        Raises PluginLoadError if the plugin is unavailable, or asks for itself while it is being imported.
        """
        self.check_settings()
        plugin = self.ensure(namespace)
        if plugin is not None and plugin.status != "loaded":
            raise plugin.make_error(wanted)

    def load_all(self) -> None:
        """Load every plugin that may; faults stay in the records, and in strict mode the first one raises."""
        self.check_settings()
        self._load_each(self.namespaces())

    def load_official(self) -> Iterator[str]:
        """Yield the namespaces that have bare names, each after it is loaded."""
        self.check_settings()
        for namespace in ownership.OFFICIAL:
            self._load_each([namespace])
            yield namespace

    def answer(self, function: Callable[..., Any]) -> Callable[..., Any] | None:
        """Return what to call instead of a NumPy function, or None.

        Raises PluginSettingError if a setting chooses a namespace that does not answer for the function.
        """
        self.check_settings()
        for namespaces in self.find_candidates(function):
            self._load_each(namespaces)
            if call := resolve_function(function, namespaces):
                return call
        if chosen := self.policy.find_preferred(function):
            self.load(chosen, describe_function(function))  # which raises, if that is why
            fact = f"chooses {chosen!r} for {describe_function(function)}, and it has no operation for that"
            raise PluginSettingError(f"{PREFER} {fact}")
        return None

    def out_of_resources(self) -> bool:
        """Return whether a plugin lacks stack or memory at the moment, so that no miss is one for good."""
        return any(is_resource_error(plugin.cause) for plugin in list(self._plugins.values()))

    def find_candidates(self, function: Callable[..., Any]) -> Iterator[Sequence[str]]:
        """Yield groups of namespaces: the first group in which somebody answers for a function decides.

        What happens to be loaded already does not: each group is loaded before it is asked.
        """
        yield from ([namespace] for namespace in ownership.OFFICIAL)
        if chosen := self.policy.find_preferred(function):
            yield [chosen]
            return
        yield [ownership.LOCAL, *self.find_declaring(function)]
        asked = {ownership.LOCAL, *ownership.OFFICIAL}
        yield [p.namespace for p in self.plugins() if p.namespace not in asked and not p.declares_functions]

    def list_unavailable(self) -> Sequence[str]:
        """Return one line for each plugin that is known to be faulty or disabled, or ours and missing."""
        gone = [p for _, p in sorted(self._plugins.items()) if p.status not in {"available", "loaded"}]
        lines = [f"{p.summary}: {p.reason}; try: {p.remedy}" for p in gone]
        missing = [ownership.RESERVED[name] for name in ownership.OFFICIAL if not self.has(name)]
        return lines + [f"{name} is not installed: pip install {name}" for name in missing]

    def ensure(self, namespace: str) -> Plugin | None:
        """Load a plugin if that has not been tried, and return its record."""
        plugin = self.plugin(namespace)
        if plugin is None or not plugin.needs_loading:
            return plugin
        if any(is_being_imported(claim.module) for claim in plugin.claims):
            raise make_cycle_error(self._locks.find_cycle(namespace))
        with self._locks.hold(namespace):
            if plugin.needs_loading:
                self._attempt(plugin)
        return plugin

    def register(self, operation: T) -> T:
        """Enter one operation, or one of a class, into the namespace of this process."""
        op = instantiate(operation)
        validate_operation(op)
        op = adapt_operation(op)
        if op.implements:
            self._load_each(ownership.OFFICIAL)
        with self._lock:
            local = self._plugins[ownership.LOCAL] = Plugin(ownership.LOCAL, status="loaded")
            withdraw(local, op.name)
            enter(local, {"operation": {op.name: op}})
        for function in op.implements:
            name = describe_function(function)
            for full in find_claimants(function, ownership.OFFICIAL):
                kept = f"{name} stays with {describe_owner(full)}"
                warnings.warn(f"{kept}; yours is mg.ops.local.{op.name}", stacklevel=3)
            for full in find_claimants(function, [ownership.LOCAL]):
                if full != local.describe(op.name):
                    del CLAIMS[full][function]
                    warnings.warn(f"{name} passes from {full} to {local.describe(op.name)}", stacklevel=3)
        return operation

    def rescan(self) -> None:
        """Look again at what is installed; what failed, or is there in another version, is loaded anew.

        Raises PluginError while a plugin is being loaded.
        """
        if busy := self._locks.busy:
            raise PluginError(f"rescan while {', '.join(busy)} is being loaded: do it when nothing else runs")
        invalidate_caches()
        with self._lock:
            before = list(self._plugins.values())
            self._plugins = {p.namespace: p for p in before if p.status == "loaded" and not p.claims}
            self._scanned = self._policy = None
        for old in before:
            new = self.plugin(old.namespace)
            if old.status == "loaded" and new is not None and old.is_same_release(new):
                old.claims, old.notes = new.claims, list(dict.fromkeys([*new.notes, *old.notes]))
                self._plugins[old.namespace] = old
            elif old.status in {"loaded", "failed"}:
                withdraw(old)
                unimport(old.imported)
        clear_lookups()

    def _load_each(self, namespaces: Sequence[str]) -> None:
        """Load plugins that a lookup touches."""
        for plugin in filter(None, map(self.ensure, namespaces)):
            # Nobody else answers for an official one that lacks stack or memory at the moment.
            raised = self.policy.strict or (plugin.needs_loading and plugin.namespace in ownership.OFFICIAL)
            if raised and plugin.status in FAULTS:
                raise plugin.make_error(plugin.namespace)

    def _attempt(self, plugin: Plugin) -> None:
        """Import, stage and commit; whatever goes wrong is the plugin's, and nothing of it stays."""
        start, before = perf_counter(), set(sys.modules)
        try:
            module = self.registered.get(plugin.namespace)
            staged = stage(module if module is not None else plugin.claims[0].load(), plugin.namespace)
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            plugin.set_status(
                "failed", describe_exception(error), suggest_remedy(error, plugin.claims), error
            )
        else:
            enter(plugin, staged.things)
            plugin.call_hook = staged.call_hook
            plugin.load_ms = (perf_counter() - start) * 1e3
            plugin.set_status("loaded", "", "")  # last: another thread that sees it finds the tables filled
            for use in staged.deprecated:
                plugin.notes.append(use.text)
                use.warn(plugin)
        finally:
            plugin.imported |= _find_own_modules(plugin, before)
            if plugin.status != "loaded":  # interrupted, perhaps
                withdraw(plugin)


def _find_own_modules(plugin: Plugin, before: set[str]) -> frozenset[str]:
    """Return the modules of a plugin's packages that are imported now and were not before."""
    packages = {claim.module.partition(".")[0] for claim in plugin.claims}
    return frozenset(name for name in set(sys.modules) - before if name.partition(".")[0] in packages)
