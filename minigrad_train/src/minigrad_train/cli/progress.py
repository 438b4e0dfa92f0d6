"""What a run shows while it goes on: a bar on a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Protocol, Self

import click

if TYPE_CHECKING:
    from ..history import Epoch


class Progress(Protocol):
    """Shows lines, and how far the current epoch is."""

    def __enter__(self) -> Self: ...

    def __exit__(self, *_: object) -> None: ...

    def line(self, text: str) -> None:
        """Show a line that stays."""

    def advance(self, examples: int) -> None:
        """Show that so many examples more are done."""


class Lines:
    """Plain lines, for files and pipes."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def line(self, text: str) -> None:
        """Print the line."""
        click.echo(text)

    def advance(self, examples: int) -> None:
        """Show nothing: a bar in a file is noise."""


class Bar:
    """Lines above a progress bar that runs over the whole training and is gone at its end."""

    def __init__(self, total: int) -> None:
        from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
        from rich.progress import Progress as RichProgress

        columns = (TextColumn("training"), BarColumn(), MofNCompleteColumn(), TextColumn("examples"))
        self._progress = RichProgress(*columns, TimeRemainingColumn(), transient=True)
        self._task = self._progress.add_task("training", total=total)

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def line(self, text: str) -> None:
        """Print the line above the bar."""
        self._progress.console.print(text, highlight=False, markup=False, soft_wrap=True)

    def advance(self, examples: int) -> None:
        """Move the bar."""
        self._progress.advance(self._task, examples)


def shown(total: int) -> Progress:
    """Return the display that fits standard output, for `total` examples over all epochs."""
    return Bar(total) if sys.stdout.isatty() else Lines()


def epoch_line(epoch: Epoch, epochs: int) -> str:
    """Return the line that sums an epoch up."""
    width = len(str(epochs))
    right = "" if epoch.validation_accuracy is None else f"validation {epoch.validation_accuracy:7.2%}   "
    return (
        f"epoch {epoch.epoch:{width}}/{epochs}   loss {epoch.loss:.4f}   {right}"
        f"{epoch.seconds:.2f} s   {epoch.examples_per_second:,.0f} examples/s"
    )
