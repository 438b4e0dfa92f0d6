"""What is installed: one scan, the user's decisions, and a record of each plugin. Imports none."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from importlib.metadata import distributions
from itertools import chain
from threading import Lock
from typing import TYPE_CHECKING, Any

from . import discovery, ownership
from .names import describe_exception, is_path_to, is_resource_error
from .plugin import Plugin
from .policy import Policy, split_list

if TYPE_CHECKING:
    from .discovery import Finder, NamespaceClaim, Scan


@dataclass(eq=False)
class Inventory:
    """The plugins of one registry, or of one group of entry points."""

    environ: Mapping[str, str] = field(default_factory=lambda: os.environ)  # what may load; read at first use
    find: Finder = distributions
    registered: Mapping[str, object] = field(default_factory=dict)  # by namespace; hides what is installed
    group: str = discovery.GROUP
    beside: Inventory | None = None  # whose decisions hold here too
    _policy: Policy | None = field(default=None, init=False)
    _decisions: dict[str, Any] = field(default_factory=dict, init=False)  # of the command line, which wins
    _scanned: Scan | None = field(default=None, init=False)
    _plugins: dict[str, Plugin] = field(default_factory=dict, init=False)
    # Over the scan and the records; never held while a plugin's code runs.
    _lock: Lock = field(default_factory=Lock, init=False)

    @property
    def policy(self) -> Policy:
        """What may load."""
        if self.beside is not None:
            return self.beside.policy
        if self._policy is None:
            self._policy = replace(Policy.from_environment(self.environ), **self._decisions)
        return self._policy

    def allow(self, names: str, *, by: str) -> None:
        """Let only the namespaces in a comma-separated list load; `by` says who decided, for messages."""
        self._decisions, self._policy = {"allow": frozenset(split_list(names)), "allowed_by": by}, None

    def scan(self) -> Scan:
        """Return what the distributions say of themselves; read once."""
        with self._lock:
            if self._scanned is None:
                self._scanned = discovery.scan(self.find)
            return self._scanned

    def claims(self) -> Mapping[str, Sequence[NamespaceClaim]]:
        """Return what the distributions claim in this group, by namespace."""
        return self.scan().claims.get(self.group, {})

    def namespaces(self) -> Sequence[str]:
        """Return every namespace that is claimed, by real distributions or leftovers, sorted."""
        return sorted({*self.claims(), *self.registered, *self._plugins})

    def has(self, namespace: str) -> bool:
        """Return whether somebody claims the namespace."""
        self.check_settings()
        return self.plugin(namespace) is not None

    def plugins(self) -> list[Plugin]:
        """Return the records of all plugins, sorted by namespace."""
        return [plugin for name in self.namespaces() if (plugin := self.plugin(name)) is not None]

    def plugin(self, namespace: str) -> Plugin | None:
        """Return the record of a namespace, or None if nobody claims it."""
        claims = self.claims().get(namespace, ())
        with self._lock:
            found = self._plugins.get(namespace) or self._make_record(namespace, claims)
            return found and self._plugins.setdefault(namespace, found)

    def find_declaring(self, function: Callable[..., Any]) -> list[str]:
        """Return the namespaces whose distribution declares a claim to a function."""
        claims = (claim for claims in self.claims().values() for claim in claims)
        fit = [claim for claim in claims if any(is_path_to(path, function) for path in claim.functions)]
        # Of a namespace that several distributions claim, the one that has it declares.
        return [c.namespace for c in fit if (plugin := self.plugin(c.namespace)) and c in plugin.claims]

    def check_settings(self) -> None:
        """Raise PluginSettingError if a list names something that no installed distribution has."""
        known = (*self.registered, ownership.LOCAL, *chain(*self.scan().claims.values()))
        self.policy.check({**dict.fromkeys(known, ()), **self.claims()})

    def _make_record(self, namespace: str, claims: Sequence[NamespaceClaim]) -> Plugin | None:
        if namespace in self.registered:
            return Plugin(namespace)
        try:
            standing = discovery.select_importable(claims, self.find)
            return ownership.decide(namespace, standing, self.policy) if standing else None
        except Exception as error:  # a stranger's file again: a name that is no text, say
            if is_resource_error(error):
                raise
            plugin = Plugin(namespace)
            plugin.set_status(
                "failed",
                f"its metadata cannot be read: {describe_exception(error)}",
                "install it anew",
                error,
            )
            return plugin
