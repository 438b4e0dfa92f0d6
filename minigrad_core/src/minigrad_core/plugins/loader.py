"""The loader of the registry: fills the tables, and decides which operation implements a function."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib import invalidate_caches
from importlib.metadata import distributions
from itertools import chain
from typing import Any

from ..contracts.adapters import adapt_initializer, adapt_operation, unwrap_adapter
from ..contracts.validation import VALIDATORS, index_by_name, instantiate, validate_operation
from ..dispatch.catalog import clear_lookups
from ..dispatch.function_names import describe_function, find_ufunc
from ..dispatch.loading import SLOT
from ..dispatch.suggestions import MAX_PLUGINS, describe_miss
from ..dispatch.tables import CLAIMS, LABELS, OPERATIONS, TABLES, find_claimants, withdraw
from ..errors import MinigradError, NoOperationError, PluginError, PluginSettingError, UnknownNameError
from ..exceptions import is_resource_error
from ..tensor.binding import bind
from .discovery import Finder
from .group import PluginGroup
from .hooks import PluginHooks
from .plugin import LOCAL, OFFICIAL, RESERVED, Plugin
from .policy import DENY, PREFER


@dataclass(eq=False)
class PluginLoader(PluginGroup):
    """The loader of one registry."""

    def load(self, namespace: str, wanted: str) -> None:
        """Fill the tables with one namespace, for a request of `wanted`.

        Raises PluginLoadError if the plugin is unavailable, or requests itself while it is being imported.
        """
        self.check_settings()
        plugin = self.ensure(namespace)
        if plugin is not None and plugin.status != "loaded":
            raise plugin.make_error(wanted)

    def load_official(self) -> Iterator[str]:
        """Yield the namespaces that have bare names, each after it is loaded."""
        self.check_settings()
        for namespace in OFFICIAL:
            self._load_each([namespace])
            yield namespace

    def find_implementation(self, function: Callable[..., Any]) -> Callable[..., Any] | None:
        """Return what to call instead of a NumPy function, or None.

        Raises PluginSettingError if a setting chooses a namespace that does not implement the function.
        """
        self.check_settings()
        for namespaces in self.find_candidates(function):
            self._load_each(namespaces)
            if call := _resolve_function(function, namespaces):
                return call
        if chosen := self.policy.find_preferred(function):
            self.load(chosen, describe_function(function))  # raises if the namespace does not load
            fact = f"chooses {chosen!r} for {describe_function(function)}, and it has no operation for that"
            raise PluginSettingError(f"{PREFER} {fact}")
        return None

    def find_undeclared(self, function: Callable[..., Any]) -> list[str]:
        """Return the operations that claim a function without a declaration; loads all plugins.

        The distribution of such an operation declares other functions only, so `find_implementation` does not
        use it.
        """
        for namespace in self.namespaces():
            with suppress(PluginError):  # a plugin that is being imported
                self.ensure(namespace)
        return find_claimants(function, self.namespaces())

    def find_label(self, obj: Any) -> str | None:
        """Return the label of the registered object of which `obj` is a copy, or None.

        A copy has the class and the name of the registered object. Loads the plugin in whose package the
        class is: a process that received a pickle may not have loaded it.
        """
        with suppress(MinigradError):  # this serves a message: no other error may replace it
            obj = unwrap_adapter(obj)
            package = type(obj).__module__.partition(".")[0]
            for plugin in self.plugins():
                if package in {claim.package for claim in plugin.claims}:
                    self.ensure(plugin.namespace)
            for full, known in chain(list(OPERATIONS.items()), list(TABLES["initializer"].items())):
                own = unwrap_adapter(known)
                if type(own) is type(obj) and own.name == getattr(obj, "name", None):
                    return describe_owner(full)
        return None

    def out_of_resources(self) -> bool:
        """Return whether stack, memory or files ran out for a plugin, so that a miss is not remembered."""
        return any(is_resource_error(plugin.cause) for plugin in list(self._plugins.values()))

    def find_candidates(self, function: Callable[..., Any]) -> Iterator[Sequence[str]]:
        """Yield groups of namespaces: the first group in which an operation implements a function decides.

        Each group is loaded before it is searched, so the order of earlier loading does not matter.
        """
        yield from ([namespace] for namespace in OFFICIAL)
        if chosen := self.policy.find_preferred(function):
            yield [chosen]
            return
        yield [LOCAL, *self.find_declarers(function)]
        earlier = {LOCAL, *OFFICIAL}
        yield [p.namespace for p in self.plugins() if p.namespace not in earlier and not p.declares_functions]

    def list_unavailable(self) -> Sequence[str]:
        """Return one line for each plugin that is known to be faulty or disabled, or ours and missing."""
        unavailable = [p for _, p in sorted(self._plugins.items()) if p.status not in {"available", "loaded"}]
        lines = [f"{p.summary}: {p.reason}; try: {p.remedy}" for p in unavailable]
        missing = [RESERVED[name] for name in OFFICIAL if not self.has(name)]
        return lines + [f"{name} is not installed: pip install {name}" for name in missing]

    def register(self, operation: Any) -> None:
        """Enter one operation, or an instance of one class, into the namespace of this process."""
        op = instantiate(operation)
        validate_operation(op)
        op = adapt_operation(op)
        if op.implements:
            self._load_each(OFFICIAL)
        with self._lock:
            local = self._plugins[LOCAL] = Plugin(LOCAL, status="loaded")
            withdraw(LOCAL, op.name)
            _enter(local, {"operation": {op.name: op}})
        for function in map(find_ufunc, op.implements):
            name = describe_function(function)
            for full in find_claimants(function, OFFICIAL):
                kept = f"{name} stays with {describe_owner(full)}"
                warnings.warn(f"{kept}; yours is mg.ops.local.{op.name}", stacklevel=3)
            for full in find_claimants(function, [LOCAL]):
                if full != local.describe(op.name):
                    del CLAIMS[full][function]
                    warnings.warn(f"{name} passes from {full} to {local.describe(op.name)}", stacklevel=3)

    def unregister(self, operation: Any) -> None:
        """Remove one operation (an instance, a class or a name) from the namespace of this process."""
        name = operation if isinstance(operation, str) else getattr(operation, "name", None)
        full = f"local::{name}".replace("local::local::", "local::")
        label = LABELS.get(id(operation), full)
        known = [each for each in OPERATIONS if each.startswith("local::")]
        if full not in known or label.partition("::")[0] != LOCAL:
            fact = f"{name if label == full else label!r} is not an operation of mg.register"
            raise UnknownNameError(describe_miss(fact, full, known))
        with self._lock:
            functions = CLAIMS[full]
            withdraw(*full.split("::"))
            known.remove(full)
            for function in functions:
                earlier = [each for each in known if function in map(find_ufunc, OPERATIONS[each].implements)]
                if earlier:
                    CLAIMS[earlier[-1]][function] = None
            clear_lookups()

    def rescan(self) -> None:
        """Find what is installed now. A plugin that failed, or has another version, is loaded again.

        Raises PluginError while a plugin is being loaded.
        """
        if busy := self._locks.busy:
            raise PluginError(f"rescan while {', '.join(busy)} is being loaded: do it when nothing else runs")
        invalidate_caches()
        with self._lock:
            before = list(self._plugins.values())
            self._plugins = {p.namespace: p for p in before if p.status == "loaded" and not p.claims}
            self._scanned = self._policy = None
            vars(self).pop("hosts", None)  # the cached property
        for old in before:
            new = self.plugin(old.namespace)
            if old.status == "loaded" and new is not None and old.is_same_release(new):
                old.claims, old.notes = new.claims, list(dict.fromkeys([*new.notes, *old.notes]))
                self._plugins[old.namespace] = old
            elif old.status in {"loaded", "failed"}:
                withdraw(old.namespace)
                old.unimport()
        clear_lookups()

    def _commit(self, plugin: Plugin, hooks: PluginHooks) -> None:
        """Validate the objects that the hooks return, and enter them into the tables."""
        objects = {
            kind: index_by_name(hooks.list_objects(f"{hooks.group.prefix}{kind}s", validate), kind)
            for kind, validate in VALIDATORS.items()
        }
        for kind, adapt in (("operation", adapt_operation), ("initializer", adapt_initializer)):
            objects[kind] = {name: adapt(obj) for name, obj in objects[kind].items()}
        _enter(plugin, objects)

    def _withdraw(self, plugin: Plugin) -> None:
        withdraw(plugin.namespace)


def _enter(plugin: Plugin, objects: Mapping[str, Mapping[str, Any]]) -> None:
    """Enter objects by kind and name. All were checked before, so nothing here fails midway."""
    for kind, by_name in objects.items():
        for name, obj in by_name.items():
            LABELS.setdefault(id(obj), plugin.describe(name))
            TABLES[kind][f"{plugin.namespace}::{name}"] = obj
    for name, operation in objects["operation"].items():  # NumPy has one function under several names
        CLAIMS[f"{plugin.namespace}::{name}"] = dict.fromkeys(map(find_ufunc, operation.implements))
    clear_lookups()


def describe_owner(full: str) -> str:
    """Return "mine::gelu (minigrad-mine 1.0)"."""
    namespace, _, name = full.partition("::")
    plugin = SLOT.loader.plugin(namespace)
    return plugin.describe(name) if plugin else full


def _resolve_function(function: Callable[..., Any], namespaces: Collection[str]) -> Callable[..., Any] | None:
    """Return the operation of those namespaces, bound to the function's parameters, or None.

    If several operations claim the function, return a function that raises NoOperationError.
    """
    names = find_claimants(function, namespaces)
    if len(names) > 1:
        return _make_conflict(function, names)
    return bind(function, OPERATIONS[names[0]]) if names else None


def _make_conflict(function: Callable[..., Any], names: Sequence[str]) -> Callable[..., Any]:
    name, first = describe_function(function), names[0].partition("::")[0]
    setting = f"{PREFER}={name}={first}" if "." in name else f"{DENY}=..., all but {first}"
    owners = [*map(describe_owner, names[:MAX_PLUGINS]), f"{len(names) - MAX_PLUGINS} more"][: len(names)]

    fact = f"{name} is claimed by {' and by '.join(owners)}"

    def raise_conflict(*_args: Any, **_settings: Any) -> Any:
        advice = f"call the one you mean by its name, or choose one: {setting}"
        raise NoOperationError(f"{fact}\n  try   {advice}")

    return raise_conflict


@contextmanager
def isolated_registry(
    plugins: Mapping[str, object] | None = None,
    *,
    environ: Mapping[str, str] | None = None,
    find: Finder | None = None,
) -> Iterator[PluginLoader]:
    """Exchange the registry of this process, in all threads, for the body; then restore the old one.

    Parameters
    ----------
    plugins : mapping, optional
        Namespace -> plugin (a module, or an object with decorated methods) that need not be installed.
    environ : mapping, optional
        The variables that decide what may load. By default none is set: all that is installed is there too.
    find : callable, optional
        Finds distributions instead of `importlib.metadata.distributions`.
    """
    tables: list[dict[Any, Any]] = [*TABLES.values(), CLAIMS, LABELS]
    before, loader = [dict(table) for table in tables], SLOT.loader
    SLOT.loader = PluginLoader(environ or {}, find or distributions, plugins or {})
    for table in tables:
        table.clear()
    clear_lookups()
    try:
        yield SLOT.loader
    finally:
        SLOT.loader = loader
        for table, content in zip(tables, before, strict=True):
            table.clear()
            table.update(content)
        clear_lookups()
