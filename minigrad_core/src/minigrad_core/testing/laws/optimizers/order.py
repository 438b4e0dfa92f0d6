"""The law `order`: a parameter moves as it would alone."""

from dataclasses import replace

import numpy as np

from ...finding import Finding, Findings, Law, apply_judge, guard
from ...samples.optimizer_run import OptimizerRun, compare, select
from ...samples.optimizer_runs import OptimizerRuns


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


LAW = Law("order", order, after=("in_place", "frame"))
