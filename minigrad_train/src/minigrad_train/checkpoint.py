"""A run between two epochs, in one file: enough to go on bit for bit."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from numpy.typing import NDArray

from minigrad_core.errors import MinigradError

from .datasets import Task
from .datasets.fingerprint import read_fingerprint
from .errors import SavedRunError
from .generators import find_generators
from .history import Epoch
from .models import is_import_path
from .nested import flatten, unflatten
from .session import Session, assemble
from .settings import Settings
from .weights import load_arrays, save_arrays

if TYPE_CHECKING:
    import numpy as np

    from .datasets.fingerprint import Fingerprint


def describe_session(session: Session) -> dict[str, Any]:
    """Return what a file of weights says, so that their network can be built."""
    settings, task = session.settings.as_dict(), session.task.as_dict()
    return {"settings": settings, "task": task, "examples": session.examples}


def read_description(
    description: Mapping[str, Any], path: Path, model: str | None
) -> tuple[Settings, Task, Fingerprint | None]:
    """Return settings, task and fingerprint of the data in a file of weights, if its network may be built.

    Parameters
    ----------
    description : mapping
        What the file says.
    path : Path
    model : str or None
        The `package.module:callable` that the user allows to be run, or names.

    Raises
    ------
    SavedRunError
        There are none, or they are damaged; or the network is another one than `model`, or code of somebody's
        own which `model` does not name: a file that comes from elsewhere must not decide what is imported.
    """
    settings = Settings.from_dict(description.get("settings"), str(path))
    if model not in (None, settings.model):
        raise SavedRunError(f"{path}: these are weights of {settings.model}, not of {model}")
    if is_import_path(settings.model) and model is None:
        own = settings.model
        raise SavedRunError(
            f"{path}: these are weights of {own}, which is code to run; allow it by --model {own}"
        )
    task = Task.from_dict(description.get("task"), str(path))
    return settings, task, read_fingerprint(description.get("examples"), str(path))


def save_checkpoint(path: Path, session: Session) -> None:
    """Write weights, optimizer state, the state of every generator, and the epochs so far."""
    arrays: dict[str, NDArray[Any]] = {}
    state = {
        "model": session.model.state_dict(),
        "optimizer": session.optimizer.state_dict(),
        "generators": [generator.bit_generator.state for generator in _all_generators(session)],
        "history": [
            [epoch.epoch, epoch.loss, epoch.seconds, epoch.examples_per_second, dict(epoch.metrics)]
            for epoch in session.history
        ],
    }
    try:
        checkpoint = flatten(state, "run", arrays)
    except SavedRunError as error:  # somebody's optimizer or model keeps what is no state
        settings = session.settings
        raise SavedRunError(f"{settings.model} with {settings.optimizer}: {error}") from None
    save_arrays(path, arrays, describe_session(session) | {"checkpoint": checkpoint})


def load_checkpoint(path: Path, model: str | None = None) -> Session:
    """Return the run as it was when its checkpoint was saved.

    Parameters
    ----------
    path : Path
    model : str, optional
        The `package.module:callable` that makes the network, if it is none of this package's.

    Raises
    ------
    SavedRunError
        The file is missing, damaged, or no checkpoint; or its network is not `model`.
    StateError
        The code of the network or of the optimizer has changed since.
    """
    arrays, description = load_arrays(path)
    if not is_checkpoint(description):
        raise SavedRunError(f"{path}: these are weights, not a checkpoint")
    session = assemble(*read_description(description, path, model))
    try:
        state = unflatten(description["checkpoint"], arrays)
        session.model.load_state_dict(state["model"])
        session.optimizer.load_state_dict(state["optimizer"])
        for generator, saved in zip(_all_generators(session), state["generators"], strict=True):
            generator.bit_generator.state = saved
        session.history.extend(Epoch(*epoch) for epoch in state["history"])
    except MinigradError:
        raise
    except Exception as error:  # a file may hold anything
        raise SavedRunError(f"{path}: no state of a run is in it ({type(error).__name__})") from error
    return session


def is_checkpoint(description: Mapping[str, Any]) -> bool:
    """Return whether a file that is so described is a checkpoint; else it holds weights alone."""
    return "checkpoint" in description


def _all_generators(session: Session) -> list[np.random.Generator]:
    """Return the generators that a run advances: the one for the batches, and those that layers draw from."""
    return [session.rng, *find_generators(session.model)]
