"""Where the `minigrad` script starts."""

from __future__ import annotations

import io
import os
import sys

EXTRA = {"click", "rich"}


def main() -> None:
    """Run the command line, or say what it needs: the core installs without it."""
    _open_missing_streams()
    for stream in (sys.stdout, sys.stderr):  # a name in letters that the terminal lacks is no reason to end
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        from .group import minigrad
    except ModuleNotFoundError as error:
        if error.name not in EXTRA:
            raise
        sys.exit(
            f"minigrad: the command line needs {error.name}; install it: pip install 'minigrad-core[cli]'"
        )
    minigrad(prog_name="minigrad")


def _open_missing_streams() -> None:
    """Open the standard streams on /dev/null where a process was started without them, by `>&-` or a service.

    Python has None for them, and the next file that is opened would get their file descriptors.
    """
    while (number := os.open(os.devnull, os.O_RDWR)) <= 2:
        os.set_inheritable(number, True)
    os.close(number)
    sys.stdout = sys.stdout or open(1, "w", closefd=False)  # noqa: SIM115 - for the rest of the process
    sys.stderr = sys.stderr or open(2, "w", closefd=False)  # noqa: SIM115
