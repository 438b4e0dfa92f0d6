"""The callbacks of this package: they save, draw and display a run through the hooks that plugins use.

They are called in the order of this file: at the end of an epoch after the plugins, at other times before
them.
"""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from typing import Any

from ..augmentation import Augmentation, make_draw
from ..hooks import hookimpl
from ..pictures import draw_augmentation, draw_curves, write_picture
from ..pictures.augmentation import MOST
from ..run_folder import AUGMENTATION, CURVES, RunFolder
from ..session import Session
from .progress import Progress, format_epoch
from .summary import describe_ending, describe_test, settings_caption


class SavingCallback:
    """Saves checkpoint, weights, metrics, and the results of the test."""

    def __init__(self, folder: RunFolder) -> None:
        self.folder = folder

    @hookimpl(tryfirst=True)
    def train_run_begins(self, run: Session) -> None:
        """Save the run before its first step, unless the folder holds another run."""
        self.folder.begin(run)

    @hookimpl
    def train_epoch_ends(self, run: Session) -> None:
        """Save the state after the epoch."""
        self.folder.save(run)
        self.folder.remove_mistakes()

    @hookimpl(tryfirst=True)
    def train_run_interrupted(self, run: Session) -> None:
        """Save the weights after the last step."""
        self.folder.save_weights(run)

    @hookimpl(tryfirst=True)
    def train_run_ends(self, run: Session) -> None:
        """Save the results of the test."""
        self.folder.save_result(run)


class CurvesCallback:
    """Draws loss and accuracy by epoch."""

    def __init__(self, folder: RunFolder, progress: Progress) -> None:
        self.folder, self.progress = folder, progress

    @hookimpl(tryfirst=True)
    def train_run_ends(self, run: Session) -> None:
        """Draw the epochs so far; print a line if that fails."""
        if not self.folder.saved or not run.history:
            return
        caption = settings_caption(run)
        path = self.folder.path / CURVES
        if fault := write_picture(
            path,
            lambda: draw_curves(
                run.history,
                run.measured,
                caption,
                best=run.best.epoch or None,
                diverged=run.outcome.diverged_in,
            ),
        ):
            self.progress.line(fault)


class AugmentationCallback:
    """Draws the first images of a batch as the augmentation changes them."""

    def __init__(
        self, folder: RunFolder, progress: Progress, augmentation: Augmentation | None, images: Any
    ) -> None:
        self.folder, self.progress, self.augmentation, self.images = folder, progress, augmentation, images

    @hookimpl(tryfirst=True)
    def train_run_begins(self, run: Session) -> None:
        """Draw the images, unless the folder still holds another run."""
        if self.folder.saved:
            self._draw(run)

    @hookimpl
    def train_epoch_ends(self, run: Session) -> None:
        """Draw the images after the first epoch of a run that replaces another one."""
        if not (self.folder.path / AUGMENTATION).exists():
            self._draw(run)

    def _draw(self, run: Session) -> None:
        if (augment := self.augmentation) is None:
            return
        images = self.images[:MOST]
        draw = make_draw(len(images), deepcopy(run.rng))  # the generator of the run stays as it is
        names = run.settings.augment
        path = self.folder.path / AUGMENTATION
        if fault := write_picture(
            path, lambda: draw_augmentation(images, augment(images, draw), run.task, names)
        ):
            self.progress.line(fault)


class DisplayCallback:
    """Prints the progress of a run."""

    def __init__(self, folder: RunFolder, progress: Progress, summary: Sequence[str]) -> None:
        self.folder, self.progress, self.summary = folder, progress, summary

    @hookimpl(tryfirst=True)
    def train_run_begins(self, run: Session) -> None:
        """Print the summary of the run."""
        for line in self.summary:
            self.progress.line(line)
        if len(run.history) == run.settings.epochs:
            self.progress.line("all epochs are done; --epochs N trains more, and N includes those")

    @hookimpl
    def train_batch_ends(self, examples: int) -> None:
        """Advance the bar."""
        self.progress.advance(examples)

    @hookimpl
    def train_epoch_ends(self, run: Session) -> None:
        """Print loss, accuracy and time of the epoch."""
        self.progress.line(format_epoch(run.history[-1], run.settings.epochs))

    @hookimpl(tryfirst=True)
    def train_run_interrupted(self, run: Session) -> None:
        """Print which state is saved, and how to continue."""
        done = len(run.history)
        saved = f"the weights are saved; --resume {self.folder.name} continues after epoch {done}"
        self._show_end(f"interrupted in epoch {min(done + 1, run.settings.epochs)}", saved)

    @hookimpl(tryfirst=True)
    def train_run_ends(self, run: Session) -> None:
        """Print the best epoch, the test accuracy and the folder."""
        for line in describe_ending(run):
            self.progress.line(line)
        self.progress.line(describe_test(run))
        if self.folder.saved:
            self.progress.line(f"saved in {self.folder.name}")

    def show_divergence(self, run: Session) -> None:
        """Print the epoch in which the loss became NaN or infinite, and what the folder holds."""
        self._show_end(f"diverged in epoch {run.outcome.diverged_in}", f"saved in {self.folder.name}")

    def _show_end(self, fact: str, saved: str) -> None:
        """Print how the run ended early, and `saved`, unless the folder still holds another run."""
        other = f"nothing is saved, and the run in {self.folder.name} stays"
        self.progress.line(f"{fact}; {saved if self.folder.saved else other}")
