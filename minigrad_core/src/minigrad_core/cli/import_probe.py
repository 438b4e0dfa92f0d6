"""What importing a module takes and prints, in a process of its own."""

from __future__ import annotations

import multiprocessing
import os
import sys
import tempfile
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from time import process_time
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Collection

# A forked process has NumPy and the core imported already: what is left is the module's own.
_CONTEXT: Any = multiprocessing.get_context("fork" if sys.platform == "linux" else "spawn")
PATIENCE = 60.0


class Probe(NamedTuple):
    """Seconds of processor time, and the first line that was printed."""

    seconds: float
    printed: str


def probe(module: str, after: Collection[str]) -> Probe:
    """Import a module in a process of its own, `after` others whose time is not counted.

    What cannot be imported is not told of here: loading it does.
    """
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder) / "output"
        ours, theirs = _CONTEXT.Pipe(duplex=False)
        process = _CONTEXT.Process(
            target=_import, args=(module, ["minigrad_core", *after], output, theirs), daemon=True
        )
        process.start()
        theirs.close()
        seconds = 0.0
        with suppress(EOFError):  # it ended early
            seconds = ours.recv() if ours.poll(PATIENCE) else PATIENCE
        process.kill()
        process.join()
        text = output.read_text(encoding="utf-8", errors="replace") if output.exists() else ""
    return Probe(seconds, (text.strip().splitlines() or [""])[0])


def _import(module: str, after: Collection[str], output: Path, pipe: Any) -> None:
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
        seconds = process_time() - start
        stream.flush()
        pipe.send(seconds)
