"""The data of a run, from its settings."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

import click

from ..datasets import load

if TYPE_CHECKING:
    from ..datasets import Dataset
    from ..settings import Settings


def loaded(settings: Settings, *, mapped: bool = False) -> Dataset:
    """Return the data; what is to be said of them is a line, without the code that said it."""
    with warnings.catch_warnings(record=True) as said:
        data = load(settings.data, resize=settings.resize, seed=settings.seed, mapped=mapped)
    for one in said:
        if one.category is UserWarning:
            click.echo(f"note: {one.message}", err=True)
        else:
            warnings.warn_explicit(one.message, one.category, one.filename, one.lineno)
    return data
