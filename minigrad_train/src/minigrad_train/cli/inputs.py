"""The examples that `minigrad predict` predicts: test examples, files of images, or a table."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..datasets import Dataset, Task
from ..datasets.csv_file import read_rows
from ..datasets.examples import check_examples
from ..datasets.idx import read_idx
from ..errors import DatasetError
from ..images import load_images
from ..settings import Settings


class Inputs(NamedTuple):
    """Names of n examples, inputs (n, ...), targets (n, ...) or None; and the messages of other files."""

    names: list[str]
    values: NDArray[Any]
    targets: NDArray[Any] | None
    failed: dict[str, str]


def take_test_set(data: Dataset) -> Inputs:
    """Return the test examples of a dataset."""
    images, labels = data.splits.test
    return Inputs([f"test[{index}]" for index in range(len(labels))], images, labels, {})


def read_inputs(paths: tuple[Path, ...], labels: Path | None, settings: Settings, task: Task) -> Inputs:
    """Return the images or the rows in files. `failed` has the files that cannot be read, if others can.

    Parameters
    ----------
    paths : tuple of Path
        At least one.
    labels : Path or None
        An IDX file with the labels of the images in all files.
    settings : Settings
    task : Task

    Raises
    ------
    DatasetError
        No file can be read; or one file cannot be read, and `labels` has a label for each image of all files.
    """
    names: list[str] = []
    parts: list[tuple[NDArray[Any], NDArray[Any] | None]] = []
    failed: dict[str, str] = {}
    for path in paths:
        try:
            part = _read_file(path, settings, task)
        except DatasetError as error:
            if len(paths) == 1 or labels is not None:
                raise
            failed[str(path)] = str(error)
            continue
        parts.append(part)
        count = len(part[0])
        names += [str(path)] if count == 1 else [f"{path}[{index}]" for index in range(count)]
    if not parts:
        raise DatasetError("\n".join(failed.values()))
    values = np.concatenate([part for part, _ in parts])
    if labels is not None:
        examples = check_examples(values, read_idx(labels, axes=1), task, str(labels))
        return Inputs(names, values, examples.labels, failed)
    targets = [part for _, part in parts if part is not None]
    return Inputs(names, values, np.concatenate(targets) if len(targets) == len(parts) else None, failed)


def _read_file(path: Path, settings: Settings, task: Task) -> tuple[NDArray[Any], NDArray[Any] | None]:
    if task.table is not None:
        return read_rows(path, task)
    return load_images(path, task, settings.resize), None
