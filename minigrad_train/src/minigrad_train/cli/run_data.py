"""The data of a run, from its settings."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

import click

from ..datasets import load

if TYPE_CHECKING:
    from ..datasets import Dataset
    from ..settings import Settings


def load_data(settings: Settings, *, mapped: bool = False) -> Dataset:
    """Return the data; what is to be said of them is a line, without the code that said it."""
    with warnings.catch_warnings(record=True) as caught:
        data = load(settings.data, resize=settings.resize, seed=settings.seed, mapped=mapped)
    for warning in caught:
        if warning.category is UserWarning:
            click.echo(f"note: {warning.message}", err=True)
        else:
            warnings.warn_explicit(warning.message, warning.category, warning.filename, warning.lineno)
    return data
