"""Read the settings and results of a run from the text files in its folder."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from math import isfinite
from pathlib import Path
from typing import Any

from .datasets import Task
from .json_file import read_objects
from .run_folder import CONFIG, METRICS, RESULT
from .settings import Settings


@dataclass(frozen=True, slots=True)
class RunRecord:
    """The settings and results of a run.

    Attributes
    ----------
    path : Path
    settings : Settings
    epochs : int
        The number of complete epochs.
    last : mapping of str to float
        The last line of `metrics.jsonl`; empty before the first epoch.
    result : mapping of str to float
        The results of the test after the last epoch; empty if there was no test.
    ended : str or None
        How the run ended, a value of `Ending`; None if it has not, or if an older version made it.
    """

    path: Path
    settings: Settings
    epochs: int
    last: Mapping[str, float]
    result: Mapping[str, float]
    ended: str | None

    def as_dict(self) -> dict[str, Any]:
        """Return the record as a dict that JSON can hold."""
        return {
            "run": str(self.path),
            "settings": self.settings.as_dict(),
            "epochs": self.epochs,
            "last": dict(self.last),
            "result": dict(self.result) | ({"ended": self.ended} if self.ended else {}),
        }


def read_record(path: Path) -> RunRecord:
    """Return the record of the run in a folder.

    Raises
    ------
    DatasetError, SavedRunError
        A file is missing or damaged.
    """
    [config] = read_objects(path / CONFIG)
    others = {"counts", "packages", "versions", *(field.name for field in fields(Task))}
    values = {name: value for name, value in config.items() if name not in others}
    settings = Settings.from_dict(values, str(path / CONFIG))
    epochs = read_objects(path / METRICS, lines=True)
    [result] = read_objects(path / RESULT) if (path / RESULT).exists() else [{}]
    if result.get("epoch") != len(epochs):  # the test was before the run went on
        result = {}
    last = epochs[-1] if epochs else {}
    ended = result.get("ended")
    return RunRecord(
        path,
        settings,
        len(epochs),
        _select_finite(last),
        _select_finite(result),
        ended if isinstance(ended, str) else None,
    )


def _select_finite(values: Mapping[str, Any]) -> dict[str, float]:
    return {
        name: value for name, value in values.items() if isinstance(value, int | float) and isfinite(value)
    }
