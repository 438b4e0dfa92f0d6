"""Each parameter moves as it would alone, whatever else is in the list."""

from ...finding import Finding, Findings
from ...guard import guard
from ...samples.optimizer_runs import RATE, OptimizerRun, OptimizerRuns


def order(optimizer: OptimizerRuns) -> Findings:
    """A parameter moves as it would alone, in any order and group, and rests where its gradient is None.

    None is no gradient of zero: a step without a gradient is no step at all, for counts too.
    Faults: a step count for all parameters, `for p, s in zip(those with a gradient, states)`, `return` at the
    first None, `self.lr` in `update`, a state that is added to by what is loaded.
    Fix: one state for each parameter; `if p.grad is not None`; `settings` in `update` has a group's own.
    """
    for run in optimizer.runs:
        yield from _judge_alone(optimizer, run)
    for run in (optimizer.default_run, *optimizer.single_changes):
        yield from _judge_groups(optimizer, run) if optimizer.inherits_base else ()  # nobody else owes groups


def _judge_alone(optimizer: OptimizerRuns, run: OptimizerRun) -> Findings:
    """Each parameter in an optimizer of its own, which does not step where it has no gradient."""
    params, positions = run.params(), []
    each = [optimizer.make([p], **run.settings) for p in params]
    for step in range(run.steps):
        for made, p, g in zip(each, params, run.gradients(step), strict=True):
            if g is not None:
                optimizer.step(made, [p], [g], run.assigned.get(step, {}))
        positions.append([p.data.copy() for p in params])
    if where := run.find_divergence(optimizer.trajectory(run).positions, positions):
        yield Finding("parameters-interfere", f"a parameter does not move as it would alone{where}")


def _judge_groups(optimizer: OptimizerRuns, run: OptimizerRun) -> Findings:
    """Two groups in reverse order, restored from a saved state: one has the settings of the run."""
    plain, params = optimizer.default_run, run.params()
    groups = [{"params": params[2:][::-1], **run.settings}, {"params": params[:2][::-1], **plain.settings}]
    made = optimizer.make(groups, lr=2 * RATE)
    if not optimizer.initial & run.settings.keys():  # which may be read before it is restored
        saved = guard("state_dict", made.state_dict)
        made = optimizer.make([{"params": group["params"]} for group in groups], lr=0.0)
        optimizer.take_steps(made, params, run, last=1)  # moves nothing, and fills the state
        guard("load_state_dict", lambda: made.load_state_dict(saved))
    ways = zip(optimizer.trajectory(plain).positions, optimizer.trajectory(run).positions, strict=True)
    if where := run.find_divergence(
        optimizer.take_steps(made, params, run, last=3), [[*a[:2], *b[2:]] for a, b in ways]
    ):
        yield Finding("groups-ignored", f"a group with {[*run.settings]} of its own moves otherwise{where}")
    guard("zero_grad", made.zero_grad)
    if any(p.grad is not None for p in params):
        yield Finding("grad-not-none", "after zero_grad the gradients of a group are not None")
