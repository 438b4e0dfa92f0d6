"""The laws `in_place`, `descent` and `order`: how a step moves the parameters."""

from itertools import pairwise

import numpy as np

from ...finding import Finding, Findings, guard
from ...samples.optimizer_runs import MIDDLE, RATE, OptimizerRun, OptimizerRuns

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
                fact = f"steps make shape {shape} NaN or infinite{run.description}"
                yield Finding("not-finite", fact, run=run, values={"kept": [k]})
            # Each pair of steps: a rule of signs may return to a position. Settings may hold a parameter
            # still.
            is_still = all(np.array_equal(x, y) for x, y in pairwise(positions[MIDDLE - 1 :]))
            if is_still and run.settings.keys() == {"lr"} and 0 not in shape:
                fact = f"shape {shape} rests after step {MIDDLE}{run.description}: an iterator?"
                yield Finding("no-update", fact, run=run, values={"kept": [k]})


def descent(optimizer: OptimizerRuns) -> Findings:
    """A quadratic goes down, at a small rate or a large one, with every setting that is not a flag.

    Faults: the gradient is added, one of two terms has the wrong sign.
    Fix: `data -= lr * grad`.
    """
    for run in (optimizer.default_run, *optimizer.single_changes):
        # A flag may ask for ascent.
        has_flag = any(isinstance(v, bool) for v in run.settings.values())
        if not has_flag and not any(_descends(optimizer, run, lr) for lr in RATES):
            fact = f"|p - c|^2 / 2 is larger after {DESCENT_STEPS} steps, at any rate{run.description}"
            yield Finding("ascends", fact, run=run, values={"kept": [0]})


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
        yield from _judge_order(optimizer, run)
    if optimizer.inherits_base and not optimizer.coupled:  # other classes need not have groups
        for run in (optimizer.default_run, *optimizer.single_changes):
            yield from _judge_groups(optimizer, run)


def _judge_order(optimizer: OptimizerRuns, run: OptimizerRun) -> Findings:
    """Compare a run with one optimizer for each parameter, which steps only if there is a gradient.

    If parameters are coupled, compare the run with one optimizer for all, in reverse order.
    """
    params, positions = run.make_params(), []
    places = range(len(params))
    parts = [places[::-1]] if optimizer.coupled else [places[k : k + 1] for k in places]
    instances = [optimizer.make([params[k] for k in part], **run.settings) for part in parts]
    for step in range(run.steps):
        gradients = run.make_gradients(step)
        for instance, part in zip(instances, parts, strict=True):
            optimizer.assign(instance, run.assigned.get(step, {}))
            if any(gradients[k] is not None for k in part):
                optimizer.take_step(instance, [params[k] for k in part], [gradients[k] for k in part])
        positions.append([p.data.copy() for p in params])
    fact = (
        f"a parameter does not move {'alike in reverse order' if optimizer.coupled else 'as it would alone'}"
    )
    actual, values = optimizer.trajectory(run).positions, {"kept": None, "coupled": bool(optimizer.coupled)}
    yield from run.compare(actual, positions, "parameters-interfere", fact, **values)


def _judge_groups(optimizer: OptimizerRuns, run: OptimizerRun) -> Findings:
    """Compare two groups in reverse order with two runs: the first group has the settings of the run.

    The second group has the defaults. The settings are loaded from a saved state, except for settings that
    are read at construction only.
    """
    default_run, params = optimizer.default_run, run.make_params()
    groups = [
        {"params": params[2:][::-1], **run.settings},
        {"params": params[:2][::-1], **default_run.settings},
    ]
    instance = optimizer.make(groups, lr=2 * RATE)
    if not optimizer.initial & run.settings.keys():
        saved = guard("state_dict", instance.state_dict)
        instance = optimizer.make([{"params": group["params"]} for group in groups], lr=0.0)
        optimizer.take_steps(instance, params, run, last=1)  # at a rate of 0, which only fills the state
        guard("load_state_dict", lambda: instance.load_state_dict(saved))
    defaults, changed = (optimizer.trajectory(r).positions for r in (default_run, run))
    expected = [[*x[:2], *y[2:]] for x, y in zip(defaults, changed, strict=True)]
    positions = optimizer.take_steps(instance, params, run, last=3)
    fact = f"a group with {[*run.settings]} of its own moves otherwise"
    values = {"kept": None, "rate": 2 * RATE, "is_initial": bool(optimizer.initial & run.settings.keys())}
    yield from run.compare(positions, expected, "groups-ignored", fact, **values)
    guard("zero_grad", instance.zero_grad)
    if any(p.grad is not None for p in params):
        yield Finding("grad-not-none", "after zero_grad the gradients of a group are not None")
