"""Keeps the output of plugins out of a command's standard output."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout

import click


@contextmanager
def pure_output() -> Iterator[Callable[[str], None]]:
    """Send standard output to standard error, and give the body a function that still writes to the former.

    The file descriptor is redirected too: a plugin may print from C or from a child process. Where it is the
    process's own, it stays redirected, for what plugins print when the process ends.
    """
    out = sys.stdout
    out.flush()
    try:
        kept = os.dup(out.fileno())
    except (OSError, io.UnsupportedOperation, AttributeError):  # captured in process, as tests do
        with redirect_stdout(sys.stderr):
            yield lambda text: click.echo(text, file=out)
        return
    os.dup2(2, out.fileno())
    with open(kept, "w", encoding=out.encoding, errors=out.errors) as original, redirect_stdout(sys.stderr):
        yield lambda text: click.echo(text, file=original)
