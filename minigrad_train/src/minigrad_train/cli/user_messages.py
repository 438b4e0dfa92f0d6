"""Turn warnings about the data, and a lack of memory, into one line for the user."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager

import click

from ..datasets import Dataset, load
from ..settings import Settings


def load_data(settings: Settings, *, mapped: bool = False) -> Dataset:
    """Return the data of a run; print warnings about them as notes."""
    with print_notes():
        return load(
            settings.data,
            resize=settings.resize,
            seed=settings.seed,
            mapped=mapped,
            skip_bad=settings.skip_bad,
            by_class=settings.by_class,
            target=settings.target,
            kind=settings.kind,
        )


@contextmanager
def print_notes() -> Iterator[None]:
    """Print each UserWarning of the body as a note, without the source line that raised it."""
    with warnings.catch_warnings(record=True) as caught:
        yield
    for warning in caught:
        if warning.category is UserWarning:
            click.echo(f"note: {warning.message}", err=True)
        else:
            warnings.warn_explicit(warning.message, warning.category, warning.filename, warning.lineno)


@contextmanager
def report_memory_error() -> Iterator[None]:
    """Turn a MemoryError into a ClickException that says how to need less memory."""
    try:
        yield
    except MemoryError as error:
        fact = f"out of memory ({error})" if str(error) else "out of memory"
        raise click.ClickException(f"{fact}; a smaller --batch-size or network needs less") from error
