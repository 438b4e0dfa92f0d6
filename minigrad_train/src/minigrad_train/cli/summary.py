"""Describe a run in words: the lines at its beginning and end, its classes, and the caption of its curves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from ..datasets import Splits
from ..datasets.class_counts import Counts, find_dominant
from ..names import count_columns, pad_left, shorten_name
from ..number_format import format_number, format_percent
from ..run_folder import BEST
from ..session import Session

MOST_CLASSES = 30  # in a table; with more, a line has the extremes
WIDTH = 80
GAP = 2  # between columns


def summarize_run(session: Session, splits: Splits, threads: int, ranks: int = 1) -> list[str]:
    """Return lines with the network, the task, the numbers of examples, ranks and threads."""
    train, validation, test = (len(split.labels) for split in splits)
    lines = [
        _describe_network(session),
        str(session.task),
        f"{train:,} to train, {validation:,} to validate, {test:,} to test",
        *format_counts(session.counts),
    ]
    if ranks > 1:
        lines.append(f"{ranks} ranks, each with {threads} thread{'s' * (threads > 1)} for matrix products")
        images = session.settings.data is not None and session.task.table is None
        if images and isinstance(splits.train.images, np.ndarray):
            lines.append(
                "each rank holds all examples in memory; from IDX or .npy files that are not compressed "
                "(gunzip them) it reads only its share"
            )
    if threads < session.settings.threads:
        requested = session.settings.threads
        lines.append(f"threads {threads}, the number of cores; --threads was {requested}")
    return lines


def describe_ending(session: Session) -> Iterator[str]:
    """Yield lines that name the best epoch, and that say if the run diverged."""
    best, count, outcome = session.best, len(session.history), session.outcome
    if outcome.diverged_in is not None:
        yield f"diverged in epoch {outcome.diverged_in}: {outcome.message}"
    if best.epoch:
        kept = f"; its weights are tested, and kept in {BEST}" if best.epoch < count else ""
        yield f"best epoch {best.epoch} of {count}: validation loss {best.loss:.4g}{kept}"


def describe_test(session: Session) -> str:
    """Return the test accuracy, with that of guessing if a class is dominant; in a regression the error."""
    measured = session.measured
    if session.task.is_regression:
        error, guess_error = format_number(measured["mae"]), format_number(measured["guess_mae"])
        return f"test mae {error} (always the median: {guess_error})"
    guess = measured["guess_accuracy"], find_dominant(session.counts["train"])
    return f"test {describe_accuracy(measured['accuracy'], measured['balanced_accuracy'], *guess)}"


def describe_accuracy(accuracy: float, balanced: float, guess: float, dominant: str | None) -> str:
    """Return the accuracy and, if a class is dominant, that of guessing and the balanced accuracy."""
    text = f"accuracy {format_percent(accuracy, 2)}"
    if dominant is None:
        return text
    always = f"(always {dominant!r}: {format_percent(guess, 2)})"
    return f"{text} {always}, balanced accuracy {format_percent(balanced, 2)}"


def _describe_network(session: Session) -> str:
    settings = session.settings
    size = sum(parameter.size for parameter in session.model.parameters())
    return (
        f"{settings.model}: {size:,} parameters, {settings.optimizer} (lr {session.optimizer.lr:g}), "
        f"{_describe_batches(session)}, {settings.dtype}, seed {settings.seed}"
    )


def settings_caption(session: Session) -> str:
    """Return the settings and the data of a run in one line."""
    settings = session.settings
    words = [settings.model, *settings.model_arg]
    if settings.model == "mlp":
        words += [f"hidden {', '.join(map(str, settings.hidden)) or 'none'}", settings.activation]
    if settings.initializer:
        words += [settings.initializer, *settings.initializer_arg]
    words.append(f"{settings.optimizer}, lr {session.initial_lr:g}")
    if settings.lr_decay != 1:
        words[-1] += f" decaying by {settings.lr_decay:g} an epoch"
    if settings.momentum is not None:
        words[-1] += f", momentum {settings.momentum:g}"
    if settings.class_weights is not None:
        words.append(f"{settings.class_weights} class weights")
    words += [
        *settings.augment,
        *settings.optimizer_arg,
        _describe_batches(session),
        settings.dtype,
        f"seed {settings.seed}",
    ]
    return f"{' · '.join(words)} · {'MNIST' if settings.data is None else Path(settings.data).name}"


def _describe_batches(session: Session) -> str:
    size = session.settings.batch_size
    return "full batch" if size is None else f"batches of {size}"


def format_counts(counts: Counts) -> list[str]:
    """Return a table with a column for each class and a row for each split, in blocks of 80 columns."""
    train = counts.get("train", {})
    if len(train) > MOST_CLASSES:
        least, most = (function(train, key=train.__getitem__) for function in (min, max))
        return [
            f"from {train[least]:,} ({shorten_name(least)}) to {train[most]:,} ({shorten_name(most)}) "
            "training examples of a class; config.json has all counts"
        ]
    first = ["", *counts]
    columns = [[shorten_name(name), *(f"{split[name]:,}" for split in counts.values())] for name in train]
    return [line for block in _divide(columns, WIDTH - _width(first)) for line in _format_block(first, block)]


def _divide(columns: Sequence[Sequence[str]], width: int) -> Iterator[list[Sequence[str]]]:
    """Yield as many columns at a time as fit into the width."""
    block: list[Sequence[str]] = []
    for column in columns:
        if block and sum(GAP + _width(each) for each in (*block, column)) > width:
            yield block
            block = []
        block.append(column)
    if block:
        yield block


def _format_block(first: Sequence[str], columns: Sequence[Sequence[str]]) -> Iterator[str]:
    for row, name in enumerate(first):
        cells = [pad_left(column[row], GAP + _width(column)) for column in columns]
        yield f"{name:{_width(first)}}{''.join(cells)}"


def _width(column: Sequence[str]) -> int:
    return max(map(count_columns, column))
