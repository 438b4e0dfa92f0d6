"""A run from its first hook to its last: trains, measures what came of it, and lets everybody take part."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # it ships no types

from minigrad_ops_nn.losses import cross_entropy

from ..errors import EndedRun
from ..evaluation import evaluate
from ..hooks import current
from ..loop import CLASSIFICATION, fit
from .builtin_callbacks import Curves, Display, Saving
from .interrupt import Interrupted, defer_interrupts
from .progress import choose_progress
from .stopping import SharedStopCheck, StopCheck
from .summary import summarize_run

if TYPE_CHECKING:
    from ..datasets import Dataset
    from ..distributed.ranks import Ranks
    from ..history import Epoch
    from ..hooks import Callbacks
    from ..run_folder import RunFolder
    from ..session import Session

    Labelled: TypeAlias = tuple[NDArray[Any], NDArray[Any]]


def run(session: Session, data: Dataset, folder: RunFolder, ranks: Ranks | None = None) -> int:
    """Train for the epochs that are left, saving after each; return the exit status, 0 if no signal came.

    Of several ranks each calls this, and rank 0 writes the folder.

    Raises
    ------
    DivergedError
        The loss is no longer finite; what the last complete epoch saved stays.
    Interrupted
        A second signal came.
    CallbackError
        A plugin's `train_run_begins` raised.
    RanksDifferError
        The ranks do not train the same.
    """
    session = replace(session, rank=0 if ranks is None else ranks.rank)
    first = session.rank == 0
    settings = session.settings
    train, validation, test = (
        (images.astype(settings.dtype, copy=False), labels) for images, labels in data.splits
    )
    threads = min(settings.threads, available_cores())
    with (
        defer_interrupts() as interrupt,
        folder.lock() if first else nullcontext(),
        choose_progress(len(train[1]), len(session.history) + 1, settings.epochs) as progress,
        threadpool_limits(threads, user_api="blas"),
    ):
        lines = summarize_run(session, data.splits, threads, 1 if ranks is None else ranks.size)
        display, curves = Display(folder, progress, lines), Curves(folder, progress)
        callbacks = current()
        callbacks.begin(display, *([curves, Saving(folder)] if first else []))
        stop_check = (
            StopCheck(interrupt, callbacks) if ranks is None else SharedStopCheck(interrupt, callbacks, ranks)
        )
        training = _TrainingRun(session, callbacks, display, stop_check, ranks)
        try:
            training.train_and_test(train, validation, test)
        except Interrupted:
            if folder.saved:  # how to get what the second signal skipped
                progress.line(f"stopped at once; --resume {folder.path} finishes the run")
            raise
        except (Exception, SystemExit):  # the epochs that there are, are kept; of a run without one, nothing
            if not first:
                pass
            elif session.history:
                curves.train_run_ends(session)
            else:
                folder.remove_files()
            raise
    return interrupt.status


def available_cores() -> int:
    """Return how many cores this process may use: more threads than that wait for one another, for hours."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@dataclass(slots=True)
class _TrainingRun:
    """Calls the hooks where their time has come."""

    session: Session
    callbacks: Callbacks
    display: Display
    stop_check: StopCheck | SharedStopCheck
    ranks: Ranks | None
    call_batch_hook: Callable[..., object] = field(init=False)
    complete: bool = False  # the last epoch is done, and saved

    def __post_init__(self) -> None:
        batch = self.callbacks.hook.train_batch_ends
        # Where only our own display wants to know, each step is spared the hook.
        alone = len(batch.get_hookimpls()) == 1
        self.call_batch_hook = self.display.train_batch_ends if alone else partial(batch, run=self.session)

    def train_and_test(self, train: Labelled, validation: Labelled, test: Labelled) -> None:
        """Train and measure."""
        session, hook = self.session, self.callbacks.hook
        hook.train_run_begins(run=session)
        try:
            self._fit(train, validation)
        except Interrupted:
            if not self.complete:
                hook.train_run_interrupted(run=session)
        except EndedRun as end:
            self.display.progress.line(f"ended after epoch {len(session.history)}: {end}")
        session.measured.update(self._evaluate(test))
        hook.train_run_ends(run=session)

    def _evaluate(self, test: Labelled) -> Mapping[str, float]:
        model = self.session.model
        if self.ranks is None:
            return evaluate(model, test, cross_entropy, CLASSIFICATION)
        from ..distributed.shared_trainer import evaluate_together

        return evaluate_together(self.ranks, model, test, cross_entropy, CLASSIFICATION)

    def _fit(self, train: Labelled, validation: Labelled) -> None:
        settings = self.session.settings
        # A loss that is not finite ends the run with a message that says more than the warnings on the way.
        with np.errstate(over="ignore", invalid="ignore"):
            fit(
                self.session.model,
                train,
                validation,
                optimizer=self.session.optimizer,
                epochs=settings.epochs - len(self.session.history),
                batch_size=settings.batch_size,
                rng=self.session.rng,
                on_epoch=self.after_epoch,
                on_batch=self.after_batch,
                comm=self.ranks,
            )

    def after_batch(self, examples: int) -> None:
        """Tell of the step, and end here if a signal has come."""
        self.call_batch_hook(examples=examples)
        self.stop_check.after_batch()

    def after_epoch(self, epoch: Epoch) -> None:
        """Count the epoch on from those of a resumed run, and tell of it; end here if somebody asked to."""
        session = self.session
        session.history.append(replace(epoch, epoch=len(session.history) + 1))
        session.optimizer.lr *= session.settings.lr_decay
        self.callbacks.hook.train_epoch_ends(run=session, epoch=session.history[-1])
        self.complete = len(session.history) == session.settings.epochs
        self.stop_check.after_epoch(session.model)
