"""The commands that plugins add. A plugin with a fault loses its own commands only."""

from __future__ import annotations

from collections.abc import Container
from typing import Any

import click

from ..contracts.validation import make_fault
from ..exceptions import describe_exception
from ..plugins.plugin import Plugin
from ..plugins.startup import plugin_loader


def find_command(ctx: click.Context, name: str, *, reserved: Container[str]) -> click.Command | None:
    """Return the command `name`, of the plugin of that namespace or else of any plugin."""
    loader = plugin_loader()
    loader.check_settings()
    if name in loader.namespaces():
        plugin = loader.ensure(name)
        for command in _list_and_report(ctx, plugin) if plugin else ():
            if command.name == name:
                return command
        if plugin and plugin.status == "disabled":
            _report(ctx, f"{plugin.summary}: {plugin.reason}")
    return gather_commands(ctx, reserved=reserved).get(name)


def gather_commands(ctx: click.Context, *, reserved: Container[str]) -> dict[str, click.Command]:
    """Load all plugins and return their commands by name; report each command that is left out.

    reserved: the names of the core's commands. If two plugins have a command of one name, the plugin of that
    namespace wins, else the first by namespace.
    """
    loader = plugin_loader()
    loader.load_all()
    offers = [(plugin, command) for plugin in loader.plugins() for command in _list_and_report(ctx, plugin)]
    offers.sort(key=lambda offer: (offer[1].name != offer[0].namespace, offer[0].namespace))
    table: dict[str, tuple[Plugin, click.Command]] = {}
    for plugin, command in offers:
        name = command.name or ""
        left_out = f"command {name!r} of plugin {plugin.namespace!r} is left out"
        if name in reserved:
            _report(ctx, f"{left_out}: it is minigrad's own")
        elif name in table:
            _report(ctx, f"{left_out}: {table[name][0].namespace!r} has it too")
        else:
            table[name] = plugin, command
    return {name: command for name, (_, command) in table.items()}


def list_commands(plugin: Plugin) -> list[click.Command]:
    """Return the commands of a loaded plugin; none if its hook fails, which `failed_hooks` then explains."""
    hook = "minigrad_commands"
    try:
        return plugin.hooks.list_objects(hook, _check) if plugin.hooks else []
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        plugin.failed_hooks[hook] = f"its commands failed: {describe_exception(error)}"
        return []


def _check(command: Any) -> None:
    if not isinstance(command, click.Command) or not command.name:
        raise make_fault(command, "not a click command: decorate it with @click.command()")


def _list_and_report(ctx: click.Context, plugin: Plugin) -> list[click.Command]:
    """Return the commands of a plugin, and report why they are missing, or what is wrong with the plugin."""
    if plugin.status not in {"loaded", "disabled"}:
        doctor = f"minigrad plugins --doctor {plugin.namespace}"
        _report(ctx, f"{plugin.summary}: {plugin.reason}; details: {doctor}")
    commands = list_commands(plugin)
    for note in (*plugin.notes, *plugin.failed_hooks.values()):
        _report(ctx, f"plugin {plugin.namespace!r}: {note}")
    return commands


def _report(ctx: click.Context, line: str) -> None:
    """Print a line once: click requests the list of commands several times."""
    reported: set[str] = ctx.find_root().meta.setdefault(__name__, set())
    if line not in reported and not ctx.resilient_parsing:  # a completing shell cannot show the line
        reported.add(line)
        click.echo(f"minigrad: {line}", err=True)
