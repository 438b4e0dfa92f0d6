"""Show the progress of a run: a bar on a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
from typing import Self

import click

from ..history import Epoch
from ..number_format import format_number, format_percent


class Progress:
    """Prints lines, and shows the progress of the current epoch: here plain lines, for files and pipes."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def line(self, text: str) -> None:
        """Print a line."""
        click.echo(text)

    def advance(self, examples: int) -> None:
        """Add the examples of a step to the progress of the epoch; in a file this would be noise."""


class Bar(Progress):
    """Lines above a bar with the examples of the epoch and the time of the run.

    The bar disappears at the end.
    """

    def __init__(self, examples: int, epoch: int, epochs: int) -> None:
        from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
        from rich.progress import Progress as RichProgress

        self._examples, self._epoch, self._epochs, self._done = examples, epoch, epochs, 0
        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("examples"),
        )
        self._progress = RichProgress(*columns, TimeElapsedColumn(), transient=True)
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
        """Move the bar; after the last example of an epoch, begin the next epoch."""
        if self._done >= self._examples:
            self._done, self._epoch = 0, self._epoch + 1
        self._done += examples
        self._progress.update(self._task, completed=self._done, description=self._label())


def choose_progress(examples: int, epoch: int, epochs: int) -> Progress:
    """Return a bar if standard output is a terminal, else plain lines.

    Parameters
    ----------
    examples : int
        Examples in an epoch.
    epoch, epochs : int
        The first epoch, counted from 1, and the number of epochs.
    """
    return Bar(examples, epoch, epochs) if sys.stdout.isatty() else Progress()


def format_epoch(epoch: Epoch, epochs: int) -> str:
    """Return the line that an epoch is printed as."""
    width, form = len(str(epochs)), ".4f" if epoch.loss < 1e6 else ".3g"
    right = ""
    if epoch.validation_accuracy is not None:
        right = f"validation {format_percent(epoch.validation_accuracy, 2):>7}   "
    elif (error := epoch.metrics.get("validation_mae")) is not None:
        right = f"validation mae {format_number(error)}   "
    return (
        f"epoch {epoch.epoch:{width}}/{epochs}   loss {epoch.loss:{form}}   {right}"
        f"{epoch.seconds:.2f} s   {epoch.examples_per_second:,.0f} examples/s"
    )
