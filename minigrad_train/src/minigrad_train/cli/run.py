"""Run the training of `minigrad train`: train, test, and call the hooks of all callbacks."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from functools import partial

import numpy as np
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # it ships no types

from ..augmentation import Augmentation, make_augmentation
from ..datasets import Dataset
from ..datasets.batches import count_examples
from ..datasets.class_counts import count_classes
from ..distributed.ranks import Ranks
from ..distributed.shared_trainer import evaluate_together
from ..divergence import find_divergence
from ..errors import DivergedError, EndedRun
from ..evaluation import Pair, evaluate
from ..history import Epoch
from ..hooks import Callbacks, current
from ..loop import fit
from ..objective import Objective, add_test_metrics, choose_objective, measure_guess
from ..outcome import Ending
from ..packages import list_packages
from ..run_folder import RunFolder
from ..session import Session
from .builtin_callbacks import AugmentationCallback, CurvesCallback, DisplayCallback, SavingCallback
from .hook_faults import HookFaults
from .progress import choose_progress
from .rank_command import announce_error
from .stopping import Interrupted, SharedStopCheck, StopCheck, defer_interrupts
from .summary import summarize_run


def run(session: Session, data: Dataset, folder: RunFolder, ranks: Ranks | None = None) -> int:
    """Train for the remaining epochs, save after each, and test; return the exit status.

    The status is 0; after a signal 128 plus its number; and 1 for a run whose loss is finite and diverged.

    All ranks call this function, and rank 0 writes the folder.

    Raises
    ------
    DivergedError
        The loss is no longer finite. The files of the last complete epoch stay.
    Interrupted
        A second signal came.
    CallbackError
        `train_run_begins` of a plugin raised.
    RanksDifferError
        The weights of the ranks differ.
    """
    counts = count_classes(*data)
    session = replace(session, rank=0 if ranks is None else ranks.rank, counts=counts)
    first = session.rank == 0
    settings = session.settings
    train, validation, test = (
        (images.astype(settings.dtype, copy=False), labels) for images, labels in data.splits
    )
    augmentation = make_augmentation(settings.augment, session.task)
    objective = choose_objective(settings, session.task, train[1])
    threads = min(settings.threads, available_cores())
    examples = count_examples(len(train[1]), settings.batch_size, drop_last=settings.drop_last)
    with (
        defer_interrupts() as interrupt,
        folder.lock() if first else nullcontext(),
        choose_progress(examples, len(session.history) + 1, settings.epochs) as progress,
        threadpool_limits(threads, user_api="blas"),
    ):
        lines = summarize_run(session, data.splits, threads, 1 if ranks is None else ranks.size)
        display, curves = DisplayCallback(folder, progress, lines), CurvesCallback(folder, progress)
        callbacks = current()
        example = AugmentationCallback(folder, progress, augmentation, train[0])
        callbacks.begin(display, *([example, curves, SavingCallback(folder)] if first else []))
        stop_check = (
            StopCheck(interrupt, callbacks) if ranks is None else SharedStopCheck(interrupt, callbacks, ranks)
        )
        session = replace(session, packages=list_packages(settings, callbacks))
        training = _TrainingRun(session, callbacks, display, stop_check, ranks, objective, augmentation)
        try:
            training.train_and_test(train, validation, test)
        except Interrupted:
            if folder.saved:  # the second signal skipped the test and the curves
                progress.line(f"stopped at once; --resume {folder.name} finishes the run")
            raise
        except (Exception, SystemExit) as error:
            announce_error()  # before the curves, which take longer than the other ranks wait
            if first:
                _settle_failed_run(error, session, folder, display, curves)
            raise
    return interrupt.status or int(session.outcome.ending is Ending.DIVERGED)


def _settle_failed_run(
    error: BaseException,
    session: Session,
    folder: RunFolder,
    display: DisplayCallback,
    curves: CurvesCallback,
) -> None:
    """Save how a diverged run ended, and draw the epochs; remove the files of another failed start."""
    if isinstance(error, DivergedError):
        session.outcome.note_divergence(len(session.history) + 1, str(error))
        folder.save_result(session)
        display.show_divergence(session)
    elif not session.history:
        folder.remove_files()
    curves.train_run_ends(session)


def available_cores() -> int:
    """Return how many cores this process may use: more threads than cores may take hours for a step."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class _PatienceExhausted(EndedRun):
    """The validation loss has not fallen for as many epochs as `--patience` allows."""


@dataclass(slots=True)
class _TrainingRun:
    """Trains and tests the model of a session, and calls the hooks at each stage."""

    session: Session
    callbacks: Callbacks
    display: DisplayCallback
    stop_check: StopCheck | SharedStopCheck
    ranks: Ranks | None
    objective: Objective
    augmentation: Augmentation | None
    call_batch_hook: Callable[..., object] = field(init=False)
    hook_faults: HookFaults = field(init=False)
    complete: bool = False  # the last epoch is done and saved

    def __post_init__(self) -> None:
        self.hook_faults = HookFaults(self.callbacks, self.ranks)
        hook = self.callbacks.hook.train_batch_ends
        # If the display is the only callback, each step calls it directly, without pluggy.
        alone = len(hook.get_hookimpls()) == 1
        self.call_batch_hook = self.display.train_batch_ends if alone else partial(hook, run=self.session)

    def train_and_test(self, train: Pair, validation: Pair, test: Pair) -> None:
        """Train the model and measure it on the test examples."""
        session, hook = self.session, self.callbacks.hook
        hook.train_run_begins(run=session)
        session.outcome.ending = self._train(train, validation)
        if (diverged := find_divergence(session.history, self.objective.guess_loss)) is not None:
            loss = session.history[-1].loss
            session.outcome.note_divergence(
                diverged,
                f"the loss is {loss:.3g} after epoch {len(session.history)}, far above that of guessing; "
                f"lower the learning rate, --lr {session.initial_lr:g}",
            )
        with session.best.use_weights(session.model):
            session.measured.update(self._measure(train, test))
        hook.train_run_ends(run=session)
        self.hook_faults.exchange()

    def _train(self, train: Pair, validation: Pair) -> Ending:
        session = self.session
        try:
            self._check_patience()
            self._fit(train, validation)
        except Interrupted:
            if not self.complete or self.stop_check.came_in_last_batch:
                self.callbacks.hook.train_run_interrupted(run=session)
                return Ending.INTERRUPTED
        except EndedRun as end:
            self.display.progress.line(f"ended after epoch {len(session.history)}: {end}")
            return Ending.PATIENCE if isinstance(end, _PatienceExhausted) else Ending.PLUGIN
        return Ending.COMPLETE

    def _check_patience(self) -> None:
        """Raise an error if the validation loss has not fallen for too many epochs."""
        count, best = len(self.session.history), self.session.best.epoch
        patience = self.session.settings.patience
        if patience is not None and count - best >= patience:
            fact = f"no lower validation loss since epoch {best}, for --patience {patience}"
            raise _PatienceExhausted(fact)

    def _measure(self, train: Pair, test: Pair) -> Mapping[str, float]:
        """Return the loss and the metrics of the test examples, and what guessing would reach."""
        session = self.session
        metrics = add_test_metrics(self.objective.metrics, session.task, test[1])
        if self.ranks is None:
            measured = evaluate(session.model, test, self.objective.loss, metrics)
        else:
            measured = evaluate_together(self.ranks, session.model, test, self.objective.loss, metrics)
        return measured | measure_guess(session.task, train[1], test[1])

    def _fit(self, train: Pair, validation: Pair) -> None:
        settings = self.session.settings
        # A loss that is not finite raises DivergedError, which says more than NumPy's warnings before it.
        with np.errstate(over="ignore", invalid="ignore"):
            fit(
                self.session.model,
                train,
                validation,
                optimizer=self.session.optimizer,
                loss=self.objective.loss,
                metrics=self.objective.metrics,
                epochs=settings.epochs - len(self.session.history),
                batch_size=settings.batch_size,
                drop_last=settings.drop_last,
                augment=self.augmentation,
                rng=self.session.rng,
                on_epoch=self.after_epoch,
                on_batch=self.after_batch,
                comm=self.ranks,
                compile=settings.compile,
            )

    def after_batch(self, examples: int) -> None:
        """Call the hook of a step; stop the run if necessary."""
        self.call_batch_hook(examples=examples)
        self.stop_check.after_batch()

    def after_epoch(self, epoch: Epoch) -> None:
        """Add the epoch to the history, decay the learning rate, call the hook; stop the run if necessary."""
        session = self.session
        session.history.append(replace(epoch, epoch=len(session.history) + 1))
        session.best.consider(session.history[-1], session.model)
        session.optimizer.lr *= session.settings.lr_decay
        self.callbacks.hook.train_epoch_ends(run=session, epoch=session.history[-1])
        self.hook_faults.exchange()
        self.complete = len(session.history) == session.settings.epochs
        self.stop_check.after_epoch()
        if not self.complete:
            self._check_patience()
