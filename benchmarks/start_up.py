"""What `import minigrad_core` costs beyond `import numpy`, in processes of their own."""

from __future__ import annotations

import subprocess
import sys

from .harness import Contender

TITLE = "start-up of a process"
SETTINGS = ("import",)


def contenders(_: str) -> dict[str, Contender]:
    """Return a Python that imports NumPy, and one that imports minigrad."""
    return {
        "NumPy by hand": _python("import numpy"),
        "minigrad": _python("import numpy, minigrad_core"),
    }


def _python(code: str) -> Contender:
    return lambda: subprocess.run([sys.executable, "-c", code], check=True)
