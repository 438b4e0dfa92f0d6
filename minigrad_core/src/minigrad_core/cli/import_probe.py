"""Imports a plugin in a child process: its processor time, its output, and whether it hangs or exits."""

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
from typing import Any, NamedTuple

import click

from ..plugins import Plugin

# A forked process has NumPy and the core imported already: the time is the module's own.
_CONTEXT: Any = multiprocessing.get_context("fork" if sys.platform == "linux" else "spawn")


class ImportProbe(NamedTuple):
    """The outcome of an import in a child process."""

    seconds: float  # of processor time
    printed: str  # the first line
    fault: str  # how the import ended the child process, or that it did not end; else empty


def probe_import(
    module: str, after: Collection[str] = (), *, timeout: float, quiet_seconds: float = 1.0
) -> ImportProbe:
    """Import a module in a child process, after modules whose time is not counted.

    timeout: seconds until the child is killed; quiet_seconds: seconds until standard error names the module
    that takes so long. An import that raises is not a fault here: loading reports the exception.
    """
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder) / "output"
        seconds, ended = _CONTEXT.RawValue("d", 0.0), _CONTEXT.RawValue("b", 0)
        arguments = (module, ["minigrad_core", *after], output, seconds, ended)
        process = _CONTEXT.Process(target=_import, args=arguments, daemon=True)
        process.start()
        process.join(min(quiet_seconds, timeout))
        if process.exitcode is None and quiet_seconds < timeout:
            click.echo(f"importing {module}, for at most {timeout:g} s", err=True)
            process.join(timeout - quiet_seconds)
        fault = "" if ended.value else f"importing {module} {_describe_end(process.exitcode, timeout)}"
        if process.exitcode is None:
            process.kill()
            process.join()
        text = output.read_text(encoding="utf-8", errors="replace") if output.exists() else ""
    return ImportProbe(seconds.value, (text.strip().splitlines() or [""])[0], fault)


def probe_plugin(plugin: Plugin, *, timeout: float) -> None:
    """Name a plugin on standard error and import it in a child process; a hang or an exit is its fault."""
    module = plugin.claims[0].module if plugin.claims else ""
    if plugin.status != "available" or not module or module in sys.modules:
        return
    click.echo(f"{plugin.namespace}: importing {module}", err=True)
    note_fault(plugin, probe_import(module, timeout=timeout, quiet_seconds=timeout).fault)


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


def _import(module: str, after: Collection[str], output: Path, seconds: Any, ended: Any) -> None:
    with output.open("w", encoding="utf-8") as stream:
        for descriptor in (1, 2):
            os.dup2(stream.fileno(), descriptor)
        sys.stdout = sys.stderr = stream
        for other in after:
            with suppress(BaseException):
                import_module(other)
        start = process_time()
        with suppress(BaseException):
            import_module(module)
        seconds.value, ended.value = process_time() - start, 1
    os._exit(0)  # without the exit handlers of the module
