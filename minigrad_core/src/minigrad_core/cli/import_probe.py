"""Imports a plugin and calls its hooks in a child process, where they may hang, or end the process."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import tempfile
from collections.abc import Collection
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from time import process_time
from typing import Any, NamedTuple, TextIO

import click

from ..plugins import Plugin, PluginGroup, open_group
from ..plugins.discovery import GROUP
from ..plugins.startup import plugin_loader
from ..testing.workers import end_with_parent
from .plugin_commands import list_commands

# A forked process has NumPy and the core imported already: the time is the module's own.
_CONTEXT: Any = multiprocessing.get_context("fork" if sys.platform == "linux" else "spawn")


class ImportProbe(NamedTuple):
    """The outcome of an import in a child process, and of the calls of hooks after it."""

    seconds: float  # of processor time of the import
    printed: str  # the first line that the import printed
    fault: str  # how the import or a hook ended the child process, or that it did not end; else empty


def probe_import(
    module: str,
    after: Collection[str] = (),
    *,
    timeout: float,
    quiet_seconds: float = 1.0,
    plugins: Collection[tuple[PluginGroup, Plugin]] = (),
) -> ImportProbe:
    """Import a module in a child process, after modules whose time is not counted.

    timeout: seconds until the child is killed; quiet_seconds: seconds until standard error names the module
    that takes so long; plugins: those whose hooks the child then calls. An import or a hook that raises is
    not a fault here: loading reports the exception.
    """
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder) / "output"
        seconds, stage = _CONTEXT.RawValue("d", 0.0), _CONTEXT.RawValue("b", 0)
        names = [(group.name, plugin.namespace) for group, plugin in plugins]
        arguments = (module, ["minigrad_core", *after], names, output, seconds, stage)
        process = _CONTEXT.Process(target=_import, args=arguments, daemon=True)
        process.start()
        process.join(min(quiet_seconds, timeout))
        if process.exitcode is None and quiet_seconds < timeout:
            click.echo(f"importing {module}, for at most {timeout:g} s", err=True)
            process.join(timeout - quiet_seconds)
        culprit = {0: f"importing {module}", 1: f"a hook of {module}"}.get(stage.value)
        fault = f"{culprit} {_describe_end(process.exitcode, timeout)}" if culprit else ""
        if process.exitcode is None:
            process.kill()
            process.join()
        text = output.read_text(encoding="utf-8", errors="replace") if output.exists() else ""
    return ImportProbe(seconds.value, (text.strip().splitlines() or [""])[0], fault)


def probe_plugin(group: PluginGroup, plugin: Plugin, *, timeout: float) -> None:
    """Name a plugin on standard error and load it in a child process; a hang or an exit is its fault."""
    module = plugin.claims[0].module if plugin.claims else ""
    if plugin.status != "available" or not module or module in sys.modules:
        return
    click.echo(f"{plugin.namespace}: importing {module}", err=True)
    found = probe_import(module, timeout=timeout, quiet_seconds=timeout, plugins=[(group, plugin)])
    note_fault(plugin, found.fault)


def note_fault(plugin: Plugin, fault: str) -> None:
    """Mark a plugin as failed if there is a fault, so that it is not imported in this process."""
    if fault:
        plugin.set_status("failed", fault, "fix it if it is yours")


def _describe_end(exitcode: int | None, timeout: float) -> str:
    if exitcode is None:
        return f"did not end within {timeout:g} s"
    if exitcode < 0:
        return f"ended the process by {signal.Signals(-exitcode).name}"
    return f"ended the process with status {exitcode}"


def _import(
    module: str,
    after: Collection[str],
    plugins: Collection[tuple[str, str]],
    output: Path,
    seconds: Any,
    stage: Any,
) -> None:
    """Import a module, then call hooks; `stage` becomes 1 after the import, and 2 at the end."""
    end_with_parent()
    with output.open("w", encoding="utf-8") as stream, open(os.devnull, "w") as nowhere:
        _redirect(stream)
        for other in after:
            with suppress(BaseException):
                import_module(other)
        start = process_time()
        with suppress(BaseException):
            import_module(module)
        seconds.value, stage.value = process_time() - start, 1
        stream.flush()
        _redirect(nowhere)
        for group, namespace in plugins:
            with suppress(BaseException):
                _call_hooks(plugin_loader() if group == GROUP else open_group(group), namespace)
    stage.value = 2
    os._exit(0)  # without the exit handlers of the module


def _redirect(stream: TextIO) -> None:
    """Send standard output and standard error to a file, also the output of C and of child processes."""
    for descriptor in (1, 2):
        os.dup2(stream.fileno(), descriptor)
    sys.stdout = sys.stderr = stream


def _call_hooks(group: PluginGroup, namespace: str) -> None:
    """Call each hook that the doctor and `minigrad check` call."""
    plugin = group.ensure(namespace)
    if plugin is not None and plugin.hooks is not None:
        plugin.hooks.list_content()
        if group.name == GROUP:
            list_commands(plugin)
