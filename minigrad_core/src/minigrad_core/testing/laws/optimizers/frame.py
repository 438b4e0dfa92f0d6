"""The law `frame`: what a step may neither change, keep nor share."""

from collections.abc import Collection

import numpy as np

from ...finding import Finding, Findings, Law, Script, SubjectFailed, apply_judge, guard
from ...global_state import read_global_state, watch_global_state
from ...samples.optimizer_run import OptimizerRun, compare
from ...samples.optimizer_runs import OptimizerRuns
from ...variations import gaps

# Events around the steps of a run that may not change it: the fact of the finding, by its code.
DISTURBANCES = {
    "not-deterministic": "the same run goes two ways: is there chance, or state on the class?",
    "keeps-gradient": "what is written to a gradient after a step changes later steps",
    "zero-grad-forgets": "zero_grad changes later steps: it resets state as well",
    "instances-interfere": "another optimizer that steps changes this one: shared state",
    "depends-on-layout": "parameters and gradients that are views, not contiguous, move otherwise",
}


def frame(optimizer: OptimizerRuns) -> Findings:
    """A step writes to no gradient, keeps no gradient, and shares nothing with another optimizer.

    No global state changes, and memory layouts do not matter. `zero_grad` sets every gradient to None, also
    where other gradients are None already, and writes to no gradient.
    Faults: `grad += decay * data`, `state["v"] = grad` at the first step, a dict of state on the class, a
    `zero_grad` that stops at None, `ravel()` of a strided parameter, which is a copy, `np.random` in a step.
    Fix: compute into a new array, copy what is kept, make state in `__init__`.
    """

    def find_first(run: OptimizerRun, disturbances: Collection[str]) -> Finding | None:
        return next(apply_judge(judge_frame, run, disturbances=disturbances), None)

    with watch_global_state(optimizer.process_state) as (_, find_changes):
        for run in optimizer.runs:
            if finding := find_first(run, [*DISTURBANCES]):
                alone = (find_first(run, [code]) for code in DISTURBANCES)
                yield next(filter(None, alone), finding)
        changes = find_changes()
    for name in changes:
        fact = f"a step changes {name}: leave it alone"
        script = Script(judge_global_state, run=optimizer.default_run)  # a script cannot watch all of it
        yield Finding("changes-global-state", fact, script=script)


def judge_frame(run: OptimizerRun, disturbances: Collection[str]) -> Findings:
    """Yield that a run goes otherwise with some disturbances; the first one has the code of the finding.

    Raise SubjectFailed if a step or `zero_grad` changes a gradient, or `zero_grad` leaves a gradient.
    """
    layout = gaps if "depends-on-layout" in disturbances else np.array
    params, other_params = run.make_params(layout), run.make_params()
    optimizer, other = run.make(params), run.make(other_params)
    buffers = [layout(start) for start in run.starts]  # hold the gradients of one step after the other
    positions = []
    for step, row in enumerate(run.gradients):
        if "keeps-gradient" not in disturbances:
            buffers = [layout(buffer) for buffer in buffers]
        gradients = [None if g is None else b for g, b in zip(row, buffers, strict=True)]
        for b, g in zip(buffers, row, strict=True):
            b[...] = np.nan if g is None else g
        run.take_step(optimizer, params, step, gradients)
        gradients_after = [p.grad for p in params]
        if "zero-grad-forgets" in disturbances:
            guard("zero_grad", lambda: optimizer.zero_grad())
            if any(p.grad is not None for p in params):
                fact = "zero_grad leaves a gradient: does it stop where one is None?"
                raise SubjectFailed("grad-not-none", fact)
        if any(g is not h for g, h in zip(gradients_after, gradients, strict=True)):
            fact = f"a step sets the gradient of a parameter to another object, or to None{run.description}"
            raise SubjectFailed("writes-gradient", fact)
        if not all(np.array_equal(b, g) for b, g in zip(buffers, row, strict=True) if g is not None):
            fact = f"a step, or zero_grad, changes a gradient in place{run.description}"
            raise SubjectFailed("writes-gradient", fact)
        if "instances-interfere" in disturbances and step == 1:
            # Large gradients: a shared maximum would hide small ones.
            run.take_step(other, other_params, step, [None if g is None else 8 * g for g in row])
        positions.append([p.data.copy() for p in params])
    code = next(iter(disturbances))
    yield from compare(run, positions, run.positions, code, DISTURBANCES[code])


def judge_global_state(run: OptimizerRun) -> Findings:
    """Yield that a run changes global state."""
    before = read_global_state()
    run.take_steps(run.make(params := run.make_params()), params)
    if read_global_state() != before:
        yield Finding("changes-global-state", "a step changes global state: leave it alone")


LAW = Law("frame", frame, after=("in_place",))
