"""State belongs to one parameter of one optimizer, and survives a save."""

from __future__ import annotations

import copy
import pickle
from typing import TYPE_CHECKING, Any

import numpy as np

from ..finding import Check, Finding
from ..guarded import guarded

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .study import OptimizerStudy

# Two of one shape: their states may be confused without an error.
SHAPES = ((3, 4), (5,), (3, 4))


def dtype(study: OptimizerStudy) -> Iterator[Finding]:
    """State of float32 parameters is float32, they stay float32, and move as float64 ones do.

    Faults: `np.zeros(shape)` for the momentum.
    Fix: `np.zeros_like(data)`.
    """
    ends = []
    for kind in (np.float32, np.float64):
        params = study.params(dtype=kind)
        optimizer = study.make(params, **study.strong)
        ends.append(study.run(optimizer, params, 3))
        if any(p.data.dtype != kind for p in params):
            yield Finding("wrong-dtype", f"a {np.dtype(kind)} parameter becomes {params[0].data.dtype}")
            return
        for path, array in arrays(guarded("state_dict", optimizer.state_dict)):
            if array.dtype.kind == "f" and array.ndim and array.dtype != kind:
                yield Finding("wrong-dtype", f"state {path} is {array.dtype} for {np.dtype(kind)} parameters")
                return
    for single, double, start in zip(*ends, study.params(), strict=True):
        if np.any(np.abs(single - double) > 1e-4 + 0.01 * np.abs(double - start.data)):
            yield Finding("depends-on-dtype", "float32 parameters move otherwise than float64 ones")
            return


def round_trip(study: OptimizerStudy) -> Iterator[Finding]:
    """A state that is saved in mid-run and loaded goes on bit for bit, and shares no memory.

    Faults: a step count that is lost, state exported as the live arrays, or loaded without a copy.
    Fix: copy in `state_dict` and in `load_state_dict`; everything that a step reads is in the state.
    """
    for settings in study.modes:
        finding = _interrupted(study, settings) or _rate_restored(study)
        if finding:
            yield finding
            return


def _interrupted(study: OptimizerStudy, settings: dict[str, Any]) -> Finding | None:
    params = study.params(SHAPES)
    optimizer = study.make(params, **settings)
    middle = study.run(optimizer, params, 3)
    saved = guarded("state_dict", lambda: optimizer.state_dict())
    kept = copy.deepcopy(saved)
    expected = study.run(optimizer, params, 3, first=3)
    if not same(saved, kept):
        return Finding(
            "state-aliases", "later steps change a state that was exported before: copy it in state_dict"
        )
    try:
        pickle.dumps(saved)
    except Exception as error:
        return Finding("state-not-saveable", f"the exported state cannot be pickled: {error}")
    for used in (False, True):
        loaded = copy.deepcopy(saved)
        received = _resumed(study, settings, loaded, middle, used)
        if isinstance(received, Finding):
            return received
        if not all(map(np.array_equal, received, expected)):
            into = "an optimizer that has run before" if used else "a new optimizer"
            return Finding(
                "state-lost",
                f"after a save in mid-run and a load into {into} the steps are others: something is missing, "
                "or shared",
            )
    return None


def _resumed(
    study: OptimizerStudy, settings: dict[str, Any], saved: Any, middle: list[Any], used: bool
) -> Any:
    """Return where another optimizer comes to with a state that is then overwritten, or a finding."""
    params, kept = study.params(SHAPES), copy.deepcopy(saved)
    other = study.make(params, **settings)
    if used:
        study.run(other, params, 2, first=7)
    for p, place in zip(params, middle, strict=True):
        p.data[...] = place
    guarded("load_state_dict", lambda: other.load_state_dict(saved))
    if not same(saved, kept):
        return Finding(
            "load-changes-state",
            "load_state_dict changes the dict that it is given: it cannot be loaded again",
        )
    for _, array in arrays(saved):
        array[...] = 77  # whoever loaded it without a copy has it now
    return study.run(other, params, 3, first=3)


def _rate_restored(study: OptimizerStudy) -> Finding | None:
    """A learning rate that is in the exported state comes back with it; it is there if other settings are."""
    rate = 0.0371
    optimizer = study.make(study.params(), lr=rate)
    saved = dict(guarded("state_dict", lambda: optimizer.state_dict()))
    other = study.make(study.params())
    guarded("load_state_dict", lambda: other.load_state_dict(saved))
    if not holds(saved, rate):
        if settings := sorted(study.settings.keys() & saved.keys()):
            told = f"the exported state has {', '.join(settings)}, but not lr"
            return Finding("state-lost", f"{told}: what a schedule has assigned is lost")
    elif getattr(other, "lr", None) != rate:
        return Finding(
            "state-lost", f"lr = {rate} is in the exported state, but loading it does not restore it"
        )
    return None


def holds(state: Any, value: float) -> bool:
    """Whether a number is somewhere in a nested state."""
    if isinstance(state, dict):
        return any(holds(item, value) for item in state.values())
    if isinstance(state, list | tuple):
        return any(holds(item, value) for item in state)
    return isinstance(state, float) and state == value


def instances(study: OptimizerStudy) -> Iterator[Finding]:
    """Two optimizers share nothing.

    Faults: a dict of state on the class, a mutable default argument, state keyed by id.
    Fix: make the state in `__init__`.
    """
    for settings in study.modes:
        alone = study.params()
        expected = study.run(study.make(alone, **settings), alone, 4)
        first, second = study.params(), study.params()
        one, two = study.make(first, **settings), study.make(second, **settings)
        for step in range(4):
            study.step(one, first, study.grads(first, step))
            # Large ones: a maximum or a sum that is shared would hide small ones.
            study.step(two, second, [8 * g for g in study.grads(second, step + 10)])
        if not all(map(np.array_equal, expected, (p.data for p in first))):
            yield Finding("instances-interfere", "two optimizers disturb each other: they share state")
            return
        again = study.params()
        if not all(map(np.array_equal, study.run(study.make(again, **settings), again, 4), expected)):
            yield Finding("instances-interfere", "a new optimizer starts with the state of an old one")
            return


def arrays(state: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Yield every array of a nested state with its place."""
    if isinstance(state, np.ndarray):
        yield path or "itself", state
    elif isinstance(state, dict):
        for key, value in state.items():
            yield from arrays(value, f"{path}[{key!r}]")
    elif isinstance(state, list | tuple):
        for k, value in enumerate(state):
            yield from arrays(value, f"{path}[{k}]")


def same(x: Any, y: Any) -> bool:
    """Whether two nested states are equal."""
    if isinstance(x, dict) and isinstance(y, dict):
        return x.keys() == y.keys() and all(same(x[k], y[k]) for k in x)
    if isinstance(x, list | tuple) and isinstance(y, list | tuple):
        return len(x) == len(y) and all(map(same, x, y))
    return bool(np.array_equal(np.asarray(x), np.asarray(y)))


STATE = (
    Check("dtype", dtype, after=("in_place",)),
    Check("round_trip", round_trip, after=("in_place",)),
    Check("instances", instances, after=("in_place",)),
)
