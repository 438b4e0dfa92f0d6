"""Run modules of this folder, and `minigrad train`, with the `mpiexec` of this environment."""

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
    """Return the output of a command on `count` ranks, each with one thread."""
    process = subprocess.run(
        [MPIEXEC, "-n", str(count), *arguments],
        env=os.environ | ONE_THREAD,
        stdout=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
        text=True,
        check=True,
    )
    return process.stdout


def run_module(count: int, module: str, *arguments: str) -> Any:
    """Return the JSON output of a module of this folder."""
    return json.loads(on_ranks(count, [sys.executable, "-m", f"benchmarks.ranks.{module}", *arguments]))
