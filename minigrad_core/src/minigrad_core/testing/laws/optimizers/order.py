"""The law `order`: each parameter moves as it would alone, whatever else the optimizer holds."""

from ...finding import Finding, Findings
from ...guard import guard
from ...samples.optimizer_runs import RATE, OptimizerRun, OptimizerRuns


def order(optimizer: OptimizerRuns) -> Findings:
    """A parameter moves as it would alone, in any order and group, and rests where its gradient is None.

    None is not a gradient of zero: a step without a gradient is no step for this parameter, and its step
    count stays.
    Faults: one step count for all parameters, `for p, s in zip(those with a gradient, states)`, `return` at
    the first None, `self.lr` in `update`, a loaded state that is added to the present one.
    Fix: one state for each parameter; `if p.grad is not None`; `settings` in `update` has a group's own.
    """
    for run in optimizer.runs:
        yield from _judge_alone(optimizer, run)
    if optimizer.inherits_base:  # other classes need not have groups
        for run in (optimizer.default_run, *optimizer.single_changes):
            yield from _judge_groups(optimizer, run)


def _judge_alone(optimizer: OptimizerRuns, run: OptimizerRun) -> Findings:
    """Compare a run with one optimizer for each parameter, which steps only if there is a gradient."""
    params, positions = run.make_params(), []
    instances = [optimizer.make([p], **run.settings) for p in params]
    for step in range(run.steps):
        for instance, p, g in zip(instances, params, run.make_gradients(step), strict=True):
            if g is not None:
                optimizer.take_step(instance, [p], [g], run.assigned.get(step, {}))
        positions.append([p.data.copy() for p in params])
    if divergence := run.find_divergence(optimizer.trajectory(run).positions, positions):
        yield Finding("parameters-interfere", f"a parameter does not move as it would alone{divergence}")


def _judge_groups(optimizer: OptimizerRuns, run: OptimizerRun) -> Findings:
    """Compare two groups in reverse order with two runs: the first group has the settings of the run.

    The second group has the defaults. Settings are restored from a saved state, but for those that are read
    at construction only.
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
    if divergence := run.find_divergence(optimizer.take_steps(instance, params, run, last=3), expected):
        fact = f"a group with {[*run.settings]} of its own moves otherwise{divergence}"
        yield Finding("groups-ignored", fact)
    guard("zero_grad", instance.zero_grad)
    if any(p.grad is not None for p in params):
        yield Finding("grad-not-none", "after zero_grad the gradients of a group are not None")
