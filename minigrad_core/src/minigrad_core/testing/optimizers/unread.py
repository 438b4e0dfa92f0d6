"""What is kept is read."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

import numpy as np

from ..finding import Broken, Check, DoesNotApply, Finding
from ..guarded import guarded
from .state import arrays

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .study import OptimizerStudy

EARLY, LATE = 3, 9  # some rules read a part of their state every few steps
FACTORS = (1e3, -1e3)  # a rule of signs reads the sign alone, of a sum


def unread(study: OptimizerStudy) -> Iterator[Finding]:
    """State that is made of gradients matters for later steps.

    State of parameters need not: an average of them is there for the user. Flags are turned round, and zeros
    made none, since what one mode keeps another may read.
    Faults: the largest second moment so far, kept and not used; one of two sums that are read from elsewhere.
    Fix: read it, or leave it out.
    """
    flags = [name for name, value in study.settings.items() if isinstance(value, bool)]
    modes = [*study.modes, *({**study.strong, name: not study.settings[name]} for name in flags)]
    pairs = {
        name: value for name, value in study.settings.items() if isinstance(value, tuple) and 0.0 in value
    }
    if pairs:
        modes.append({name: tuple(v or 0.5 for v in value) for name, value in pairs.items()})
    ignored: set[str] | None = None
    for settings in modes:
        try:
            of_mode = _ignored(study, settings)
        except Broken:
            continue  # refused
        ignored = of_mode if ignored is None else ignored & of_mode
        if not ignored:
            break
    if ignored is None:
        raise DoesNotApply("it refuses its settings")
    if ignored:
        yield Finding(
            "state-not-read",
            f"state {min(ignored)} is kept, and no later step reads it: is another one used?",
        )


def _ignored(study: OptimizerStudy, settings: dict[str, Any]) -> set[str]:
    """Return the places of arrays that are made of gradients, and may have any values."""
    saved = _saved(study, settings, 0.0)
    elsewhere = dict(arrays(_saved(study, settings, 1.0)))
    expected = _resumed(study, settings, saved)
    found = set[str]()
    for path, array in arrays(saved):
        of_gradients = path in elsewhere and np.array_equal(array, elsewhere[path])
        if array.dtype.kind == "f" and array.ndim and array.any() and of_gradients:
            kept = array.copy()
            for factor in FACTORS:
                array[...] = kept * factor
                if not np.array_equal(_resumed(study, settings, saved), expected, equal_nan=True):
                    break
            else:
                found.add(path)
            array[...] = kept
    return found


def _saved(study: OptimizerStudy, settings: dict[str, Any], start: float) -> Any:
    params = study.params()[:1]
    params[0].data += start
    optimizer = study.make(params, **settings)
    study.run(optimizer, params, EARLY)
    return guarded("state_dict", lambda: optimizer.state_dict())


def _resumed(study: OptimizerStudy, settings: dict[str, Any], saved: Any) -> Any:
    params = study.params()[:1]
    optimizer = study.make(params, **settings)
    guarded("load_state_dict", lambda: optimizer.load_state_dict(copy.deepcopy(saved)))
    with np.errstate(all="ignore"):  # a second moment below zero
        return study.run(optimizer, params, LATE - EARLY, first=EARLY)[0]


UNREAD = (Check("unread", unread, after=("in_place", "round_trip")),)
