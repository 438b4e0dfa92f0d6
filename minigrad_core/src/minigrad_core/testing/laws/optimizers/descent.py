"""Steps go down."""

import numpy as np

from ....parameter import Parameter
from ...finding import Finding, Findings
from ...samples.run import Run
from ...samples.runs import OptimizerRuns

RATES = (0.05, 1e-3, 0.5)
STEPS = 6


def descent(optimizer: OptimizerRuns) -> Findings:
    """A quadratic goes down, at a small rate or a large one, with every setting that is no flag.

    Faults: the gradient added, a minus too many in one of two terms.
    Fix: `data -= lr * grad`.
    """
    for run in (optimizer.plain, *optimizer.alone):
        flags = any(isinstance(v, bool) and v != optimizer.defaults.get(k) for k, v in run.settings.items())
        # A flag may well ask for the way up.
        if not flags and not any(_descends(optimizer, run, lr) for lr in RATES):
            yield Finding("ascends", f"|p - c|^2 / 2 is larger after {STEPS} steps, at any rate{run.told}")


def _descends(optimizer: OptimizerRuns, run: Run, lr: float) -> bool:
    """Whether |p - c|^2 / 2, whose gradient is p - c, falls; c is so far out that no decay leads there."""
    params = [Parameter(p.data) for p in run.params()[:1]]
    target = 3 * params[0].data
    start = np.abs(target - params[0].data).sum()
    made = optimizer.make(params, **{**run.settings, "lr": lr})
    for _ in range(STEPS):
        optimizer.step(made, params, [params[0].data - target])
    return bool(np.abs(target - params[0].data).sum() < start)
