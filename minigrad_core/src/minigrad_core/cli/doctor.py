"""`minigrad plugins --doctor`: loads plugins and shows what is wrong, with the traceback and what to do."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Callable
from typing import TYPE_CHECKING
from unicodedata import normalize

import click

from ..dispatch.suggestions import describe_miss
from ..errors import UnknownNameError
from ..plugins.compatibility import suggest_remedy
from ..plugins.discovery import GROUP
from ..plugins.names import describe_exception
from ..plugins.plugin import FAULTS, indent_rest
from .plugin_commands import FAILED, list_commands
from .plugin_facts import count_things, describe_source, find_other_groups
from .plugin_notes import list_notes

if TYPE_CHECKING:
    from ..plugins.loader import PluginLoader
    from ..plugins.plugin import Plugin


def examine(loader: PluginLoader, namespace: str, show: Callable[[str], None]) -> None:
    """Examine one plugin, or all if `namespace` is empty. Exits with status 1 if a fault was found.

    All are loaded in either case: what one claims or replaces, another one may have.
    """
    namespace = normalize("NFKC", namespace)  # as Python reads it
    found = {GROUP: [plugin for name in loader.namespaces() if (plugin := loader.ensure(name))]}
    found |= {
        group: list(map(_import_module, plugins)) for group, plugins in find_other_groups(loader).items()
    }
    every = [(plugin, group) for group, plugins in found.items() for plugin in plugins]
    examined = [(plugin, group) for plugin, group in every if namespace in ("", plugin.namespace)]
    if namespace and not examined:
        fact = f"no installed distribution has the namespace {namespace!r}"
        raise UnknownNameError(describe_miss(fact, namespace, {plugin.namespace for plugin, _ in every}))
    for plugin, group in examined:
        show("\n".join(_describe(loader, plugin, group)))
    for line in loader.scan().unreadable:
        show(f"cannot read {line}")
    loader.check_settings()
    if any(plugin.status in FAULTS or _has_failed_commands(plugin) for plugin, _ in examined):
        sys.exit(1)


def _has_failed_commands(plugin: Plugin) -> bool:
    return any(note.startswith(FAILED) for note in plugin.notes)


def _import_module(plugin: Plugin) -> Plugin:
    """Import the module of another group, whose hooks are for a package on top of the core to ask."""
    if plugin.status == "available":
        try:
            plugin.claims[0].load()
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            plugin.set_status(
                "failed", describe_exception(error), suggest_remedy(error, plugin.claims), error
            )
        else:
            plugin.status = "loaded"
    return plugin


def _describe(loader: PluginLoader, plugin: Plugin, group: str) -> list[str]:
    own = group == GROUP
    title = plugin.namespace if own else f"{plugin.namespace} ({group})"
    lines = [click.style(f"{title}: {plugin.status}", fg=_choose_colour(plugin), bold=True)]
    for claim in plugin.claims:
        lines.append(f"  from   {claim.label} ({claim.namespace} = {claim.value})")
        place = describe_source(claim)
        lines.append(f"  lies   {place if place.startswith('editable') else claim.identity.folder}")
        needs = [
            line
            for line in (claim.distribution.requires or ())
            if line.lower().replace("_", "-").startswith("minigrad-core")
        ]
        lines.append(f"  needs  {', '.join(needs) or 'any minigrad-core: it declares no range'}")
    if plugin.status == "loaded" and own:
        lines.append(f"  has    {_describe_content(plugin)}")
    if plugin.detail:
        lines.append(f"  cause  {indent_rest(plugin.detail, 9)}")
    if plugin.remedy:
        lines.append(f"  try    {plugin.remedy}")
    lines += [f"  note   {note}" for note in (list_notes(loader, plugin) if own else plugin.notes)]
    if plugin.cause is not None:
        trace = "".join(traceback.format_exception(plugin.cause)).rstrip()
        lines += ["", *("  " + line for line in trace.splitlines()), ""]
    return lines


def _describe_content(plugin: Plugin) -> str:
    parts = [f"{n} {kind}{'s' if n > 1 else ''}" for kind, n in count_things(plugin).items() if n]
    parts += [f"command {command.name}" for command in list_commands(plugin)]
    took = "" if plugin.load_ms is None else f", loaded in {plugin.load_ms:.0f} ms"
    return (", ".join(parts) or "nothing") + took


def _choose_colour(plugin: Plugin) -> str:
    return "red" if plugin.status in FAULTS else "green" if plugin.status == "loaded" else "yellow"
