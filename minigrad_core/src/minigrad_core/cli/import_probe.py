"""Measures an import in a separate process: its processor time, and what it prints."""

from __future__ import annotations

import multiprocessing
import os
import sys
import tempfile
from collections.abc import Collection
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from time import process_time
from typing import Any, NamedTuple

# A forked process has NumPy and the core imported already: what is left is the module's own.
_CONTEXT: Any = multiprocessing.get_context("fork" if sys.platform == "linux" else "spawn")
PATIENCE = 60.0


class Probe(NamedTuple):
    """Seconds of processor time, and the first line that was printed."""

    seconds: float
    printed: str


def probe_import(module: str, after: Collection[str]) -> Probe:
    """Import a module in a separate process, `after` others whose time is not counted.

    An import that fails is not reported here: loading the plugin does that.
    """
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder) / "output"
        seconds = _CONTEXT.RawValue("d", 0.0)  # which stays where the process ends early
        process = _CONTEXT.Process(
            target=_import, args=(module, ["minigrad_core", *after], output, seconds), daemon=True
        )
        process.start()
        process.join(PATIENCE)
        if process.exitcode is None:
            seconds.value = PATIENCE
            process.kill()
            process.join()
        text = output.read_text(encoding="utf-8", errors="replace") if output.exists() else ""
    return Probe(seconds.value, (text.strip().splitlines() or [""])[0])


def _import(module: str, after: Collection[str], output: Path, seconds: Any) -> None:
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
        seconds.value = process_time() - start
    os._exit(0)  # no matter what the module has left to do
