"""Measure the time of `import minigrad_core` beyond `import numpy`, also with 1,000 installed plugins."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .harness import Contender

TITLE = "start-up of a process"
SETTINGS = ("import", "first operation")

PLUGINS = 1000
IMPORT = "import numpy, minigrad_core"
FIRST = f"{IMPORT}; minigrad_core.tensor([1.0]) + 1"


def contenders(setting: str) -> dict[str, Contender]:
    """Return processes that import NumPy, minigrad, and minigrad with 1,000 installed plugins."""
    code = IMPORT if setting == "import" else FIRST
    return {
        "NumPy by hand": _python("import numpy"),
        "minigrad": _python(code),
        f"among {PLUGINS:,} plugins": _python(code, _crowd().name),
    }


@cache
def _crowd() -> tempfile.TemporaryDirectory[str]:
    """Return a folder of 1,000 distributions, each of which claims a namespace."""
    folder = tempfile.TemporaryDirectory()
    for i in range(PLUGINS):
        info = Path(folder.name) / f"mg_{i}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: mg-{i}\nVersion: 1.0\n")
        (info / "entry_points.txt").write_text(f"[minigrad]\nn{i} = mg_{i}\n")
    return folder


def _python(code: str, path: str = "") -> Contender:
    environment = {**os.environ, "PYTHONPATH": path}
    return lambda: subprocess.run([sys.executable, "-c", code], check=True, env=environment)
