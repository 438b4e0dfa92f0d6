"""Each parameter moves as it would alone, whatever else is in the list."""

from typing import Any

from ....contracts import Optimizer
from ...finding import Finding, Findings
from ...guarded import guarded
from ...samples.run import RATE, Run
from ...samples.runs import OptimizerRuns, parted


def order(optimizer: OptimizerRuns) -> Findings:
    """A parameter moves as it would alone, in any order and group, and rests where its gradient is None.

    None is no gradient of zero, which has momentum and decay: a step without a gradient is no step at all,
    for counts too. A group moves as an optimizer of its own with the settings that it overrides.
    Faults: a step count for all parameters, `for p, s in zip(those with a gradient, states)`, `return` at the
    first None, `self.lr` in `update`.
    Fix: one state for each parameter; `if p.grad is not None`; `settings` in `update` has the overrides.
    """
    for run in optimizer.runs:
        yield from _alone(optimizer, run)
        # An override would hide what is assigned; nobody else owes groups.
        plain = not run.assigned and not optimizer.initial & run.settings.keys()
        if plain and isinstance(optimizer.cls, type) and issubclass(optimizer.cls, Optimizer):
            yield from _grouped(optimizer, run)


def _alone(optimizer: OptimizerRuns, run: Run) -> Findings:
    """Each parameter in an optimizer of its own, which does not step where it has no gradient."""
    params, places = run.params(), []
    each = [optimizer.make([p], **run.settings) for p in params]
    for step in range(run.steps):
        for made, p, g in zip(each, params, run.grads(step), strict=True):
            optimizer.assign(made, run.assigned.get(step, {}))
            if g is not None:
                optimizer.step(made, [p], [g])
        places.append([p.data.copy() for p in params])
    if found := parted(optimizer.trace(run).places, places, run.dtype):
        step, k = found
        if run.grads(step)[k] is None:
            fact = f"a parameter whose gradient is None moves at step {step + 1}{run.told}"
            yield Finding("none-is-zero", fact)
        fact = f"shape {run.shapes[k]} does not move as it would alone, from step {step + 1} on{run.told}"
        yield Finding("parameters-interfere", f"{fact}: is state, or a count, shared, or moved at None?")


def _grouped(optimizer: OptimizerRuns, run: Run) -> Findings:
    """Two groups in reverse order, restored from a saved state: one has the settings of the run."""
    other = optimizer.short if run in optimizer.alone else run
    params, half = run.params(), len(run.shapes) // 2
    saved = guarded("state_dict", _groups(optimizer, run.params(), run.settings, other.settings).state_dict)
    made = _groups(optimizer, params, {}, {})
    guarded("load_state_dict", lambda: made.load_state_dict(saved))
    places = optimizer.go(made, params, run, last=min(run.steps, 3))
    for part, expected in ((slice(half, None), run), (slice(half), other)):
        alike = [now[part] for now in optimizer.trace(expected).places]
        if found := parted([now[part] for now in places], alike, run.dtype):
            fact = (
                f"a group that overrides {', '.join(run.settings)}, restored from a state, does not move as"
            )
            yield Finding(
                "groups-ignored", f"{fact} an optimizer of its own from step {found[0] + 1} on{run.told}"
            )
    for p, g in zip(params, run.grads(1), strict=True):
        p.grad = g
    guarded("zero_grad", made.zero_grad)
    if any(p.grad is not None for p in params):
        yield Finding("grad-not-none", "after zero_grad the gradients of a group are not None")


def _groups(optimizer: OptimizerRuns, params: Any, mine: Any, theirs: Any) -> Any:
    half = len(params) // 2
    groups = [{"params": params[half:][::-1], **mine}, {"params": params[:half][::-1], **theirs}]
    return optimizer.make(groups, lr=2 * RATE)
