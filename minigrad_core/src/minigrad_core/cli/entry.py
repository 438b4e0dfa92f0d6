"""Where the `minigrad` script starts."""

from __future__ import annotations

import sys

EXTRA = {"click", "rich"}


def main() -> None:
    """Run the command line, or say what it needs: the core installs without it."""
    try:
        from .group import minigrad
    except ModuleNotFoundError as error:
        if error.name not in EXTRA:
            raise
        sys.exit(
            f"minigrad: the command line needs {error.name}; install it: pip install 'minigrad-core[cli]'"
        )
    minigrad(prog_name="minigrad")
