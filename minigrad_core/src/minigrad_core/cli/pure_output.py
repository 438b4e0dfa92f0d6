"""Keeps the output of plugins out of the standard output of a command."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout

import click


@contextmanager
def pure_output() -> Iterator[Callable[[str], None]]:
    """Redirect standard output to standard error; yield a function that still writes to standard output.

    The file descriptor is redirected too: a plugin may print from C or from a child process. The descriptor
    stays redirected after the body, for the output of plugins at the end of the process.
    """
    out = sys.stdout
    out.flush()
    try:
        kept = os.dup(out.fileno())
    except (OSError, io.UnsupportedOperation, AttributeError):  # captured in this process, as in tests
        with redirect_stdout(sys.stderr):
            yield lambda text: click.echo(text, file=out)
        return
    os.dup2(2, out.fileno())
    with open(kept, "w", encoding=out.encoding, errors=out.errors) as original, redirect_stdout(sys.stderr):
        yield lambda text: click.echo(text, file=original)
