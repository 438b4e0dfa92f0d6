"""A run from its first line to its last: trains, shows how it goes, saves, and measures what came of it."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # it ships no types

from minigrad_ops_nn.losses import cross_entropy

from ..evaluation import evaluate
from ..folder import CURVES
from ..loop import CLASSIFICATION, fit
from ..pictures import draw_curves, write_picture
from .interrupt import Interrupted, held_interrupt
from .progress import epoch_line, shown
from .summary import settings_in_words, summary

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from ..datasets import Dataset
    from ..folder import RunFolder
    from ..history import Epoch
    from ..session import Session
    from .interrupt import HeldInterrupt
    from .progress import Progress

    Labelled: TypeAlias = tuple[NDArray[Any], NDArray[Any]]


def run(session: Session, data: Dataset, folder: RunFolder) -> int:
    """Train for the epochs that are left, saving after each; return the exit status, 0 if no signal ended it.

    Raises
    ------
    DivergedError
        The loss is no longer finite; what the last complete epoch saved stays.
    Interrupted
        A second signal came.
    """
    settings = session.settings
    train, validation, test = (
        (images.astype(settings.dtype, copy=False), labels) for images, labels in data.splits
    )
    threads = min(settings.threads, cores())
    with held_interrupt() as interrupt, folder.alone():
        folder.begin(session)
        with (
            shown(len(train[1]), len(session.history) + 1, settings.epochs) as progress,
            threadpool_limits(threads, user_api="blas"),
        ):
            course = _Course(session, folder, progress, interrupt)
            course.begin(summary(session, data.splits, threads))
            try:
                _train(course, train, validation)
                course.end(test)
            except Interrupted:
                course.stopped_at_once()
                raise
            except Exception:
                course.failed()
                raise
    return interrupt.status


def cores() -> int:
    """Return how many cores this process may use: more threads than that wait for one another, for hours."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _train(course: _Course, train: Labelled, validation: Labelled) -> None:
    session = course.session
    # A loss that is not finite ends the run with a message that says more than the warnings on the way there.
    with np.errstate(over="ignore", invalid="ignore"):
        try:
            fit(
                session.model,
                train,
                validation,
                optimizer=session.optimizer,
                epochs=session.settings.epochs - len(session.history),
                batch_size=session.settings.batch_size,
                rng=session.rng,
                on_epoch=course.after_epoch,
                on_batch=course.after_batch,
            )
        except Interrupted:
            course.interrupted()


@dataclass(slots=True)
class _Course:
    """What happens besides the steps: before a run, after each batch and epoch, and however it ends."""

    session: Session
    folder: RunFolder
    progress: Progress
    interrupt: HeldInterrupt

    def begin(self, lines: list[str]) -> None:
        """Say what is trained."""
        for line in lines:
            self.progress.line(line)
        if len(self.session.history) == self.session.settings.epochs:
            self.progress.line("all epochs are done; --epochs N asks for more, and counts those too")

    def after_batch(self, examples: int) -> None:
        """Count the examples, and end here if a signal has come."""
        self.progress.advance(examples)
        self.interrupt.release()

    def after_epoch(self, epoch: Epoch) -> None:
        """Save, and say how it went."""
        session = self.session
        session.history.append(
            replace(epoch, epoch=len(session.history) + 1)
        )  # a resumed run goes on counting
        session.optimizer.lr *= session.settings.lr_decay
        self.folder.save(session)
        self.progress.line(epoch_line(session.history[-1], session.settings.epochs))
        self.interrupt.release()

    def interrupted(self) -> None:
        """Save what was learned since the last epoch."""
        done = len(self.session.history)
        self.folder.save_unfinished(self.session)
        fact = f"interrupted in epoch {min(done + 1, self.session.settings.epochs)}"
        if self.folder.saved:
            kept = f"what was learned is saved; --resume {self.folder.path} goes on after epoch {done}"
        else:
            kept = f"nothing is saved, and the run in {self.folder.path} stays"
        self.progress.line(f"{fact}; {kept}")

    def end(self, test: Labelled) -> None:
        """Measure, and draw, what came of the run."""
        measured = evaluate(self.session.model, test, cross_entropy, CLASSIFICATION)
        self.progress.line(f"test accuracy {measured['accuracy']:.2%}")
        if self.folder.saved:
            self.folder.save_result(self.session, measured)
            self._draw(measured)
            self.progress.line(f"saved in {self.folder.path}")

    def stopped_at_once(self) -> None:
        """Say how to get what the second signal skipped."""
        if self.folder.saved:
            self.progress.line(f"stopped at once; --resume {self.folder.path} finishes the run")

    def failed(self) -> None:
        """Keep the epochs that there are; of a run that had none, nothing."""
        if self.session.history:
            self._draw(None)
        else:
            self.folder.withdraw()

    def _draw(self, measured: Mapping[str, float] | None) -> None:
        history, caption = self.session.history, settings_in_words(self.session)
        if not history:
            return
        fault = write_picture(self.folder.path / CURVES, lambda: draw_curves(history, measured, caption))
        if fault:
            self.progress.line(fault)
