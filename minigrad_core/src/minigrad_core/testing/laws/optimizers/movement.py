"""The laws `in_place` and `descent`: a step moves the given arrays, and a quadratic goes down."""

from itertools import pairwise

import numpy as np

from ...finding import Finding, Findings
from ...samples.optimizer_runs import MIDDLE, OptimizerRun, OptimizerRuns

RATES = (0.05, 1e-3, 0.5)
DESCENT_STEPS = 6


def in_place(optimizer: OptimizerRuns) -> Findings:
    """A step changes `param.data` in place, also 0-d and empty arrays and zeros; values stay finite.

    Parameters come from any iterable. Like the `step` of the base class, a `step` of one's own sets
    `param.version` to a `next_version()`, so that stale graphs are refused, and raises if no parameter has a
    gradient.
    Faults: `param.data = param.data - ...`, an iterator that is used up, 0 / 0, a trust ratio of 0 for zeros.
    Fix: `param.data -= ...`, or `out=param.data`; `self.params = list(params)`; `sqrt(v) + eps`.
    """
    for run in optimizer.runs:
        for k, shape in enumerate(run.shapes):
            positions = [arrays[k] for arrays in optimizer.trajectory(run).positions]
            if not np.isfinite(positions).all():
                yield Finding("not-finite", f"steps make shape {shape} NaN or infinite{run.description}")
            # Each pair of steps: a rule of signs may return to a position. Settings may hold a parameter
            # still.
            is_still = all(np.array_equal(x, y) for x, y in pairwise(positions[MIDDLE - 1 :]))
            if is_still and run.settings.keys() == {"lr"} and 0 not in shape:
                fact = f"shape {shape} rests after step {MIDDLE}{run.description}: an iterator?"
                yield Finding("no-update", fact)


def descent(optimizer: OptimizerRuns) -> Findings:
    """A quadratic goes down, at a small rate or a large one, with every setting that is no flag.

    Faults: the gradient is added, one of two terms has the wrong sign.
    Fix: `data -= lr * grad`.
    """
    for run in (optimizer.default_run, *optimizer.single_changes):
        # A flag may ask for ascent.
        has_flag = any(isinstance(v, bool) for v in run.settings.values())
        if not has_flag and not any(_descends(optimizer, run, lr) for lr in RATES):
            fact = f"|p - c|^2 / 2 is larger after {DESCENT_STEPS} steps, at any rate{run.description}"
            yield Finding("ascends", fact)


def _descends(optimizer: OptimizerRuns, run: OptimizerRun, lr: float) -> bool:
    """Return whether steps bring p nearer to c, with the gradient p - c of |p - c|^2 / 2.

    c is 3 times as far from zero as p, so weight decay alone leads away from c.
    """
    param = run.make_params()[0]
    target = 3 * param.data
    distance = np.abs(target - param.data).sum()
    instance = optimizer.make([param], **{**run.settings, "lr": lr})
    for _ in range(DESCENT_STEPS):
        optimizer.take_step(instance, [param], [param.data - target])
    return bool(np.abs(target - param.data).sum() < distance)
