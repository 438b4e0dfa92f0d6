"""Nothing but the parameters, and the state of this optimizer, changes in a step."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ....parameter import Parameter
from ...finding import Finding
from ...guarded import guarded
from ...samples.runs import parted
from ...surroundings import unusual

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...samples.optimizer import OptimizerRuns
    from ...samples.runs import Places, Run


@dataclass(frozen=True)
class Around:
    """What happens around the steps of a run, none of which may matter."""

    overwritten: bool = False  # the gradients' memory is used for something else after each step
    emptied: bool = False  # zero_grad is called
    beside: bool = False  # another optimizer of the class steps too
    views: bool = False  # parameters and gradients are views: transposed, and not contiguous


ALL = Around(overwritten=True, emptied=True, beside=True, views=True)
CODES = {
    Around(): (
        "not-deterministic",
        "the same run twice goes two ways{}: is there chance, or state on the class or the module that a "
        "second instance shares?",
    ),
    Around(overwritten=True): (
        "keeps-gradient",
        "a gradient is kept after the step{}: what is written to its memory later changes the run",
    ),
    Around(emptied=True): ("zero-grad-forgets", "zero_grad changes later steps{}: it resets state as well"),
    Around(views=True): (
        "depends-on-layout",
        "parameters and gradients that are views, transposed and not contiguous, move otherwise{}",
    ),
    Around(beside=True): ("instances-interfere", "two optimizers disturb each other{}: they share state"),
}


def frame(optimizer: OptimizerRuns) -> Iterator[Finding]:
    """A step writes to no gradient and keeps none, shares nothing with another optimizer, moves nothing global.

    How parameters and gradients lie in memory does not matter, nor what was computed before. `zero_grad` sets every gradient to None, wherever another one is None already, and writes to none. The
    same run twice goes the same way.
    Faults: `grad += decay * data`, `state["v"] = grad` at the first step, a dict of state on the class,
    a `zero_grad` that stops at None, `ravel()` of a strided parameter, which is a copy, `np.random` in a step.
    Fix: compute into a new array, copy what is kept, make state in `__init__`.
    """
    with unusual(optimizer.process) as changes:
        for run in optimizer.runs:
            found = _around(optimizer, run, ALL)
            if isinstance(found, Finding):
                yield found
                return
            expected = optimizer.trace(run).places
            if parted(found, expected, run.dtype):
                yield _blamed(optimizer, run, expected)
                return
        changed = changes()
    for name in changed:
        yield Finding("changes-global-state", f"a step changes {name}: leave it alone")
        return


def _blamed(optimizer: OptimizerRuns, run: Run, expected: Places) -> Finding:
    """Return which of the things around the steps changes them."""
    for around, (code, fact) in CODES.items():
        found = _around(optimizer, run, around)
        if not isinstance(found, Finding) and parted(found, expected, run.dtype):
            return Finding(code, fact.format(run.told))
    return Finding("not-deterministic", f"the same run twice goes two ways{run.told}")


def _around(optimizer: OptimizerRuns, run: Run, around: Around) -> Places | Finding:
    params, others = run.params(), run.params()
    if around.views:
        params = [Parameter(_elsewhere(p.data)) for p in params]
    made = optimizer.make(params, **run.settings)
    other = optimizer.make(others, **run.settings) if around.beside else None
    arrays = [_elsewhere(p.data) if around.views else p.data.copy() for p in params]
    places = []
    for step in range(run.steps):
        optimizer.assign(made, run.assigned.get(step, {}))
        grads = run.grads(step)
        for array, g in zip(arrays, grads, strict=True):
            if g is not None:
                array[...] = g
        held = [None if g is None else array for array, g in zip(arrays, grads, strict=True)]
        optimizer.step(made, params, held)
        if any(p.grad is not h or not _equal(h, g) for p, h, g in zip(params, held, grads, strict=True)):
            return Finding("writes-gradient", f"a step changes the gradient that it is given{run.told}")
        if around.overwritten:
            for array in arrays:
                array[...] = np.nan
        if around.emptied and (finding := _emptied(made, params, held)):
            return finding
        if other is not None and step == 1:  # large ones: a maximum that is shared would hide small ones
            large = [None if g is None else 8 * g for g in run.grads(step + 1)]
            optimizer.step(other, others, large)
        places.append([p.data.copy() for p in params])
    return places


def _emptied(made: Any, params: Any, held: Any) -> Finding | None:
    kept = [None if h is None else h.copy() for h in held]
    guarded("zero_grad", lambda: made.zero_grad())
    if any(p.grad is not None for p in params):
        beside = ", where another one was None before" if any(h is None for h in held) else ""
        return Finding("grad-not-none", f"after zero_grad a gradient is not None{beside}")
    if not all(map(_equal, held, kept)):
        return Finding("writes-gradient", "zero_grad writes into a gradient, which somebody else may hold")
    return None


def _equal(x: Any, y: Any) -> bool:
    return x is y or bool(x.tobytes() == y.tobytes())


def _elsewhere(array: Any) -> Any:
    """Return the same values as a view: transposed, and not contiguous."""
    if not array.ndim:
        return np.full(3, array)[1:2].reshape(())
    wide = np.zeros((2 * len(array), *array.shape[1:]), array.dtype, order="F")
    wide[::2] = array
    return wide[::2]
