"""Gradients belong to somebody else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..finding import Check, Finding
from ..guarded import guarded
from ..surroundings import unusual

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .study import OptimizerStudy


def gradients(study: OptimizerStudy) -> Iterator[Finding]:
    """A gradient is neither written to nor kept: after the step its memory may be used for something else.

    Faults: `grad += decay * data`, `state["v"] = grad` at the first step.
    Fix: compute into a new array; copy what is kept.
    """
    for settings in ({}, *({name: value} for name, value in study.strong.items())):
        finding = _written(study, settings) or _kept(study, settings) or _refilled(study, settings)
        if finding:
            yield finding
            return


def _written(study: OptimizerStudy, settings: dict[str, float]) -> Finding | None:
    params = study.params()
    study.run(study.make(params, **settings), params, 3)  # with read-only ones
    params = study.params()
    optimizer = study.make(params, **settings)
    for step in range(3):
        grads = study.grads(params, step)
        for p, g in zip(params, grads, strict=True):
            p.grad = g
        guarded("step", lambda: optimizer.step())
        same = all(np.array_equal(g, h) for g, h in zip(grads, study.grads(params, step), strict=True))
        if not same or any(p.grad is not g for p, g in zip(params, grads, strict=True)):
            return Finding("writes-gradient", "a step changes the gradient that it was given, or replaces it")
    return None


def _kept(study: OptimizerStudy, settings: dict[str, float]) -> Finding | None:
    params, clean = study.params(), study.params()
    optimizer, other = study.make(params, **settings), study.make(clean, **settings)
    for step in range(4):
        grads = study.grads(params, step)
        for p, g in zip(params, grads, strict=True):
            p.grad = g
        guarded("step", lambda: optimizer.step())
        for g in grads:
            g[...] = np.nan  # whoever kept it has NaN now
        study.step(other, clean, study.grads(clean, step))
    if not all(np.array_equal(p.data, q.data) for p, q in zip(params, clean, strict=True)):
        return Finding(
            "keeps-gradient", "a gradient is kept after the step: what is written to it later changes the run"
        )
    return None


def _refilled(study: OptimizerStudy, settings: dict[str, float]) -> Finding | None:
    """The same gradient arrays at every step, with other values: what counts is what is in them."""
    params, clean = study.params(), study.params()
    optimizer, other = study.make(params, **settings), study.make(clean, **settings)
    arrays = [np.empty_like(p.data) for p in params]
    for step in range(3):
        for p, array, g in zip(params, arrays, study.grads(params, step), strict=True):
            array[...] = g
            p.grad = array
        guarded("step", lambda: optimizer.step())
        study.step(other, clean, study.grads(clean, step))
    if not all(np.array_equal(p.data, q.data) for p, q in zip(params, clean, strict=True)):
        return Finding(
            "tells-gradients-by-identity", "a gradient array that is filled again is taken for the old one"
        )
    return None


def zero_grad(study: OptimizerStudy) -> Iterator[Finding]:
    """`zero_grad` sets every gradient to None, writes nothing into it, and leaves the run as it is.

    Faults: `param.grad.fill(0)`, which somebody else may still read; state that is forgotten with it.
    Fix: `param.grad = None`.
    """
    params = study.params()
    optimizer = study.make(params)
    held = study.grads(params, 0)
    for p, g in zip(params, held, strict=True):
        p.grad = g
    guarded("zero_grad", lambda: optimizer.zero_grad())
    if any(p.grad is not None for p in params):
        yield Finding("grad-not-none", "after zero_grad a gradient is not None")
    elif not all(map(np.array_equal, held, study.grads(params, 0))):
        yield Finding(
            "writes-gradient", "zero_grad writes into the gradient array, which somebody else may hold"
        )
    else:
        yield from _forgets(study)


def _forgets(study: OptimizerStudy) -> Iterator[Finding]:
    for settings in study.modes:
        params = study.params()
        expected = study.run(study.make(params, **settings), params, 4)
        params = study.params()
        optimizer = study.make(params, **settings)
        for step in range(4):
            study.run(optimizer, params, 1, first=step)
            guarded("zero_grad", optimizer.zero_grad)
        if not all(map(np.array_equal, expected, (p.data for p in params))):
            yield Finding("zero-grad-forgets", "zero_grad changes later steps: it resets state as well")
            return


def surroundings(study: OptimizerStudy) -> Iterator[Finding]:
    """The global random state and NumPy's error state are left alone, and two runs are the same.

    Faults: noise from `np.random`, `np.seterr`, state on the class or the module.
    Fix: no randomness in a step, or from a generator that is a setting.
    """
    runs = []
    with unusual(study.process) as changes:
        for _ in range(2):
            params = study.params()
            runs.append(study.run(study.make(params), params, 3))
        changed = changes()
    for name in changed:
        yield Finding("changes-global-state", f"a step changes {name}: leave it alone")
    if not all(np.array_equal(a, b) for a, b in zip(*runs, strict=True)):
        yield Finding(
            "not-deterministic",
            "two runs from the same start differ: is there state on the class or the module that a second "
            "instance shares, or randomness?",
        )


MEMORY = (
    Check("gradients", gradients, after=("in_place",)),
    Check("zero_grad", zero_grad, after=("in_place",)),
    Check("surroundings", surroundings, after=("in_place",)),
)
