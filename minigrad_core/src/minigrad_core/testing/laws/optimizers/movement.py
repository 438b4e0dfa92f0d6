"""The laws `in_place`, `descent` and `order`: how a step moves the parameters."""

from dataclasses import replace

import numpy as np

from ....contracts import Optimizer
from ....engine.version_counter import next_version
from ...finding import Finding, Findings, SubjectFailed, apply_judge, guard, is_refusal
from ...samples.optimizer_run import OptimizerRun, compare, select
from ...samples.optimizer_runs import MIDDLE, OptimizerRuns

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


def order(optimizer: OptimizerRuns) -> Findings:
    """A parameter moves as it would alone, in any order and group, and rests where its gradient is None.

    None is not a gradient of zero: without a gradient, a step does not change the parameter or its step
    count.
    Faults: one step count for all parameters, `for p, s in zip(those with a gradient, states)`, `return` at
    the first None, `self.lr` in `update`, a loaded state that is added to the present one.
    Fix: one state for each parameter; `if p.grad is not None`; `settings` in `update` has a group's own. If a
    step combines parameters on purpose, say `coupled = "why"`: then only the order has no effect.
    """
    for run in optimizer.runs:
        yield from apply_judge(judge_reverse_order if optimizer.coupled else judge_interference, run)
    if optimizer.inherits_base and not optimizer.coupled:  # other classes need not have groups
        for run in (optimizer.default_run, *optimizer.single_changes):
            yield from apply_judge(judge_groups, run)


def judge_reverse_order(run: OptimizerRun) -> Findings:
    """Yield that parameters move otherwise if they come in reverse order."""
    reverse_run = select(run, range(len(run.starts))[::-1])
    positions = [arrays[::-1] for arrays in reverse_run.positions]
    fact = "a parameter does not move alike in reverse order"
    yield from compare(run, run.positions, positions, "parameters-interfere", fact)


def judge_interference(run: OptimizerRun) -> Findings:
    """Yield that parameters move otherwise if each has an optimizer of its own."""
    fact = "a parameter does not move as it would alone"
    if any(compare_with_singles(run, fact)):
        rows = [zip(row, run.starts, strict=True) for row in run.gradients]
        filled = [[np.ones_like(x) if g is None else g for g, x in row] for row in rows]
        if not any(compare_with_singles(replace(run, gradients=filled), fact)):
            fact += ", where another one has no gradient"
        yield from compare_with_singles(run, fact)


def compare_with_singles(run: OptimizerRun, fact: str) -> Findings:
    """Yield the first step at which a parameter moves otherwise than in a run of its own."""
    singles = [select(run, [k]).positions for k in range(len(run.starts))]
    positions = [[arrays[0] for arrays in row] for row in zip(*singles, strict=True)]
    yield from compare(run, run.positions, positions, "parameters-interfere", fact)


def judge_groups(run: OptimizerRun) -> Findings:
    """Yield that two groups in reverse order move otherwise than two runs: one group has the settings.

    The second group has the defaults. The settings are loaded from a saved state, except for settings that
    are read at construction only.
    """
    rate, half = run.settings["lr"], len(run.starts) // 2
    default_run = replace(run, settings={"lr": rate}, gradients=run.gradients[:3])
    params = run.make_params()
    groups = [
        {"params": params[half:][::-1], **run.settings},
        {"params": params[:half][::-1], "lr": rate},
    ]
    optimizer = run.make(groups, lr=2 * rate)
    if run.settings.keys().isdisjoint(run.cls.initial):
        saved = guard("state_dict", optimizer.state_dict)
        optimizer = run.make([{"params": group["params"]} for group in groups], lr=0.0)
        run.take_steps(optimizer, params, last=1)  # at a rate of 0, which only fills the state
        guard("load_state_dict", lambda: optimizer.load_state_dict(saved))
    paths = zip(default_run.positions, run.positions, strict=False)
    expected = [[*x[:half], *y[half:]] for x, y in paths]
    positions = run.take_steps(optimizer, params, last=3)
    fact = f"a group with {[*run.settings]} of its own moves otherwise"
    yield from compare(run, positions, expected, "groups-ignored", fact)
    guard("zero_grad", optimizer.zero_grad)
    if any(p.grad is not None for p in params):
        yield Finding("grad-not-none", "after zero_grad the gradients of a group are not None")
