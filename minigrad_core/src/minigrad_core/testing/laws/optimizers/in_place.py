"""The law `in_place`: a step changes the arrays of the parameters."""

import numpy as np

from ....contracts import Optimizer
from ....engine.version_counter import next_version
from ...finding import Finding, Findings, Law, SubjectFailed, apply_judge, guard, is_refusal
from ...samples.optimizer_run import OptimizerRun
from ...samples.optimizer_runs import MIDDLE, OptimizerRuns


def in_place(optimizer: OptimizerRuns) -> Findings:
    """A step changes `param.data` in place, also 0-d and empty arrays and zeros; values stay finite.

    Parameters come from any iterable. Like the `step` of the base class, a `step` of one's own sets
    `param.version` to a `next_version()`, so that stale graphs are refused, and raises if no parameter has a
    gradient.
    Faults: `param.data = param.data - ...`, an iterator that is used up, 0 / 0, a trust ratio of 0 for zeros.
    Fix: `param.data -= ...`, or `out=param.data`; `self.params = list(params)`; `sqrt(v) + eps`.
    """
    for run in optimizer.runs:
        yield from apply_judge(judge_steps, run)
        yield from apply_judge(judge_empty_step, run)


def judge_steps(run: OptimizerRun) -> Findings:
    """Yield arrays that a step replaces, versions that it keeps, and parameters that rest or become NaN."""
    params = run.make_params()
    optimizer, arrays, positions = run.make(params), [p.data for p in params], [run.starts]
    for step, gradients in enumerate(run.gradients):
        version = next_version()
        positions += run.take_steps(optimizer, params, step, step + 1)
        for p, g, array in zip(params, gradients, arrays, strict=True):
            if p.data is not array:
                fact = f"a step replaces an array of shape {array.shape}: change that"
                yield Finding("replaces-data", fact)
            if isinstance(optimizer, Optimizer) and g is not None and p.version <= version:
                fact = "a step leaves param.version as it is: set it to next_version()"
                yield Finding("version-kept", fact)
    for k, start in enumerate(run.starts):
        path = np.array([arrays[k] for arrays in positions])
        if not np.isfinite(path).all():
            fact = f"steps make shape {start.shape} NaN or infinite{run.description}"
            yield Finding("not-finite", fact)
        # Each pair of steps: a rule of signs may return to a position. Settings may hold a parameter still.
        moves = np.diff(path[MIDDLE:], axis=0)
        if moves.size and not moves.any() and run.settings.keys() == {"lr"}:
            beginning = " that starts at zero" if not start.any() else ""
            fact = f"a parameter of shape {start.shape}{beginning} rests after step {MIDDLE}{run.description}"
            if all(np.array_equal(x, y) for x, y in zip(positions[MIDDLE], positions[-1], strict=True)):
                fact += ", like all others: is an iterator of parameters used up?"
            yield Finding("no-update", fact)


def judge_empty_step(run: OptimizerRun) -> Findings:
    """Yield that a step without any gradient is no error, as it is of the base class."""
    optimizer = run.make(params := run.make_params())
    run.take_steps(optimizer, params, last=1)
    for p in params:
        p.grad = None
    try:
        guard("step", lambda: optimizer.step())
    except SubjectFailed as failure:
        if not is_refusal(failure):
            raise
    else:
        if isinstance(optimizer, Optimizer):
            yield Finding("silent-step", "a step without any gradient is no error, as it is of the base")


LAW = Law("in_place", in_place)
