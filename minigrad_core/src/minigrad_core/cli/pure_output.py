"""Keeps the output of plugins out of the standard output of a command."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, redirect_stdout, suppress

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


@contextmanager
def divert_output(*, silent: bool) -> Iterator[None]:
    """Send what the body prints, also from C or a child, to standard error, or nowhere if `silent`."""
    with open(os.devnull, "w") as nowhere, ExitStack() as stack:
        stack.enter_context(redirect_stdout(nowhere if silent else sys.stderr))
        with suppress(OSError):  # the command runs without standard output or standard error
            kept = os.dup(1)
            stack.callback(os.close, kept)
            os.dup2(nowhere.fileno() if silent else 2, 1)
            stack.callback(os.dup2, kept, 1)
        yield
