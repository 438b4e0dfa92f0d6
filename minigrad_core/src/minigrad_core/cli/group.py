"""The group `minigrad`: the commands of the core, imported on demand, and those of plugins."""

from __future__ import annotations

import errno
import os
import sys
from contextlib import suppress
from importlib import import_module
from typing import Any

import click
import rich  # noqa: F401 - every command prints with it: a missing rich is an error before anything runs
from minigrad_command import INTERRUPTED, restore_interrupts

from ..dispatch.suggestions import find_similar_names
from ..errors import MinigradError
from ..plugins.plugin import RESERVED
from ..plugins.startup import plugin_loader
from . import plugin_commands
from .completion import complete_namespaces
from .pure_output import divert_output

# Errors of writing that name no file: a full disk, a full quota, a broken disk.
UNWRITABLE = {errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EFBIG}

TRAIN = "train"  # the reserved namespace that has commands

# Modules next to this file that define a command of their own name. Finding a command loads no plugin, so
# each command works when every plugin is broken.
OWN = ("check", "completion", "docs", "new-plugin", "ops", "plugins", "stubs")


class CommandLine(click.Group):
    """A group that finds its commands by name, and shows minigrad's errors without a traceback."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return all names, for `--help` or an unknown command: this loads every plugin."""
        with divert_output(silent=ctx.resilient_parsing):  # which is set for completion
            return sorted({*OWN, *plugin_commands.gather_commands(ctx, reserved=OWN)})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command of the core, else of the plugin of that name, else of any plugin."""
        if cmd_name in OWN:
            module = cmd_name.replace("-", "_")
            command: click.Command = getattr(import_module(f".{module}", __package__), module)
            return command
        with divert_output(silent=ctx.resilient_parsing):
            return plugin_commands.find_command(ctx, cmd_name, reserved=OWN)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command, or suggest the nearest name."""
        try:
            found = super().resolve_command(ctx, args)
            restore_interrupts()
            return found
        except click.UsageError as error:
            near = find_similar_names(args[0], self.list_commands(ctx))
            disabled = [
                plugin.namespace for plugin in plugin_loader().plugins() if plugin.status == "disabled"
            ]
            hint = ""
            if near:
                hint = f" Did you mean {near[0]!r}?"
            elif disabled:
                hint = f" It may be one of a disabled plugin: {', '.join(disabled)}"
            elif not plugin_loader().has(TRAIN):
                package = RESERVED[TRAIN]
                hint = f" It may be one of {package}, which is not installed: pip install {package}"
            raise click.UsageError(error.format_message() + hint, ctx) from None

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; after Ctrl-C the exit status is the one that shells expect, where click has 1."""
        if os.environ.get("NO_COLOR"):  # https://no-color.org; rich obeys it, click does not
            ctx.color = False
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            click.echo("Aborted!", err=True)
            ctx.exit(INTERRUPTED)

    def main(self, *args: Any, **kwargs: Any) -> Any:
        """Parse and run. An error of minigrad, or of the system about a file, becomes one line."""
        try:
            return super().main(*args, **kwargs)
        except MinigradError as error:
            click.echo(f"Error: {error}", err=True)
        except MemoryError:
            click.echo("Error: out of memory", err=True)
        except OSError as error:
            if error.filename is None and error.errno not in UNWRITABLE:
                raise
            if error.filename is None:
                _drop_unwritten()
            click.echo(f"Error: {error.filename or 'writing failed'}: {error.strerror}", err=True)
        sys.exit(1)


def _drop_unwritten() -> None:
    """Redirect standard output to nowhere: at its end the interpreter would write the rest again."""
    # A ValueError says that the stream is not a file.
    with suppress(OSError, ValueError), open(os.devnull, "wb") as nowhere:
        os.dup2(nowhere.fileno(), sys.stdout.fileno())


def _allow(_: click.Context, option: click.Parameter, value: Any) -> None:
    if value is not None and value is not False:
        plugin_loader().allow("" if value is True else value, by=option.opts[0])


@click.group(cls=CommandLine, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--plugins",
    metavar="NS,NS",
    is_eager=True,
    expose_value=False,
    callback=_allow,
    shell_complete=complete_namespaces,
    help="Load no plugin but these namespaces.",
)
@click.option(
    "--no-plugins", is_flag=True, is_eager=True, expose_value=False, callback=_allow, help="Load no plugin."
)
@click.version_option(package_name="minigrad-core", prog_name="minigrad")
def minigrad() -> None:
    """Derivatives for NumPy: list the installed plugins, check them, train with them."""
