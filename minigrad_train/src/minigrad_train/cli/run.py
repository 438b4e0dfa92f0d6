"""A run from its first line to its last: trains, shows how it goes, saves, and measures what came of it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # it ships no types

from ..evaluation import accuracy
from ..loop import fit
from .interrupt import Interrupted, held_interrupt
from .progress import epoch_line, shown

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ..datasets import Splits
    from ..folder import RunFolder
    from ..history import Epoch
    from ..session import Session
    from .progress import Progress

    Labelled: TypeAlias = tuple[NDArray[Any], NDArray[Any]]


def run(session: Session, data: Splits, folder: RunFolder) -> int:
    """Train for the epochs that are left, saving after each; return the exit status, 0 if no signal ended it.

    Raises
    ------
    DivergedError
        The loss is no longer finite; what the last complete epoch saved stays.
    """
    settings = session.settings
    train, validation, test = ((images.astype(settings.dtype, copy=False), labels) for images, labels in data)
    with folder.alone():
        folder.begin(session)
        total = (settings.epochs - len(session.history)) * len(train[1])
        with shown(total) as progress, threadpool_limits(settings.threads, user_api="blas"):
            progress.line(_summary(session))
            try:
                status = _train(session, folder, train, validation, progress)
            finally:
                folder.draw(session)
            progress.line(f"test accuracy {accuracy(session.model, *test):.2%}")
            progress.line(f"saved in {folder.path}")
        return status


def _train(
    session: Session, folder: RunFolder, train: Labelled, validation: Labelled, progress: Progress
) -> int:
    settings, history = session.settings, session.history

    def end_of_batch(examples: int) -> None:
        progress.advance(examples)
        release_interrupt()

    def end_of_epoch(epoch: Epoch) -> None:
        history.append(replace(epoch, epoch=len(history) + 1))  # a resumed run goes on counting
        session.optimizer.lr *= settings.lr_decay
        folder.save_epoch(session)
        progress.line(epoch_line(history[-1], settings.epochs))
        release_interrupt()

    # A loss that is not finite ends the run with a message that says more than the warnings on the way there.
    quiet = np.errstate(over="ignore", invalid="ignore")
    try:
        with quiet, held_interrupt() as release_interrupt:
            fit(
                session.model,
                train,
                validation,
                optimizer=session.optimizer,
                epochs=settings.epochs - len(history),
                batch_size=settings.batch_size,
                rng=session.rng,
                on_epoch=end_of_epoch,
                on_batch=end_of_batch,
            )
    except Interrupted as interrupted:
        folder.save_weights(session)
        go_on = f"; --resume {folder.path} goes on after epoch {len(history)}" if history else ""
        progress.line(f"interrupted in epoch {len(history) + 1}; what was learned is saved{go_on}")
        return interrupted.status
    return 0


def _summary(session: Session) -> str:
    settings = session.settings
    size = sum(parameter.size for parameter in session.model.parameters())
    batch = "full batch" if settings.batch_size is None else f"batches of {settings.batch_size}"
    return (
        f"{settings.model}: {size:,} parameters, {settings.optimizer} (lr {session.optimizer.lr:g}), "
        f"{batch}, {settings.dtype}, seed {settings.seed}"
    )
