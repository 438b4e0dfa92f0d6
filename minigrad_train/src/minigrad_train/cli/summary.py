"""What a run is, in the lines at its beginning and in small letters below its curves."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from ..datasets import Splits
    from ..session import Session


def summarize_run(session: Session, splits: Splits, threads: int, ranks: int = 1) -> list[str]:
    """Return what is trained, and on what; and that there are fewer threads than were asked for, if so."""
    train, validation, test = (len(split.labels) for split in splits)
    lines = [
        _network(session),
        str(session.task),
        f"{train:,} to train, {validation:,} to validate, {test:,} to test",
    ]
    if ranks > 1:
        lines.append(f"{ranks} ranks, each with {threads} thread{'s' * (threads > 1)} for matrix products")
        if session.settings.data is not None and isinstance(splits.train.images, np.ndarray):
            lines.append(
                "each rank holds all examples in memory; of IDX or .npy files that are not compressed "
                "(gunzip them) it reads its share"
            )
    if threads < session.settings.threads:
        asked = session.settings.threads
        lines.append(f"threads {threads}: as many as there are cores to use, of {asked} asked for")
    return lines


def _network(session: Session) -> str:
    settings = session.settings
    size = sum(parameter.size for parameter in session.model.parameters())
    return (
        f"{settings.model}: {size:,} parameters, {settings.optimizer} (lr {session.optimizer.lr:g}), "
        f"{_batches(session)}, {settings.dtype}, seed {settings.seed}"
    )


def settings_caption(session: Session) -> str:
    """Return the settings that made a run, and the data, in one line."""
    settings = session.settings
    lr = session.optimizer.lr / settings.lr_decay ** len(session.history)  # the one that it began with
    words = [settings.model, *settings.model_arg]
    if settings.model == "mlp":
        words += [f"hidden {', '.join(map(str, settings.hidden)) or 'none'}", settings.activation]
    if settings.initializer:
        words += [settings.initializer, *settings.initializer_arg]
    words.append(f"{settings.optimizer}, lr {lr:g}")
    if settings.lr_decay != 1:
        words[-1] += f" decaying by {settings.lr_decay:g} an epoch"
    if settings.momentum is not None:
        words[-1] += f", momentum {settings.momentum:g}"
    words += [*settings.optimizer_arg, _batches(session), settings.dtype, f"seed {settings.seed}"]
    return f"{' · '.join(words)} · {'MNIST' if settings.data is None else Path(settings.data).name}"


def _batches(session: Session) -> str:
    size = session.settings.batch_size
    return "full batch" if size is None else f"batches of {size}"
