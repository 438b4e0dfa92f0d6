"""What a run's folder says about it, without its weights."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from math import isfinite
from pathlib import Path
from typing import Any

from .datasets import Task
from .datasets.file_content import read_content
from .errors import SavedRunError
from .run_folder import CONFIG, METRICS, RESULT
from .settings import Settings

LARGEST = 2**26  # bytes of a file that is text


@dataclass(frozen=True, slots=True)
class RunRecord:
    """A run's settings and results.

    Attributes
    ----------
    path : Path
    settings : Settings
    epochs : int
        How many are done.
    last : mapping of str to float
        The last line of `metrics.jsonl`; empty before the first epoch.
    result : mapping of str to float
        What the test gave after that epoch; empty if it has not been made.
    """

    path: Path
    settings: Settings
    epochs: int
    last: Mapping[str, float]
    result: Mapping[str, float]

    def as_dict(self) -> dict[str, Any]:
        """Return everything as JSON holds it."""
        return {
            "run": str(self.path),
            "settings": self.settings.as_dict(),
            "epochs": self.epochs,
            "last": dict(self.last),
            "result": dict(self.result),
        }


def read_record(path: Path) -> RunRecord:
    """Return what the text files in a run's folder say.

    Raises
    ------
    DatasetError, SavedRunError
        One is missing or damaged.
    """
    [config] = _objects(path / CONFIG)
    others = {"versions", *(field.name for field in fields(Task))}
    known = {name: value for name, value in config.items() if name not in others}
    settings = Settings.from_dict(known, str(path / CONFIG))
    epochs = _objects(path / METRICS, lines=True)
    [result] = _objects(path / RESULT) if (path / RESULT).exists() else [{}]
    if result.get("epoch") != len(epochs):  # of an earlier end: the run went on
        result = {}
    return RunRecord(path, settings, len(epochs), _numbers(epochs[-1] if epochs else {}), _numbers(result))


def _objects(path: Path, *, lines: bool = False) -> list[dict[str, Any]]:
    content = read_content(path, largest=LARGEST)
    try:
        found = [json.loads(part) for part in (content.splitlines() if lines else [content])]
    except (ValueError, RecursionError) as error:
        raise SavedRunError(f"{path}: it is no JSON") from error
    if not all(isinstance(value, dict) for value in found):
        raise SavedRunError(f"{path}: expected JSON objects")
    return found


def _numbers(values: Mapping[str, Any]) -> dict[str, float]:
    return {
        name: value for name, value in values.items() if isinstance(value, int | float) and isfinite(value)
    }
