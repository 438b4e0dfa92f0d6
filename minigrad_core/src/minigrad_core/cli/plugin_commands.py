"""The commands that plugins add. A plugin that fails costs its own commands, no others."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ..plugins.startup import plugin_loader

if TYPE_CHECKING:
    from collections.abc import Container

    from ..plugins.record import Plugin


def found(name: str, *, reserved: Container[str]) -> click.Command | None:
    """Return the command `name`: the plugin of that namespace is asked first, then all."""
    loader = plugin_loader()
    loader.check_settings()
    if name in loader.namespaces():
        plugin = loader.ensure(name)
        for command in _commands(plugin) if plugin else ():
            if command.name == name:
                return command
    return gathered(reserved=reserved).get(name)


def gathered(*, reserved: Container[str]) -> dict[str, click.Command]:
    """Return every plugin's commands by name, after loading all. What is left out is reported.

    The core's names are `reserved`. Of two plugins with one name, the one whose namespace it is wins, else
    the first by namespace.
    """
    loader = plugin_loader()
    loader.load_all()
    offers = [(plugin, command) for plugin in loader.plugins() for command in _commands(plugin)]
    offers.sort(key=lambda offer: (offer[1].name != offer[0].namespace, offer[0].namespace))
    table: dict[str, tuple[Plugin, click.Command]] = {}
    for plugin, command in offers:
        name = command.name or ""
        if name in reserved:
            _report(f"the command {name!r} of plugin {plugin.namespace!r} is left out: it is minigrad's own")
        elif name in table:
            owner = table[name][0].namespace
            _report(f"the command {name!r} of plugin {plugin.namespace!r} is left out: {owner!r} has it too")
        else:
            table[name] = plugin, command
    return {name: command for name, (_, command) in table.items()}


def _commands(plugin: Plugin) -> list[click.Command]:
    if plugin.status not in {"loaded", "disabled"}:
        _report(f"{plugin.summary}: {plugin.detail}; details: minigrad plugins --doctor {plugin.namespace}")
    commands = plugin_loader().commands(plugin)
    for note in plugin.notes:
        _report(f"plugin {plugin.namespace!r}: {note}")
    return commands


_reported: set[str] = set()


def _report(line: str) -> None:
    """Tell each thing once: click asks for the list of commands several times."""
    if line not in _reported:
        _reported.add(line)
        click.echo(f"minigrad: {line}", err=True)
