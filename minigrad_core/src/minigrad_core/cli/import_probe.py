"""What importing a module takes and prints, in a process of its own."""

from __future__ import annotations

import multiprocessing
import os
import sys
import tempfile
from contextlib import suppress
from importlib import import_module
from time import process_time
from typing import IO, TYPE_CHECKING, Any, NamedTuple

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
    with tempfile.TemporaryFile() as output:
        ours, theirs = _CONTEXT.Pipe(duplex=False)
        process = _CONTEXT.Process(target=_import, args=(module, after, output, theirs), daemon=True)
        process.start()
        theirs.close()
        seconds = PATIENCE
        with suppress(EOFError):  # it ended early
            seconds = ours.recv() if ours.poll(PATIENCE) else PATIENCE
        process.kill()
        process.join()
        output.seek(0)
        first, *_ = [*output.read().decode(errors="replace").strip().splitlines(), ""]
    return Probe(seconds, first)


def _import(module: str, after: Collection[str], output: IO[bytes], pipe: Any) -> None:
    for descriptor in (1, 2):
        os.dup2(output.fileno(), descriptor)
    sys.stdout = sys.stderr = open(output.fileno(), "w", closefd=False)  # noqa: SIM115 - until the process ends
    for other in after:
        with suppress(BaseException):
            import_module(other)
    start = process_time()
    with suppress(BaseException):
        import_module(module)
    seconds = process_time() - start
    sys.stdout.flush()
    pipe.send(seconds)
