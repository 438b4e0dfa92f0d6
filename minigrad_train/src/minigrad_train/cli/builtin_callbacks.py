"""What this package itself does in the course of a run, by the hooks that plugins have: saves, draws, shows.

Called in this order, after the plugins' at the end of an epoch, and before them elsewhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..hooks import hookimpl
from ..pictures import draw_curves, write_picture
from ..run_folder import CURVES
from .progress import format_epoch
from .summary import settings_caption

if TYPE_CHECKING:
    from ..run_folder import RunFolder
    from ..session import Session
    from .progress import Progress


class Saving:
    """Keeps what was learned: checkpoint, weights, metrics and the test's result."""

    def __init__(self, folder: RunFolder) -> None:
        self.folder = folder

    @hookimpl(tryfirst=True)
    def train_run_begins(self, run: Session) -> None:
        """Save a run before its first step, unless that would replace another one."""
        self.folder.begin(run)

    @hookimpl
    def train_epoch_ends(self, run: Session) -> None:
        """Save all that is needed to go on from here."""
        self.folder.save(run)

    @hookimpl(tryfirst=True)
    def train_run_interrupted(self, run: Session) -> None:
        """Save the weights as they are since the last epoch."""
        self.folder.save_weights(run)

    @hookimpl(tryfirst=True)
    def train_run_ends(self, run: Session) -> None:
        """Save what the test gave."""
        if self.folder.saved:
            self.folder.save_result(run, run.measured)


class Curves:
    """Draws how it went."""

    def __init__(self, folder: RunFolder, progress: Progress) -> None:
        self.folder, self.progress = folder, progress

    @hookimpl(tryfirst=True)
    def train_run_ends(self, run: Session) -> None:
        """Draw the epochs that there are."""
        if not self.folder.saved or not run.history:
            return
        caption = settings_caption(run)
        path = self.folder.path / CURVES
        if fault := write_picture(path, lambda: draw_curves(run.history, run.measured, caption)):
            self.progress.line(fault)


class Display:
    """Says how it goes."""

    def __init__(self, folder: RunFolder, progress: Progress, announced: Sequence[str]) -> None:
        self.folder, self.progress, self.announced = folder, progress, announced

    @hookimpl(tryfirst=True)
    def train_run_begins(self, run: Session) -> None:
        """Say what is trained."""
        for line in self.announced:
            self.progress.line(line)
        if len(run.history) == run.settings.epochs:
            self.progress.line("all epochs are done; --epochs N asks for more, and counts those too")

    @hookimpl
    def train_batch_ends(self, examples: int) -> None:
        """Count the examples."""
        self.progress.advance(examples)

    @hookimpl
    def train_epoch_ends(self, run: Session) -> None:
        """Say how the epoch went."""
        self.progress.line(format_epoch(run.history[-1], run.settings.epochs))

    @hookimpl(tryfirst=True)
    def train_run_interrupted(self, run: Session) -> None:
        """Say what is kept."""
        done = len(run.history)
        fact = f"interrupted in epoch {min(done + 1, run.settings.epochs)}"
        if self.folder.saved:
            kept = f"what was learned is saved; --resume {self.folder.path} goes on after epoch {done}"
        else:
            kept = f"nothing is saved, and the run in {self.folder.path} stays"
        self.progress.line(f"{fact}; {kept}")

    @hookimpl(tryfirst=True)
    def train_run_ends(self, run: Session) -> None:
        """Say what came of it, and where it is."""
        self.progress.line(f"test accuracy {run.measured['accuracy']:.2%}")
        if self.folder.saved:
            self.progress.line(f"saved in {self.folder.path}")
