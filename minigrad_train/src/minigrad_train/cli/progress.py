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


class BarProgress:
    """Lines above a bar that counts the examples of each epoch, and the time of the run; gone at its end."""

    def __init__(self, examples: int, epoch: int, epochs: int) -> None:
        from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
        from rich.progress import Progress as RichProgress

        self._examples, self._epoch, self._epochs, self._done = examples, epoch, epochs, 0
        counted = (
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("examples"),
        )
        self._progress = RichProgress(*counted, TimeElapsedColumn(), transient=True)
        self._task = self._progress.add_task(self._label(), total=examples)

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def _label(self) -> str:
        return f"epoch {self._epoch}/{self._epochs}"

    def line(self, text: str) -> None:
        """Print the line above the bar."""
        self._progress.console.print(text, highlight=False, markup=False, soft_wrap=True)

    def advance(self, examples: int) -> None:
        """Move the bar; after the last example of an epoch it begins again."""
        if self._done >= self._examples:
            self._done, self._epoch = 0, self._epoch + 1
        self._done += examples
        self._progress.update(self._task, completed=self._done, description=self._label())


def choose_progress(examples: int, epoch: int, epochs: int) -> Progress:
    """Return the display that fits standard output, for epochs of so many examples, from the one given."""
    return BarProgress(examples, epoch, epochs) if sys.stdout.isatty() else Lines()


def format_epoch(epoch: Epoch, epochs: int) -> str:
    """Return the line that sums an epoch up."""
    width = len(str(epochs))
    right = "" if epoch.validation_accuracy is None else f"validation {epoch.validation_accuracy:7.2%}   "
    return (
        f"epoch {epoch.epoch:{width}}/{epochs}   loss {epoch.loss:.4f}   {right}"
        f"{epoch.seconds:.2f} s   {epoch.examples_per_second:,.0f} examples/s"
    )
