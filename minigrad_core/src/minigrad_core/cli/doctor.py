"""`minigrad plugins --doctor`: loads plugins, and shows each fault with its traceback and the remedy."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Callable
from unicodedata import normalize

import click

from ..dispatch.suggestions import describe_miss
from ..errors import PluginError, UnknownNameError
from ..plugins import Plugin, PluginGroup
from ..plugins.loader import PluginLoader
from ..plugins.plugin import FAULTS
from .entry_point_groups import find_other_groups
from .import_probe import probe_plugin
from .plugin_commands import list_commands
from .plugin_facts import count_things, describe_source
from .plugin_notes import list_notes


def examine(loader: PluginLoader, namespace: str, timeout: float, show: Callable[[str], None]) -> None:
    """Examine one plugin, or all if `namespace` is empty. Exits with status 1 if a plugin has a fault.

    All plugins are loaded in either case: another plugin may claim the same function, or replace a method.
    Each is loaded in a child process first: an import or a hook that does not end within `timeout` seconds,
    or that ends its process, is a fault of the plugin.
    """
    namespace = normalize("NFKC", namespace)  # as Python reads names
    every: list[tuple[PluginGroup, Plugin]] = []
    for group in [loader, *find_other_groups(loader)]:
        for plugin in group.plugins():
            probe_plugin(group, plugin, timeout=timeout)
            group.ensure(plugin.namespace)
            every.append((group, plugin))
    examined = [(group, plugin) for group, plugin in every if namespace in ("", plugin.namespace)]
    if namespace and not examined:
        fact = f"no installed distribution has the namespace {namespace!r}"
        raise UnknownNameError(describe_miss(fact, namespace, {plugin.namespace for _, plugin in every}))
    for group, plugin in examined:
        show("\n".join(_describe(loader, group, plugin)))
    for line in loader.scan().unreadable:
        show(f"cannot read {line}")
    for line in loader.scan().ignored_functions:
        show(f"note: {line}")
    loader.check_settings()
    if any(plugin.status in FAULTS or plugin.failed_hooks for _, plugin in examined):
        sys.exit(1)


def _describe(loader: PluginLoader, group: PluginGroup, plugin: Plugin) -> list[str]:
    own = group is loader
    title = plugin.namespace if own else f"{plugin.namespace} ({group.name})"
    lines = [click.style(f"{title}: {plugin.status}", fg=_choose_colour(plugin), bold=True)]
    for claim in plugin.claims:
        lines.append(f"  from   {claim.label} ({claim.namespace} = {claim.value})")
        source = describe_source(claim)
        lines.append(f"  path   {source if source.startswith('editable') else claim.identity.folder}")
        requires = claim.distribution.requires or ()
        hosts = tuple(group.hosts)
        needs = [line for line in requires if line.lower().replace("_", "-").startswith(hosts)]
        lines.append(f"  needs  {', '.join(needs) or 'any minigrad-core: it declares no range'}")
    if plugin.status == "loaded":
        lines.append(f"  has    {', '.join(_list_content(plugin, own)) or 'nothing'}{_describe_time(plugin)}")
    if plugin.detail:
        lines.append("  cause  " + plugin.detail.replace("\n", "\n" + " " * 9))
    if plugin.remedy:
        lines.append(f"  try    {plugin.remedy}")
    lines += [f"  note   {note}" for note in list_notes(loader if own else None, plugin)]
    if plugin.cause is not None:
        trace = "".join(traceback.format_exception(plugin.cause)).rstrip()
        lines += ["", *("  " + line for line in trace.splitlines()), ""]
    return lines


def _list_content(plugin: Plugin, own: bool) -> list[str]:
    """Return the objects of a plugin of the registry by number, those of another group by name."""
    if own:
        parts = [f"{n} {kind}{'s' if n > 1 else ''}" for kind, n in count_things(plugin).items() if n]
        return [*parts, *(f"command {command.name}" for command in list_commands(plugin))]
    try:
        content = plugin.hooks.list_content() if plugin.hooks else {}
    except PluginError as error:
        plugin.failed_hooks["content"] = f"its content cannot be listed: {error}"
        return []
    return [f"{kind} {name}" for kind, names in content.items() for name in names]


def _describe_time(plugin: Plugin) -> str:
    return "" if plugin.load_ms is None else f", loaded in {plugin.load_ms:.0f} ms"


def _choose_colour(plugin: Plugin) -> str:
    return "red" if plugin.status in FAULTS else "green" if plugin.status == "loaded" else "yellow"
