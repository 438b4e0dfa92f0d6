"""Programs of this folder and the command itself, under the `mpiexec` that is beside Python."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

MPIEXEC = str(Path(sys.executable).with_name("mpiexec"))
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")


def on_ranks(count: int, arguments: list[str]) -> str:
    """Return what a command prints on so many ranks, each with one thread."""
    done = subprocess.run(
        [MPIEXEC, "-n", str(count), *arguments],
        env=os.environ | ONE_THREAD,
        stdout=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
        text=True,
        check=True,
    )
    return done.stdout


def run_module(count: int, module: str, *arguments: str) -> Any:
    """Return what a module of this folder prints on rank 0, as JSON."""
    return json.loads(on_ranks(count, [sys.executable, "-m", f"benchmarks.ranks.{module}", *arguments]))
