"""What a user is told when the memory is not enough."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import click


@contextmanager
def report_memory_error() -> Iterator[None]:
    """Turn a lack of memory into an error that says what needs less.

    Raises
    ------
    ClickException
        The body ran out of memory.
    """
    try:
        yield
    except MemoryError as error:
        fact = f"out of memory ({error})" if str(error) else "out of memory"
        raise click.ClickException(f"{fact}; a smaller --batch-size or network needs less") from error
