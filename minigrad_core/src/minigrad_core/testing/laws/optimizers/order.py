"""Each parameter moves as it would alone, whatever else is in the list."""

from typing import Any

from ....contracts import Optimizer
from ...finding import Finding, Findings
from ...guarded import guarded
from ...samples.run import RATE, Run
from ...samples.runs import OptimizerRuns, parted
from ...surroundings import same_value


def order(optimizer: OptimizerRuns) -> Findings:
    """A parameter moves as it would alone, in any order and group, and rests where its gradient is None.

    None is no gradient of zero, which has momentum and decay: a step without a gradient is no step at all,
    for counts too. A group moves as an optimizer of its own with the settings that it overrides.
    Faults: a step count for all parameters, `for p, s in zip(those with a gradient, states)`, `return` at the
    first None, `self.lr` in `update`.
    Fix: one state for each parameter; `if p.grad is not None`; `settings` in `update` has the overrides.
    """
    # Nobody else owes groups.
    groups = isinstance(optimizer.cls, type) and issubclass(optimizer.cls, Optimizer)
    for run in optimizer.runs:
        for k in range(len(run.shapes)):
            yield from _alone(optimizer, run, k)
        if groups:
            yield from _grouped(optimizer, run)


def _alone(optimizer: OptimizerRuns, run: Run, k: int) -> Findings:
    """One parameter in an optimizer of its own, which does not step where it has no gradient."""
    param, shape = run.params()[k], run.shapes[k]
    made, together = optimizer.make([param], **run.settings), optimizer.trace(run).places
    for step in range(run.steps):
        optimizer.assign(made, run.assigned.get(step, {}))
        grads = run.grads(step)
        if grads[k] is not None:
            optimizer.step(made, [param], [grads[k]])
        if parted([[param.data]], [[together[step][k]]], run.dtype):
            if grads[k] is None:
                fact = f"a parameter whose gradient is None moves at step {step + 1}{run.told}"
                yield Finding("none-is-zero", fact)
            none = [n + 1 for n in range(step + 1) if any(g is None for g in run.grads(n))]
            told = f" (gradients were None at step {', '.join(map(str, none))})" if none else ""
            fact = f"shape {shape} does not move as it would alone, from step {step + 1} on{told}{run.told}"
            yield Finding("parameters-interfere", f"{fact}: is state, or a count, shared?")


def _grouped(optimizer: OptimizerRuns, run: Run) -> Findings:
    """Two groups in reverse order: one with the settings of the run, the other with the defaults."""
    # An override hides what is assigned.
    plain = run.assigned or optimizer.initial & run.settings.keys()
    base, mine = (run.settings, {}) if plain else ({"lr": 2 * RATE}, run.settings)
    other = optimizer.short if run in optimizer.alone and not plain else run
    params, half = run.params(), len(run.shapes) // 2
    made = _made(optimizer, params, base, mine, other.settings if mine else {})
    saved = guarded("state_dict", lambda: made.state_dict())
    again = _made(optimizer, run.params(), base, base, base)
    guarded("load_state_dict", lambda: again.load_state_dict(saved))
    if not same_value(guarded("state_dict", lambda: again.state_dict()), saved):
        yield Finding("state-lost", "overrides of groups are in the exported state, but are not restored")
    places = optimizer.go(made, params, run, last=min(run.steps, 3))
    for part, expected in ((slice(half, None), run), (slice(half), other)):
        alike = [now[part] for now in optimizer.trace(expected).places]
        if found := parted([now[part] for now in places], alike, run.dtype):
            fact = f"does not move as an optimizer of its own from step {found[0] + 1} on{run.told}"
            yield Finding("groups-ignored", f"a group that overrides {', '.join(mine) or 'nothing'} {fact}")
    for p, g in zip(params, run.grads(1), strict=True):
        p.grad = g
    guarded("zero_grad", lambda: made.zero_grad())
    if any(p.grad is not None for p in params):
        yield Finding("grad-not-none", "after zero_grad the gradients of a group are not None")


def _made(optimizer: OptimizerRuns, params: Any, base: Any, mine: Any, theirs: Any) -> Any:
    half = len(params) // 2
    groups = [{"params": params[half:][::-1], **mine}, {"params": params[:half][::-1], **theirs}]
    return optimizer.make(groups, **base)
