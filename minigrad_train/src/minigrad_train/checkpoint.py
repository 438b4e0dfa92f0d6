"""Save a run between two epochs in one file, and resume it bit for bit."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from minigrad_core.errors import MinigradError

from .datasets import Task
from .datasets.fingerprint import Fingerprint, read_fingerprint
from .errors import SavedRunError
from .generators import find_generators
from .history import Epoch
from .models import is_import_path
from .nested import flatten, unflatten
from .packages import HOOKS, check_installed, describe_missing_hooks, read_packages
from .session import Session, assemble
from .settings import Settings
from .weights import load_arrays, save_arrays

# The parts without which a run cannot continue.
ROLES = frozenset({"model", "activation", "data", "optimizer", "initializer", "augmentation"})


def describe_session(session: Session) -> dict[str, Any]:
    """Return the description in a file of weights: settings, task, fingerprint of the data, and packages.

    The packages of hooks are in the checkpoint alone: hooks without an effect change no bit of the weights.
    """
    settings, task = session.settings.as_dict(), session.task.as_dict()
    packages = [part for part in session.packages if part["role"] != HOOKS]
    return {"settings": settings, "task": task, "examples": session.examples, "packages": packages}


def read_description(
    description: Mapping[str, Any], path: Path, model: str | None
) -> tuple[Settings, Task, Fingerprint | None]:
    """Return the settings, the task and the fingerprint of the data from the description of a file.

    Parameters
    ----------
    description : mapping
    path : Path
        The file, for messages.
    model : str or None
        The model that the user names. A `package.module:callable` has to be named: a file from elsewhere must
        not decide which code is imported.

    Raises
    ------
    SavedRunError
        The description is incomplete or damaged; the network is not `model`; or the network is a
        `package.module:callable` and `model` is None.
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
    """Write the weights, the state of the optimizer and of every generator, and the epochs so far."""
    arrays: dict[str, NDArray[Any]] = {}
    state = {
        "model": session.model.state_dict(),
        "optimizer": session.optimizer.state_dict(),
        "generators": [generator.bit_generator.state for generator in _list_generators(session)],
        "history": [
            [epoch.epoch, epoch.loss, epoch.seconds, epoch.examples_per_second, dict(epoch.metrics)]
            for epoch in session.history
        ],
        "best": _describe_best(session),
    }
    try:
        checkpoint = flatten(state, "run", arrays)
    except SavedRunError as error:  # the state of a plugin's optimizer or model holds other objects
        settings = session.settings
        raise SavedRunError(f"{settings.model} with {settings.optimizer}: {error}") from None
    packages = list(session.packages)
    description = describe_session(session) | {"packages": packages, "checkpoint": checkpoint}
    save_arrays(path, arrays, description)


def load_checkpoint(path: Path, model: str | None = None) -> Session:
    """Return the run that a checkpoint holds.

    Parameters
    ----------
    path : Path
    model : str, optional
        The `package.module:callable` that makes the network, if it is not one of this package.

    Raises
    ------
    SavedRunError
        The file is missing, damaged, or no checkpoint; its network is not `model`; or a package that gave a
        part of the run is not installed.
    StateError
        The code of the network or of the optimizer has changed since the checkpoint was saved.
    """
    arrays, description = load_arrays(path)
    if not is_checkpoint(description):
        raise SavedRunError(f"{path}: these are weights, not a checkpoint")
    parts = read_description(description, path, model)
    packages = read_packages(description.get("packages"), str(path))
    check_installed(packages, path, ROLES)
    for fact in describe_missing_hooks(packages):
        warnings.warn(fact, stacklevel=2)
    session = assemble(*parts)
    try:
        state = unflatten(description["checkpoint"], arrays)
        session.model.load_state_dict(state["model"])
        session.optimizer.load_state_dict(state["optimizer"])
        for generator, saved in zip(_list_generators(session), state["generators"], strict=True):
            generator.bit_generator.state = saved
        session.history.extend(Epoch(*epoch) for epoch in state["history"])
        _restore_best(session, state.get("best"))
    except MinigradError:
        raise
    except Exception as error:  # a damaged file may raise anything
        raise SavedRunError(f"{path}: no state of a run is in it ({type(error).__name__})") from error
    return session


def _describe_best(session: Session) -> dict[str, Any]:
    """Return the best epoch, with its weights unless they are those of the model."""
    best = session.best
    return {"epoch": best.epoch, "state": None if best.is_state_of(session.model) else best.state}


def _restore_best(session: Session, saved: Mapping[str, Any] | None) -> None:
    """Set the best epoch; the last one for a run of an older version, which has no other weights."""
    if not session.history:
        return
    number = session.history[-1].epoch if saved is None else saved["epoch"]
    if number == 0:  # no epoch had a finite validation loss
        return
    session.best.consider(session.history[number - 1], session.model)
    if saved is not None and saved["state"] is not None:
        session.best.state = saved["state"]


def is_checkpoint(description: Mapping[str, Any]) -> bool:
    """Return whether a file with this description is a checkpoint; if not, it holds weights only."""
    return "checkpoint" in description


def _list_generators(session: Session) -> list[np.random.Generator]:
    """Return the generators that a run advances: that of the batches, and those of the layers."""
    return [session.rng, *find_generators(session.model)]
