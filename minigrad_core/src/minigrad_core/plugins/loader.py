"""Fills the tables: scans once, decides who owns a namespace, and loads what is asked for."""

from __future__ import annotations

import os
from dataclasses import replace
from threading import Lock
from time import perf_counter
from typing import TYPE_CHECKING, Any

from ..dispatch.functions import FUNCTIONS
from . import discovery, ownership
from .answers import Answers
from .gate import Gate, importing_here, reentered
from .policy import Policy, listed
from .record import FAULTS, Plugin
from .registration import register
from .settings import check_settings
from .staging import stage

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from .discovery import Claim, Finder, Scan


class PluginLoader:
    """The loader of one registry.

    Parameters
    ----------
    policy : Policy, optional
        What may load; by default what the environment says at first use.
    find : callable, optional
        Finds distributions; by default those that are installed.
    registered : mapping, optional
        Namespace -> plugin object (a module, say) that is not installed. It hides an installed one.
    """

    def __init__(
        self,
        policy: Policy | None = None,
        find: Finder | None = None,
        registered: Mapping[str, object] | None = None,
    ) -> None:
        self._policy = policy
        self._find = find or discovery.installed()
        self._registered = dict(registered or {})
        self._scanned: Scan | None = None
        self._plugins: dict[str, Plugin | None] = {}
        self._everything_loaded = False
        self._answers = Answers()
        self._gate = Gate()
        self._lock = Lock()  # over the scan and the records; never held while a plugin's code runs

    @property
    def policy(self) -> Policy:
        """What may load."""
        if self._policy is None:
            self._policy = Policy.from_environment(os.environ)
        return self._policy

    def allow(self, names: str, *, by: str) -> None:
        """Let only the namespaces in a comma-separated list load; `by` says who decided, for messages."""
        self._policy = replace(self.policy, allow=frozenset(listed(names)), allowed_by=by)

    @property
    def unreadable(self) -> Sequence[str]:
        """What the scan could not read, one line each."""
        return self._scan().unreadable

    def namespaces(self) -> Sequence[str]:
        """Return every namespace that is claimed, by real distributions or leftovers, sorted."""
        return sorted({*self._scan().claims, *self._registered})

    def has(self, namespace: str) -> bool:
        """Return whether an installed distribution claims the namespace."""
        self.check_settings()
        return self.plugin(namespace) is not None

    def plugins(self) -> list[Plugin]:
        """Return the records of all plugins, sorted by namespace. Imports none."""
        return [plugin for name in self.namespaces() if (plugin := self.plugin(name)) is not None]

    def plugin(self, namespace: str) -> Plugin | None:
        """Return the record of a namespace, or None if nobody claims it."""
        found = self._scan()
        with self._lock:
            if namespace not in self._plugins:
                self._plugins[namespace] = self._decided(namespace, found.claims.get(namespace, ()))
            return self._plugins[namespace]

    def notes(self, plugin: Plugin) -> list[str]:
        """Return what else there is to say about a plugin: claims that were refused or are contested."""
        return [*plugin.notes, *self._answers.notes(plugin.namespace)]

    def commands(self, plugin: Plugin) -> list[Any]:
        """Return the click commands of a loaded plugin; if its hook fails, none, and the record says why."""
        try:
            return list(plugin.commands())
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            plugin.notes.append(f"its commands failed: {told(error)}")
            plugin.commands = tuple
            return []

    def load(self, namespace: str, wanted: str) -> None:
        """Fill the tables with one namespace, for somebody who asked for `wanted`.

        Raises
        ------
        PluginLoadError
            The plugin is unavailable, or asks for itself while it is being imported.
        PluginSettingError
            A setting names something that is not installed.
        """
        self.check_settings()
        plugin = self.ensure(namespace)
        if plugin is not None and plugin.status != "loaded":
            raise plugin.unavailable(wanted)

    def load_all(self) -> None:
        """Load every plugin that may; faults stay in the records, and in strict mode the first one raises."""
        if self._everything_loaded:
            return
        self.check_settings()
        for namespace in self.namespaces():
            self._met(self.ensure(namespace))
        self._everything_loaded = True

    def answer(self, function: Callable[..., Any]) -> Callable[..., Any] | None:
        """Return what to call instead of a NumPy function, and remember it.

        Our own namespaces are asked first, and what they answer stands. For anything else every plugin is
        loaded first, so that it never depends on what happens to be loaded already.
        """
        self.check_settings()
        call = None
        for namespace in ownership.OFFICIAL:
            self._met(self.ensure(namespace))
            call = call or self._answers.official(function, namespace)
            if call is not None:
                break
        else:
            self.load_all()
            call = self._answers.settled(function)
        if call is not None:
            FUNCTIONS[function] = call
        return call

    def unavailable(self) -> Sequence[str]:
        """Return one line for each plugin that is known to be faulty or disabled, or ours and missing."""
        missing = [name for namespace, name in ownership.OFFICIAL.items() if not self.has(namespace)]
        known = sorted(filter(None, list(self._plugins.values())), key=lambda plugin: plugin.namespace)
        lines = [f"{p.summary}: {p.reason}" for p in known if p.status not in {"available", "loaded"}]
        return lines + [f"{name} is not installed" for name in missing]

    def ensure(self, namespace: str) -> Plugin | None:
        """Load a plugin if that has not been tried, and return its record."""
        plugin = self.plugin(namespace)
        if plugin is None or plugin.status != "available":
            return plugin
        if any(importing_here(claim.module) for claim in plugin.claims):
            raise reentered(self._gate.cycle(namespace))
        with self._gate.turn(namespace):
            if plugin.status == "available":
                self._attempt(plugin)
        return plugin

    def check_settings(self) -> None:
        """Raise PluginSettingError if a list names something that no installed distribution has."""
        check_settings(self.policy, {**self._scan().claims, **dict.fromkeys(self._registered, ())})

    def _scan(self) -> Scan:
        with self._lock:
            if self._scanned is None:
                self._scanned = discovery.scan(self._find)
            return self._scanned

    def _decided(self, namespace: str, claims: Sequence[Claim]) -> Plugin | None:
        if namespace in self._registered:
            return Plugin(namespace)
        try:
            standing = discovery.current(claims, self._find)
            return ownership.decide(namespace, standing, self.policy) if standing else None
        except Exception as error:  # a stranger's file again: a name that is no text, say
            detail = f"its metadata cannot be read: {told(error)}"
            remedy = f"install it anew, or MINIGRAD_DISABLE_PLUGINS={namespace}"
            return Plugin(namespace, status="failed", detail=detail, remedy=remedy, cause=error)

    def _met(self, plugin: Plugin | None) -> None:
        if plugin is not None and self.policy.strict and plugin.status in FAULTS:
            raise plugin.unavailable(plugin.namespace)

    def _attempt(self, plugin: Plugin) -> None:
        """Import, stage and commit; whatever goes wrong is the plugin's, and nothing of it stays."""
        start = perf_counter()
        try:
            module = self._registered.get(plugin.namespace)
            staged = stage(module if module is not None else plugin.claims[0].load(), plugin.namespace)
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            plugin.cause = error
            plugin.detail = told(error)
            plugin.remedy = f"upgrade it, or MINIGRAD_DISABLE_PLUGINS={plugin.namespace}"
            plugin.status = "failed"
        else:
            register(plugin, staged, self._answers)
            plugin.load_ms = (perf_counter() - start) * 1e3
            plugin.status = "loaded"  # last: another thread that sees it finds the tables filled


def told(error: BaseException) -> str:
    """Return type and message of an exception."""
    try:
        message = str(error)
    except Exception:  # the exception is a plugin's too
        message = "its message cannot be shown"
    return f"{type(error).__name__}: {message}".rstrip(": ")
