"""The law `type`: the dtypes of the state, and the precision of a step."""

import numpy as np

from ...finding import Finding, Findings, Law, apply_judge, guard
from ...global_state import iterate_arrays
from ...samples.optimizer_run import OptimizerRun, cast, compare, nudge, select
from ...samples.optimizer_runs import OptimizerRuns

# Relative changes of gradients: the fine one is a tenth of the resolution of float32.
COARSE, FINE = 1e-3, 3e-9


def types(optimizer: OptimizerRuns) -> Findings:
    """State has the dtype of its parameter; float32 moves like float64, to the precision of float32.

    A float64 parameter follows a relative change of 3e-9 of its gradient, which float32 cannot represent.
    Faults: `np.zeros(shape)` for the momentum of float32, `grad.astype(np.float32)` for all.
    Fix: `np.zeros_like(data)`; compute in the dtype of `data`.
    """
    for run in optimizer.runs:
        yield from apply_judge(judge_state_dtype, run)
        if run.starts[0].dtype == np.float32:
            yield from apply_judge(judge_precision, run)
    yield from apply_judge(judge_resolution, select(optimizer.default_run, [0], 2))


def judge_state_dtype(run: OptimizerRun) -> Findings:
    """Yield arrays of the last state whose dtype is not that of the parameters."""
    dtype = run.starts[0].dtype
    for place, array in iterate_arrays(guard("state_dict", run.outcome[0].state_dict)):
        if array.dtype.kind == "f" and array.ndim and array.dtype != dtype:
            fact = f"state_dict(){place} is {array.dtype} for {dtype} parameters{run.description}"
            yield Finding("wrong-dtype", fact)


def judge_precision(run: OptimizerRun) -> Findings:
    """Yield that a run goes otherwise in float64."""
    fact, expected = "float32 moves otherwise than float64", cast(run, np.float64).positions
    yield from compare(run, run.positions, expected, "depends-on-dtype", fact)


def judge_resolution(run: OptimizerRun) -> Findings:
    """Yield that a fine change of gradients has no effect on a parameter of float64."""
    usual, coarse, fine = (nudge(run, size).positions[-1][0] for size in (0.0, COARSE, FINE))
    follows_gradient = coarse != usual  # a rule of signs does not
    if np.mean(follows_gradient & (fine == usual)) > 0.5:
        fact = f"a float64 gradient that changes by {FINE:g} is rounded, as to float32"
        yield Finding("imprecise", fact)


LAW = Law("type", types, after=("in_place", "frame"))
