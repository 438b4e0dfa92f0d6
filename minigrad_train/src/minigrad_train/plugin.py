"""The hook by which this package adds its commands to `minigrad`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from minigrad_core import hookimpl

if TYPE_CHECKING:
    import click


@hookimpl
def minigrad_commands() -> Iterable[click.Command]:
    """Return `minigrad train`, `minigrad predict` and `minigrad runs`."""
    from .cli.predict import predict
    from .cli.runs import runs
    from .cli.train import train

    return [train, predict, runs]
