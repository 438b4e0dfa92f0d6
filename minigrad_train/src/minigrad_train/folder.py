"""The folder of a run: what it was set to, how it went, and what it learned."""

from __future__ import annotations

import json
import sys
from contextlib import contextmanager, suppress
from dataclasses import asdict
from datetime import datetime
from importlib.metadata import version
from itertools import count
from typing import TYPE_CHECKING

import numpy as np
from filelock import FileLock, Timeout

from .atomic import write_atomically
from .checkpoint import is_checkpoint, load_checkpoint, save_checkpoint
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


CONFIG, METRICS, WEIGHTS = "config.json", "metrics.jsonl", "weights.safetensors"
CHECKPOINT, CURVES = "checkpoint.safetensors", "curves.png"
FILES = (CONFIG, METRICS, WEIGHTS, CHECKPOINT, CURVES)


class RunFolder:
    """Writes the files of a run, and reads them back. A file is replaced in one step; only the metrics grow.

    Raises
    ------
    SavedRunError
        From any method that writes: the folder cannot be written, or the disk is full.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    @classmethod
    def dated(cls, parent: Path) -> RunFolder:
        """Make a folder that is named by the time, and numbered if another run took that name."""
        folder = first = cls(parent / datetime.now().strftime("%Y-%m-%d_%H-%M-%S"))
        for number in count(2):
            with folder._writing(), suppress(FileExistsError):
                folder.path.mkdir(parents=True)
                break
            folder = cls(first.path.with_name(f"{first.path.name}_{number}"))
        return folder

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Make the folder, and keep it from other processes; one that dies lets go of it.

        Raises
        ------
        SavedRunError
            Another process is training there.
        """
        with self._writing():
            self.path.mkdir(parents=True, exist_ok=True)
            lock = FileLock(self.path / ".lock", blocking=False)
            try:
                lock.acquire()
            except Timeout:
                raise SavedRunError(
                    f"another process is training in {self.path}: wait for it, or choose another folder by "
                    "--out"
                ) from None
        try:
            yield
        finally:
            lock.release()

    def refuse_if_used(self) -> None:
        """Raise if there are files that a new run would replace.

        Raises
        ------
        SavedRunError
            There is one.
        """
        if used := [name for name in FILES if (self.path / name).exists()]:
            raise SavedRunError(
                f"{self.path} holds a run ({', '.join(used)}): go on with it by --resume {self.path}, "
                "replace it by --overwrite, or choose another folder by --out"
            )

    def begin(self, session: Session) -> None:
        """Write the settings, and the epochs that the run has had already.

        A new run removes the files of one before it: a checkpoint must not outlive the settings beside it.
        """
        config = session.settings.as_dict() | {"versions": _versions()}
        lines = "".join(map(_metrics_line, session.history))
        with self._writing():
            if not session.history:
                for name in FILES:
                    (self.path / name).unlink(missing_ok=True)
            write_atomically(self.path / CONFIG, json.dumps(config, indent=2).encode() + b"\n")
            write_atomically(self.path / METRICS, lines.encode())

    def save_epoch(self, session: Session) -> None:
        """Add the last epoch to the metrics, and save what was learned."""
        with self._writing():
            with (self.path / METRICS).open("a", encoding="utf-8") as file:
                file.write(_metrics_line(session.history[-1]))
            self.save_weights(session)
            save_checkpoint(self.path / CHECKPOINT, session)

    def save_weights(self, session: Session) -> None:
        """Write the weights, with the settings from which their network can be built."""
        description = {"settings": session.settings.as_dict()}
        with self._writing():
            save_arrays(self.path / WEIGHTS, session.model.state_dict(), description)

    def draw(self, session: Session) -> None:
        """Draw the curves, if there is an epoch to draw."""
        if session.history:
            title = f"{session.settings.model}, {session.settings.optimizer}, seed {session.settings.seed}"
            with self._writing():
                draw_curves(session.history, self.path / CURVES, title)

    def resume(self) -> Session:
        """Return the run as it was after its last complete epoch.

        Raises
        ------
        SavedRunError
            There is no readable checkpoint in the folder.
        """
        checkpoint = self.path / CHECKPOINT
        if not checkpoint.exists():
            raise SavedRunError(f"{checkpoint} does not exist; a run can be resumed after its first epoch")
        return load_checkpoint(checkpoint)

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """Turn the system's errors into one that says what to do."""
        try:
            yield
        except OSError as error:
            go_on = ""
            if (self.path / CHECKPOINT).exists():
                go_on = f", or make room: the last complete epoch is safe, and --resume {self.path} goes on"
            raise SavedRunError(
                f"{self.path} cannot be written: {error.strerror}; choose another folder by --out{go_on}"
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
        The file is missing, damaged, no weights, or not from `minigrad train`; or it is for another network
        than `model`, or for a user's own one, and `model` does not name that.
    StateError
        The code of the network has changed since.
    """
    arrays, description = load_arrays(path)
    if is_checkpoint(description):
        raise SavedRunError(f"{path}: this is a checkpoint; the weights are in {path.with_name(WEIGHTS)}")
    settings = Settings.from_dict(description["settings"], str(path))
    if model not in (None, settings.model):
        raise SavedRunError(f"{path}: these are weights of {settings.model}, not of {model}")
    if ":" in settings.model and model is None:
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
