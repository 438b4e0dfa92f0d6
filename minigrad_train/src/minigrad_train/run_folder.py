"""The folder of a run, with its settings, metrics, weights, checkpoint and results."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from itertools import chain, count
from pathlib import Path

from filelock import FileLock, Timeout

from minigrad_core.atomic import write_atomically
from minigrad_core.errors import MinigradError

from .checkpoint import describe_session, load_checkpoint, save_checkpoint
from .errors import SavedRunError
from .json_file import read_objects
from .outcome import Ending
from .packages import get_versions
from .session import Session
from .weights import save_arrays

CONFIG, METRICS, RESULT = "config.json", "metrics.jsonl", "result.json"
WEIGHTS, CHECKPOINT, LOCK = "weights.safetensors", "checkpoint.safetensors", ".lock"
BEST = "best.safetensors"
CURVES, MISTAKES, AUGMENTATION = "curves.png", "mistakes.png", "augmentation.png"
FILES = (CHECKPOINT, WEIGHTS, BEST, CONFIG, METRICS, RESULT, CURVES, AUGMENTATION)


class RunFolder:
    """Writes the files of a run, each in one step, and resumes the run from them.

    The checkpoint holds the whole run. It is written first, and is the only file whose write waits for the
    disk; a resumed run writes the other files again. So a run can be killed at any moment. A run that
    replaces another one writes nothing before the checkpoint of its first epoch.

    Attributes
    ----------
    path : Path
        Absolute: a plugin may change the working directory.
    name : str
        The path as the user gave it, for messages.
    overwrite : bool
        Whether this run may replace the run that the folder holds.
    saved : bool
        Whether the folder holds this run; if not, it is empty or holds another run.

    Raises
    ------
    SavedRunError
        By any method that writes: the folder cannot be written, or the disk is full.
    """

    def __init__(self, path: Path, *, overwrite: bool = False) -> None:
        self.path, self.name, self.overwrite = path.absolute(), str(path), overwrite
        self.saved = False
        self._is_new = False  # whether this object began the run, and did not resume it
        self._has_epochs = False  # whether the checkpoint holds a complete epoch of this run
        self._best_epoch = 0  # whose weights are in BEST
        self._created: list[Path] = []  # folders that this object created

    @classmethod
    def create_by_time(cls, parent: Path) -> RunFolder:
        """Create a folder named by the time, with a number if another run has the same name."""
        stamp = datetime.now().strftime("%Y-%m-%d_%H-%M-%S")
        names = chain([stamp], (f"{stamp}_{number}" for number in count(2)))
        return next(folder for folder in (cls(parent / name) for name in names) if folder.create())

    def create(self) -> bool:
        """Create the folder; return False if it exists already."""
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
        """Create the folder and lock it against other processes; the lock of a process ends with the process.

        At the end, a folder that was created and holds no file of a run is removed.

        Raises
        ------
        SavedRunError
            Another process is training in the folder, or has finished a run there since `check_unused`.
        """
        self.create()
        with self._report_write_errors():
            lock = FileLock(self.path / LOCK, blocking=False)
            try:
                lock.acquire()
            except Timeout:
                raise SavedRunError(
                    f"another process is training in {self.name}: wait for it, or choose another folder by "
                    "--out"
                ) from None
        try:
            self.check_unused()
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
        """Raise SavedRunError if the folder has files of another run, which this one may not replace."""
        used = [] if self.saved or self.overwrite else self._find_files()
        if used:
            resumable = CHECKPOINT in used and find_failed_start(self.path) is None
            resume = f"continue it by --resume {self.name}, " if resumable else ""
            raise SavedRunError(
                f"{self.name} holds a run ({', '.join(used)}): {resume}replace it by --overwrite, or choose "
                "another folder by --out"
            )

    def begin(self, session: Session) -> None:
        """Save a run before its first step, unless the folder holds another run, which stays until `save`."""
        if self.saved or not self._find_files():
            self._is_new = not self.saved
            self.save(session)

    def save(self, session: Session) -> None:
        """Save a run between two epochs; remove the pictures and the result of another run."""
        # Before the checkpoint: a metric that is no number raises here, and is not saved.
        lines = [json.dumps(epoch.as_dict()) + "\n" for epoch in session.history]
        with self._report_write_errors():
            if not self.saved:
                for name in (CURVES, MISTAKES, AUGMENTATION, RESULT, BEST):
                    (self.path / name).unlink(missing_ok=True)
            save_checkpoint(self.path / CHECKPOINT, session)
            self.saved, self._has_epochs = True, bool(session.history)
            if session.history:
                self._write_weights(session, durable=False)
            self._write_best(session)
            facts = {
                "counts": session.counts,
                "packages": list(session.packages),
                "versions": get_versions(),
            }
            config = session.settings.as_dict() | session.task.as_dict() | facts
            write_atomically(self.path / CONFIG, json.dumps(config, indent=2).encode() + b"\n", durable=False)
            write_atomically(self.path / METRICS, "".join(lines).encode(), durable=False)

    def save_weights(self, session: Session) -> None:
        """Save the weights in the middle of an epoch, unless the folder holds another run."""
        with self._report_write_errors():
            if self.saved:
                self._write_weights(session, durable=True)

    def _write_weights(self, session: Session, *, durable: bool) -> None:
        save_arrays(
            self.path / WEIGHTS, session.model.state_dict(), describe_session(session), durable=durable
        )

    def _write_best(self, session: Session) -> None:
        best = session.best
        if best.state and best.epoch != self._best_epoch:
            save_arrays(self.path / BEST, best.state, describe_session(session), durable=False)
            self._best_epoch = best.epoch

    def remove_mistakes(self) -> None:
        """Remove the picture of the mistakes of weights that are no longer in the folder."""
        with self._report_write_errors():
            (self.path / MISTAKES).unlink(missing_ok=True)

    def save_result(self, session: Session) -> None:
        """Write how the run ended, its best epoch, and the results of the test.

        The folder stays as it is if it holds another run.
        """
        if not self.saved:
            return
        outcome = session.outcome
        diverged = {"diverged_in": outcome.diverged_in, "message": outcome.message}
        result = {
            "epoch": len(session.history),
            "ended": outcome.ending,
            **(diverged if outcome.diverged_in is not None else {}),
            "best_epoch": session.best.epoch or None,
            **{f"test_{name}": value for name, value in session.measured.items()},
        }
        with self._report_write_errors():
            write_atomically(self.path / RESULT, json.dumps(result).encode() + b"\n", durable=False)

    def remove_files(self) -> None:
        """Remove the files of a new run, which an error ended before its first complete epoch."""
        if self._is_new:
            for name in FILES:
                (self.path / name).unlink(missing_ok=True)

    def resume(self, model: str | None = None) -> Session:
        """Return the run after its last complete epoch.

        Parameters
        ----------
        model : str, optional
            The `package.module:callable` that makes its network, if it is not one of this package.

        Raises
        ------
        SavedRunError
            The folder has no readable checkpoint, or its network is not `model`; or the run diverged before
            its first complete epoch.
        """
        checkpoint = Path(self.name) / CHECKPOINT
        if not checkpoint.exists():
            raise SavedRunError(f"{checkpoint} does not exist; there is no run in {self.name} to resume")
        if failure := find_failed_start(self.path):
            raise SavedRunError(f"{self.name} holds nothing to resume: {failure}")
        session = load_checkpoint(checkpoint, model)
        self.saved, self._has_epochs = True, bool(session.history)
        return session

    @contextmanager
    def _report_write_errors(self) -> Iterator[None]:
        """Turn an OSError into a SavedRunError that says how to continue."""
        try:
            yield
        except OSError as error:
            resume = ""
            if self._has_epochs:
                resume = f", or make room: the last complete epoch is safe; --resume {self.name} continues"
            raise SavedRunError(
                f"{self.name} cannot be written: {error.strerror}; choose another folder by --out{resume}"
            ) from error


def find_failed_start(folder: Path) -> str | None:
    """Return how a run ended that diverged before its first complete epoch, and the remedy; else None."""
    if not (folder / RESULT).exists():
        return None
    try:
        [result] = read_objects(folder / RESULT)
    except MinigradError:  # a loss of power may damage it: a resumed run writes it again
        return None
    if result.get("epoch") != 0 or result.get("ended") != Ending.DIVERGED:
        return None
    return (
        f"the run diverged before its first epoch was complete ({result.get('message')}); train again, with "
        "--overwrite or another --out"
    )
