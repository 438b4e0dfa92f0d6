"""The folder of a run: what it was set to, how it went, and what it learned."""

from __future__ import annotations

import json
import sys
from contextlib import contextmanager
from dataclasses import asdict
from importlib.metadata import version
from typing import TYPE_CHECKING

import numpy as np

from .atomic import write_atomically
from .checkpoint import load_checkpoint, save_checkpoint
from .curves import draw_curves
from .errors import SavedRunError
from .models import build_model
from .settings import Settings
from .weights import load_arrays, save_arrays

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import minigrad_core as mg

    from .history import Epoch
    from .session import Session


class RunFolder:
    """Writes `config.json`, `metrics.jsonl`, `weights.safetensors`, `checkpoint.safetensors`, `curves.png`.

    A file is replaced in one step; only the metrics grow. A run that starts in the folder of another one
    replaces its files as it gets new ones.

    Raises
    ------
    SavedRunError
        From any method that writes: the folder cannot be written, or the disk is full.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def begin(self, session: Session) -> None:
        """Make the folder; write the settings, and the epochs that the run has had already."""
        config = session.settings.as_dict() | {"versions": _versions()}
        lines = "".join(map(_metrics_line, session.history))
        with self._writing():
            self.path.mkdir(parents=True, exist_ok=True)
            write_atomically(self.path / "config.json", json.dumps(config, indent=2).encode() + b"\n")
            write_atomically(self.path / "metrics.jsonl", lines.encode())

    def save_epoch(self, session: Session) -> None:
        """Add the last epoch to the metrics, and save what was learned."""
        with self._writing():
            with (self.path / "metrics.jsonl").open("a", encoding="utf-8") as file:
                file.write(_metrics_line(session.history[-1]))
            self.save_weights(session)
            save_checkpoint(self.path / "checkpoint.safetensors", session)

    def save_weights(self, session: Session) -> None:
        """Write the weights, with the settings from which their network can be built."""
        description = {"settings": session.settings.as_dict()}
        with self._writing():
            save_arrays(self.path / "weights.safetensors", session.model.state_dict(), description)

    def draw(self, session: Session) -> None:
        """Draw the curves, if there is an epoch to draw."""
        if session.history:
            title = f"{session.settings.model}, {session.settings.optimizer}, seed {session.settings.seed}"
            with self._writing():
                draw_curves(session.history, self.path / "curves.png", title)

    def resume(self) -> Session:
        """Return the run as it was after its last complete epoch.

        Raises
        ------
        SavedRunError
            There is no readable checkpoint in the folder.
        """
        return load_checkpoint(self.path / "checkpoint.safetensors")

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """Turn the system's errors into one that says what to do."""
        try:
            yield
        except OSError as error:
            raise SavedRunError(
                f"{self.path} cannot be written: {error.strerror}; choose another folder by --out, or make "
                f"room: the last complete epoch, if there was one, is safe, and --resume {self.path} goes on"
            ) from error


def load_model(path: Path, model: str | None = None) -> tuple[Settings, mg.Module]:
    """Return the network whose weights a run saved, and the settings that it was trained with.

    Parameters
    ----------
    path : Path
        The file of weights.
    model : str, optional
        The `package.module:callable` that makes the network, if it is none of this package's. A file that
        comes from elsewhere must not decide what code is imported and called.

    Raises
    ------
    SavedRunError
        The file is missing, damaged, or not from `minigrad train`; or it is for a user's own network, and
        `model` does not name that.
    StateError
        The code of the network has changed since.
    """
    arrays, description = load_arrays(path)
    settings = Settings.from_dict(description["settings"], str(path))
    if ":" in settings.model and settings.model != model:
        own = settings.model
        raise SavedRunError(
            f"{path}: these are weights of {own}, which is code to run; allow it by --model {own}"
        )
    network = build_model(settings, np.random.default_rng(settings.seed))
    network.load_state_dict(arrays)
    return settings, network


def _metrics_line(epoch: Epoch) -> str:
    return json.dumps(asdict(epoch)) + "\n"


def _versions() -> dict[str, str]:
    names = ("minigrad-core", "minigrad-ops-nn", "minigrad-train", "numpy")
    return {"python": sys.version.split()[0]} | {name: version(name) for name in names}
