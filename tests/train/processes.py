"""Run `minigrad train` as a process, and under mpiexec as several."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

MINIGRAD, MPIEXEC = (str(Path(sys.executable).with_name(name)) for name in ("minigrad", "mpiexec"))
INSTALLED = find_spec("mpi4py") is not None and Path(MPIEXEC).exists()
needs_mpi = pytest.mark.skipif(not INSTALLED, reason="needs the extra minigrad-train[mpi]: mpi4py and MPICH")
PIPES: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}


def restore_interrupts() -> None:
    """Undo the ignored SIGINT of a background job of a shell, which a test may be."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def command(data: Path, out: Path, *options: str) -> list[str]:
    return [MINIGRAD, "train", "--data", str(data), "--out", str(out), *options]


# Matplotlib takes half the time of a short run, and the other ranks wait busily.
WITHOUT_PICTURES = """
import sys
from minigrad_train.cli import builtin_callbacks
from minigrad_command import main

builtin_callbacks.write_picture = lambda *_: None
sys.argv[0] = "minigrad"
main()
"""


def without_pictures(arguments: Sequence[str]) -> list[str]:
    """Return a command that runs the same command of `minigrad`, but draws nothing."""
    return [sys.executable, "-c", WITHOUT_PICTURES, *arguments[1:]]


def on_ranks(count: int, arguments: Sequence[str]) -> list[str]:
    return [MPIEXEC, "-n", str(count), *arguments]


def with_own_arguments(*commands: Sequence[str]) -> list[str]:
    """Return the command of one run whose ranks have different arguments."""
    parts = [[":", "-n", "1", *arguments] for arguments in commands]
    return [MPIEXEC, *[argument for part in parts for argument in part][1:]]


def run_process(arguments: Sequence[str], **options: Any) -> subprocess.CompletedProcess[str]:
    return subprocess.run(arguments, check=False, timeout=120, stdin=subprocess.DEVNULL, **PIPES, **options)


def find_rank_processes(out: Path) -> list[int]:
    """Return the process ids of the ranks that train in a folder, in the order of the ranks."""
    found: dict[bytes, int] = {}
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if str(out).encode() in (process / "cmdline").read_bytes().split(b"\0"):
                variables = (process / "environ").read_bytes().split(b"\0")
                found |= {variable: int(process.name) for variable in variables if b"PMI_RANK=" in variable}
        except OSError:  # it has ended
            continue
    return [found[variable] for variable in sorted(found)]


def wait_for_ranks_to_end(out: Path) -> None:
    """Wait until no rank trains in a folder: mpiexec may end before the system has removed a killed rank."""
    for _ in range(100):
        if not find_rank_processes(out):
            return
        time.sleep(0.1)
    raise AssertionError(f"ranks are still there: {find_rank_processes(out)}")


def wait_for(process: subprocess.Popen[str], line: str) -> None:
    """Read the output of a process up to a line that begins with `line`."""
    assert process.stdout is not None
    for text in process.stdout:
        if text.startswith(line):
            return
    raise AssertionError(process.stderr and process.stderr.read())
