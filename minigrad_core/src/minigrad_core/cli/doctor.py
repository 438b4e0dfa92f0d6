"""`minigrad plugins --doctor`: loads plugins and tells what is wrong, with the traceback and the way out."""

from __future__ import annotations

import sys
import traceback
from typing import TYPE_CHECKING

import click

from ..dispatch.suggestions import miss
from ..errors import UnknownNameError
from ..plugins.ownership import OFFICIAL
from ..plugins.record import FAULTS, indented

if TYPE_CHECKING:
    from ..plugins.loader import PluginLoader
    from ..plugins.record import Plugin


def examine(loader: PluginLoader, namespace: str) -> None:
    """Examine one plugin, or all if `namespace` is empty. Exits with status 1 if a fault was found."""
    names = [namespace] if namespace else list(loader.namespaces())
    for official in OFFICIAL:  # what they answer for, no other plugin may claim
        loader.ensure(official)
    faulty = False
    for name in names:
        plugin = loader.ensure(name)
        if plugin is None:
            fact = f"no installed distribution has the namespace {name!r}"
            raise UnknownNameError(miss(fact, name, loader.namespaces()))
        click.echo("\n".join(_findings(loader, plugin)))
        faulty = faulty or plugin.status in FAULTS
    for line in loader.unreadable:
        click.echo(f"cannot read {line}")
    loader.check_settings()
    if faulty:
        sys.exit(1)


def _findings(loader: PluginLoader, plugin: Plugin) -> list[str]:
    lines = [click.style(f"{plugin.namespace}: {plugin.status}", fg=_colour(plugin), bold=True)]
    for claim in plugin.claims:
        lines.append(f"  from   {claim.label} ({claim.namespace} = {claim.value})")
        lines.append(f"  lies   {claim.distribution.locate_file('')}")
        needs = [
            line for line in claim.requires if line.lower().replace("_", "-").startswith("minigrad-core")
        ]
        lines.append(f"  needs  {', '.join(needs) or 'any minigrad-core: it declares no range'}")
    if plugin.status == "loaded":
        lines.append(f"  has    {_content(loader, plugin)}")
    if plugin.detail:
        lines.append(f"  cause  {indented(plugin.detail, 9)}")
    if plugin.remedy:
        lines.append(f"  try    {plugin.remedy}")
    lines += [f"  note   {note}" for note in loader.notes(plugin)]
    if plugin.cause is not None:
        lines += ["", *("  " + line for line in _trace(plugin.cause)), ""]
    return lines


def _content(loader: PluginLoader, plugin: Plugin) -> str:
    parts = [f"{n} {kind if n > 1 else kind.removesuffix('s')}" for kind, n in plugin.counts.items() if n]
    parts += [f"command {command.name}" for command in loader.commands(plugin)]
    content = ", ".join(parts)
    took = f", loaded in {plugin.load_ms:.0f} ms"
    return (content or "nothing: no function in it is decorated with @hookimpl") + took


def _colour(plugin: Plugin) -> str:
    return "red" if plugin.status in FAULTS else "green" if plugin.status == "loaded" else "yellow"


def _trace(error: BaseException) -> list[str]:
    return "".join(traceback.format_exception(error)).rstrip().splitlines()
