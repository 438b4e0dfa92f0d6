"""A step moves the arrays that it is given, and goes down."""

from itertools import pairwise

import numpy as np

from ...finding import Finding, Findings
from ...samples.optimizer_runs import MIDDLE, OptimizerRun, OptimizerRuns

RATES, DOWN = (0.05, 1e-3, 0.5), 6


def in_place(optimizer: OptimizerRuns) -> Findings:
    """A step changes `param.data` in place, 0-d and empty too; it moves, zeros too, and stays finite.

    Parameters come from any iterable. Like that of the base, a `step` of one's own sets `param.version` to a
    `next_version()`, so that stale graphs are refused, and raises where no parameter has a gradient.
    Faults: `param.data = param.data - ...`, an iterator that is used up, 0 / 0, a trust ratio of 0 for zeros.
    Fix: `param.data -= ...`, or `out=param.data`; `self.params = list(params)`; `sqrt(v) + eps`.
    """
    for run in optimizer.runs:
        for k, shape in enumerate(run.shapes):
            positions = [now[k] for now in optimizer.trajectory(run).positions]
            if not np.isfinite(positions).all():
                yield Finding("not-finite", f"steps make shape {shape} NaN or infinite{run.description}")
            # Step by step: a rule of signs may come back. A setting may well hold parameters where they are.
            still = all(np.array_equal(then, now) for then, now in pairwise(positions[MIDDLE - 1 :]))
            if still and run.settings.keys() == {"lr"} and 0 not in shape:
                yield Finding(
                    "no-update", f"shape {shape} rests after step {MIDDLE}{run.description}: an iterator?"
                )


def descent(optimizer: OptimizerRuns) -> Findings:
    """A quadratic goes down, at a small rate or a large one, with every setting that is no flag.

    Faults: the gradient added, a minus too many in one of two terms.
    Fix: `data -= lr * grad`.
    """
    for run in (optimizer.default_run, *optimizer.single_changes):
        flag = any(isinstance(v, bool) for v in run.settings.values())  # it may well ask for the way up
        if not flag and not any(_descends(optimizer, run, lr) for lr in RATES):
            yield Finding(
                "ascends", f"|p - c|^2 / 2 is larger after {DOWN} steps, at any rate{run.description}"
            )


def _descends(optimizer: OptimizerRuns, run: OptimizerRun, lr: float) -> bool:
    """Whether |p - c|^2 / 2, whose gradient is p - c, falls; c is so far out that no decay leads there."""
    param = run.params()[0]
    target = 3 * param.data
    start = np.abs(target - param.data).sum()
    made = optimizer.make([param], **{**run.settings, "lr": lr})
    for _ in range(DOWN):
        optimizer.step(made, [param], [param.data - target])
    return bool(np.abs(target - param.data).sum() < start)
