"""The folder of a run: what it was set to, how it went, and what it learned."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime
from importlib.metadata import version
from itertools import chain, count
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from filelock import FileLock, Timeout

from .atomic import write_atomically
from .checkpoint import describe_session, is_checkpoint, load_checkpoint, read_description, save_checkpoint
from .errors import SavedRunError
from .models import build_model
from .weights import load_arrays, save_arrays

if TYPE_CHECKING:
    import minigrad_core as mg

    from .datasets import Task
    from .datasets.fingerprint import Fingerprint
    from .session import Session
    from .settings import Settings


CONFIG, METRICS, RESULT = "config.json", "metrics.jsonl", "result.json"
WEIGHTS, CHECKPOINT, LOCK = "weights.safetensors", "checkpoint.safetensors", ".lock"
CURVES, MISTAKES = "curves.png", "mistakes.png"
FILES = (CHECKPOINT, WEIGHTS, CONFIG, METRICS, RESULT, CURVES)


class RunFolder:
    """Writes the files of a run, and reads them back. A file is replaced in one step.

    The checkpoint is the run: it is written first, and the only one that waits for the disk; the other files
    are written again from it when the run is resumed. So a run can be killed at any moment; and one that
    replaces another takes its place at once, with the checkpoint of its first epoch.

    Attributes
    ----------
    path : Path
    saved : bool
        Whether the folder holds this run; else there is nothing yet, or another one.

    Raises
    ------
    SavedRunError
        From any method that writes: the folder cannot be written, or the disk is full.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.saved = False
        self._created: list[Path] = []  # folders that would be empty without this run

    @classmethod
    def create_dated(cls, parent: Path) -> RunFolder:
        """Make a folder that is named by the time, and numbered if another run took that name."""
        stamp = datetime.now().strftime("%Y-%m-%d_%H-%M-%S")
        names = chain([stamp], (f"{stamp}_{number}" for number in count(2)))
        return next(folder for folder in (cls(parent / name) for name in names) if folder.create())

    def create(self) -> bool:
        """Make the folder, and return whether it was not there."""
        missing = [path for path in (self.path, *self.path.parents) if not path.exists()]
        with self._report_write_errors():
            try:
                self.path.mkdir(parents=True)
            except FileExistsError:
                if not self.path.is_dir():
                    raise
                return False
        self._created += missing
        return True

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Make the folder, and keep it from other processes; one that dies lets go of it.

        A folder that was made for nothing is gone afterwards.

        Raises
        ------
        SavedRunError
            Another process is training there.
        """
        self.create()
        with self._report_write_errors():
            lock = FileLock(self.path / LOCK, blocking=False)
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
            if self._created and not self._find_files():
                (self.path / LOCK).unlink(missing_ok=True)
                for path in self._created:
                    with suppress(OSError):
                        path.rmdir()
            lock.release()

    def _find_files(self) -> list[str]:
        return [name for name in FILES if (self.path / name).exists()]

    def check_unused(self) -> None:
        """Raise if there are files that a new run would replace.

        Raises
        ------
        SavedRunError
            There is one.
        """
        if used := self._find_files():
            go_on = f"go on with it by --resume {self.path}, " if CHECKPOINT in used else ""
            raise SavedRunError(
                f"{self.path} holds a run ({', '.join(used)}): {go_on}replace it by --overwrite, or choose "
                "another folder by --out"
            )

    def begin(self, session: Session) -> None:
        """Save a run as it begins or goes on, unless there is another one, which stays for now."""
        if self.saved or not self._find_files():
            self.save(session)

    def save(self, session: Session) -> None:
        """Save a run between two epochs. What another one left goes."""
        with self._report_write_errors():
            if not self.saved:
                for name in (CURVES, MISTAKES, RESULT):
                    (self.path / name).unlink(missing_ok=True)
            save_checkpoint(self.path / CHECKPOINT, session)
            self.saved = True
            self._save_weights(session, durable=False)
            config = session.settings.as_dict() | session.task.as_dict() | {"versions": versions()}
            write_atomically(self.path / CONFIG, json.dumps(config, indent=2).encode() + b"\n", durable=False)
            lines = [json.dumps(epoch.as_dict()) + "\n" for epoch in session.history]
            write_atomically(self.path / METRICS, "".join(lines).encode(), durable=False)

    def save_weights(self, session: Session) -> None:
        """Save the weights in the middle of an epoch, unless another run is there."""
        with self._report_write_errors():
            if self.saved:
                self._save_weights(session, durable=True)

    def _save_weights(self, session: Session, *, durable: bool) -> None:
        save_arrays(
            self.path / WEIGHTS, session.model.state_dict(), describe_session(session), durable=durable
        )

    def save_result(self, session: Session, measured: Mapping[str, float]) -> None:
        """Write what the test examples gave after the epochs so far, once they are saved."""
        result = {"epoch": len(session.history)} | {f"test_{name}": value for name, value in measured.items()}
        with self._report_write_errors():
            write_atomically(self.path / RESULT, json.dumps(result).encode() + b"\n", durable=False)

    def remove_files(self) -> None:
        """Remove the files of this run, which failed before it learned anything."""
        if self.saved:
            for name in FILES:
                (self.path / name).unlink(missing_ok=True)

    def resume(self, model: str | None = None) -> Session:
        """Return the run as it was after its last complete epoch.

        Parameters
        ----------
        model : str, optional
            The `package.module:callable` that makes its network, if it is none of this package's.

        Raises
        ------
        SavedRunError
            There is no readable checkpoint in the folder, or its network is not `model`.
        """
        checkpoint = self.path / CHECKPOINT
        if not checkpoint.exists():
            raise SavedRunError(f"{checkpoint} does not exist; there is no run in {self.path} to go on with")
        session = load_checkpoint(checkpoint, model)
        self.saved = True
        return session

    @contextmanager
    def _report_write_errors(self) -> Iterator[None]:
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


def load_model(path: Path, model: str | None = None) -> tuple[Settings, Task, Fingerprint | None, mg.Module]:
    """Return the network whose weights a run saved, after its settings, task and fingerprint of the data.

    Parameters
    ----------
    path : Path
        The file of weights.
    model : str, optional
        The `package.module:callable` that makes the network, if it is none of this package's.

    Raises
    ------
    SavedRunError
        The file is missing, damaged, no weights, or not from `minigrad train`; its weights are no finite
        numbers; or its network is not `model`.
    StateError
        The code of the network has changed since.
    """
    arrays, description = load_arrays(path)
    if is_checkpoint(description):
        raise SavedRunError(f"{path}: this is a checkpoint; the weights are in {path.with_name(WEIGHTS)}")
    settings, task, examples = read_description(description, path, model)
    for name, array in arrays.items():
        if array.dtype.kind == "f" and not np.isfinite(array).all():
            raise SavedRunError(f"{path}: {name} is not finite everywhere; such weights predict nothing")
    network = build_model(settings, task, np.random.default_rng(settings.seed))
    network.load_state_dict(arrays)
    return settings, task, examples, network


def versions() -> dict[str, str]:
    """Return the versions of what decides how a run goes."""
    names = ("minigrad-core", "minigrad-ops-nn", "minigrad-train", "numpy")
    return {"python": sys.version.split()[0]} | {name: version(name) for name in names}
