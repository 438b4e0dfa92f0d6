"""Each parameter moves as it would alone, whatever else is in the list."""

from ...finding import Finding, Findings
from ...guarded import guarded
from ...samples.runs import RATE, STEPS, OptimizerRuns, Run


def order(optimizer: OptimizerRuns) -> Findings:
    """A parameter moves as it would alone, in any order and group, and rests where its gradient is None.

    None is no gradient of zero: a step without a gradient is no step at all, for counts too.
    Faults: a step count for all parameters, `for p, s in zip(those with a gradient, states)`, `return` at the
    first None, `self.lr` in `update`.
    Fix: one state for each parameter; `if p.grad is not None`; `settings` in `update` has a group's own.
    """
    for run in optimizer.runs:
        yield from _alone(optimizer, run)
    for run in (optimizer.plain, *optimizer.alone):
        if optimizer.of_the_base and not optimizer.initial & run.settings.keys():  # nobody else owes groups
            yield from _grouped(optimizer, run)


def _alone(optimizer: OptimizerRuns, run: Run) -> Findings:
    """Each parameter in an optimizer of its own, which does not step where it has no gradient."""
    params, places = run.params(), []
    each = [optimizer.make([p], **run.settings) for p in params]
    for step in range(STEPS):
        for made, p, g in zip(each, params, run.grads(step), strict=True):
            if g is not None:
                optimizer.step(made, [p], [g], run.assigned.get(step, {}))
        places.append([p.data.copy() for p in params])
    if where := run.parted(optimizer.trace(run).places, places):
        fact = f"a parameter does not move as it would alone{where}"
        yield Finding("parameters-interfere", f"{fact}: is state, or a count, shared, or moved at None?")


def _grouped(optimizer: OptimizerRuns, run: Run) -> Findings:
    """Two groups in reverse order, restored from a saved state: one has the settings of the run."""
    plain, params = optimizer.plain, run.params()
    groups = [{"params": params[2:][::-1], **run.settings}, {"params": params[:2][::-1], **plain.settings}]
    saved = guarded("state_dict", optimizer.make(groups, lr=2 * RATE).state_dict)
    made = optimizer.make([{"params": group["params"]} for group in groups], lr=2 * RATE)
    guarded("load_state_dict", lambda: made.load_state_dict(saved))
    ways = zip(optimizer.trace(plain).places, optimizer.trace(run).places, strict=True)
    if where := run.parted(optimizer.go(made, params, run, last=3), [[*a[:2], *b[2:]] for a, b in ways]):
        fact = f"a group that overrides {', '.join(run.settings)}, restored from a state, does not move as"
        yield Finding("groups-ignored", f"{fact} an optimizer of its own{where}")
    for p in params:
        p.grad = p.data
    guarded("zero_grad", made.zero_grad)
    if any(p.grad is not None for p in params):
        yield Finding("grad-not-none", "after zero_grad the gradients of a group are not None")
