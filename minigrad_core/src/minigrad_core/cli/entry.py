"""The entry point of the `minigrad` script."""

from __future__ import annotations

import io
import os
import sys

EXTRA = {"click", "rich"}


def main() -> None:
    """Run the command line, or name the missing package: the core installs without the extra `cli`."""
    _open_missing_streams()
    for stream in (sys.stdout, sys.stderr):  # a character that the terminal lacks is not an error
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
    """Open missing standard streams on /dev/null: `>&-` or a service may start a process without them.

    Python sets such a stream to None, and the next file to be opened would get its file descriptor.
    """
    while (number := os.open(os.devnull, os.O_RDWR)) <= 2:
        os.set_inheritable(number, True)
    os.close(number)
    sys.stdout = sys.stdout or open(1, "w", closefd=False)  # noqa: SIM115 - for the rest of the process
    sys.stderr = sys.stderr or open(2, "w", closefd=False)  # noqa: SIM115
