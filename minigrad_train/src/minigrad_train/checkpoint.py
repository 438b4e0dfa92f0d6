"""A run between two epochs, in one file: enough to go on bit for bit."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import numpy as np

from .errors import SavedRunError
from .history import Epoch, History
from .nested import flatten, unflatten
from .session import Session, assemble
from .settings import Settings
from .weights import load_arrays, save_arrays

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from numpy.typing import NDArray


def save_checkpoint(path: Path, session: Session) -> None:
    """Write weights, optimizer state, the state of every generator, and the epochs so far."""
    arrays: dict[str, NDArray[Any]] = {}
    state = {
        "model": session.model.state_dict(),
        "optimizer": session.optimizer.state_dict(),
        "generators": [generator.bit_generator.state for generator in _generators(session)],
        "history": [asdict(epoch) for epoch in session.history],
    }
    form = flatten(state, "run", arrays)
    save_arrays(path, arrays, {"settings": session.settings.as_dict(), "checkpoint": form})


def load_checkpoint(path: Path) -> Session:
    """Return the run as it was when its checkpoint was saved.

    Raises
    ------
    SavedRunError
        The file is missing, damaged, or no checkpoint.
    StateError
        The code of the network or of the optimizer has changed since.
    """
    arrays, description = load_arrays(path)
    if not is_checkpoint(description):
        raise SavedRunError(f"{path}: these are weights, not a checkpoint")
    state = unflatten(description["checkpoint"], arrays)
    session = assemble(Settings.from_dict(description["settings"], str(path)))
    session.model.load_state_dict(state["model"])
    session.optimizer.load_state_dict(state["optimizer"])
    for generator, saved in zip(_generators(session), state["generators"], strict=True):
        generator.bit_generator.state = saved
    session.history = History(Epoch(**epoch) for epoch in state["history"])
    return session


def is_checkpoint(description: Mapping[str, Any]) -> bool:
    """Return whether a file that is so described is a checkpoint; else it holds weights alone."""
    return "checkpoint" in description


def _generators(session: Session) -> list[np.random.Generator]:
    """Return the generators that a run advances: the one for the batches, and those that layers draw from."""
    attributes = [value for module in session.model.modules() for value in vars(module).values()]
    return [session.rng, *(value for value in attributes if isinstance(value, np.random.Generator))]
