"""A parameter without a gradient is left alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ..finding import Check, Finding
from ..guarded import guarded
from .state import arrays
from .study import close

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .study import OptimizerStudy

PAIR = ((3, 4), (3, 4))


def skips_none(study: OptimizerStudy) -> Iterator[Finding]:
    """A parameter without a gradient is skipped: None is not zero, which would still apply momentum or decay.

    It keeps its state, and the others move as if it had a gradient.
    Faults: `grad or 0`, a step that fails or stops if a gradient is missing, averages that decay meanwhile,
    states that are counted off along the parameters that have a gradient.
    Fix: `if param.grad is not None`.
    """
    for settings in study.modes:
        finding = _moves(study, settings) or _others(study, settings) or _state(study, settings)
        if finding:
            yield finding
            return


def _moves(study: OptimizerStudy, settings: dict[str, Any]) -> Finding | None:
    """Neither at the first step nor later; the two are of one shape, that a mixed-up state fits as well."""
    params = study.params(PAIR)
    optimizer = study.make(params, **settings)
    study.step(optimizer, params, [None, study.grads(params, 0)[1]])
    if not np.array_equal(params[0].data, study.params(PAIR)[0].data):
        return Finding("none-is-zero", "a parameter without a gradient moves at the first step: skip it")
    study.run(optimizer, params, 2)
    before = params[0].data.copy()
    study.step(optimizer, params, [None, study.grads(params, 2)[1]])
    if not np.array_equal(params[0].data, before):
        return Finding("none-is-zero", "a parameter whose grad is None moves: skip it")
    return None


def _others(study: OptimizerStudy, settings: dict[str, Any]) -> Finding | None:
    """The second parameter moves the same, whether or not the first one has a gradient."""
    whole, missing = study.params(PAIR), study.params(PAIR)
    one, two = study.make(whole, **settings), study.make(missing, **settings)
    for step in range(5):
        grads, before = study.grads(whole, step), missing[1].data.copy()
        study.step(one, whole, grads)
        study.step(two, missing, [None if step in (2, 3) else grads[0], grads[1]])
        if close(whole[1].data, missing[1].data):
            continue
        if np.array_equal(missing[1].data, before):
            return Finding(
                "stops-at-none", "parameters after one whose grad is None are not updated: skip that one only"
            )
        return Finding(
            "none-shifts-state",
            "a parameter moves otherwise if the grad of the one before it is None: is their state mixed up?",
        )
    return None


def _state(study: OptimizerStudy, settings: dict[str, Any]) -> Finding | None:
    """The state after a step without a gradient is that before it."""
    before, after = (_state_after(study, settings, steps) for steps in (2, 3))
    if len(before) != len(after) or not all(map(np.array_equal, before, after)):
        return Finding(
            "none-changes-state",
            "the state of a parameter whose grad is None changes: skip it, its momentum and averages too",
        )
    return None


def _state_after(study: OptimizerStudy, settings: dict[str, Any], steps: int) -> list[Any]:
    """Return the arrays of state of the first parameter's shape; it has gradients for two steps."""
    params = study.params()
    optimizer = study.make(params, **settings)
    for step in range(steps):
        grads = study.grads(params, step)
        study.step(optimizer, params, [grads[0] if step < 2 else None, grads[1]])
    state = guarded("state_dict", lambda: optimizer.state_dict())
    return [array for _, array in arrays(state) if array.shape == params[0].data.shape]


MISSING = (Check("skips_none", skips_none, after=("in_place",)),)
