"""The law `descent`: steps lead down."""

import numpy as np

from ...finding import Finding, Findings, Law, apply_judge, guard
from ...samples.optimizer_run import OptimizerRun
from ...samples.optimizer_runs import OptimizerRuns

RATES = (0.05, 1e-3, 0.5)
DESCENT_STEPS = 6


def descent(optimizer: OptimizerRuns) -> Findings:
    """A quadratic goes down, at a small rate or a large one, with every setting that is not a flag.

    Faults: the gradient is added, one of two terms has the wrong sign.
    Fix: `data -= lr * grad`.
    """
    for run in (optimizer.default_run, *optimizer.single_changes):
        # A flag may ask for ascent.
        if not any(isinstance(v, bool) for v in run.settings.values()):
            yield from apply_judge(judge_descent, run)


def judge_descent(run: OptimizerRun) -> Findings:
    """Yield that steps bring p no nearer to c at any rate, with the gradient p - c of |p - c|^2 / 2.

    c is 3 times as far from zero as p, so weight decay alone leads away from c.
    """
    for lr in RATES:
        param = run.make_params()[0]
        target = 3 * param.data
        distance = np.abs(target - param.data).sum()
        optimizer = run.make([param], **{**run.settings, "lr": lr})
        for _ in range(DESCENT_STEPS):
            param.grad = param.data - target
            guard("step", lambda: optimizer.step())  # noqa: B023 - called at once
        if np.abs(target - param.data).sum() < distance:
            return
    fact = f"|p - c|^2 / 2 is larger after {DESCENT_STEPS} steps, at any rate{run.description}"
    yield Finding("ascends", fact)


LAW = Law("descent", descent, after=("in_place",))
