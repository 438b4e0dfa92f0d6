"""A step changes the arrays that it is given."""

from itertools import pairwise

import numpy as np

from ...finding import Finding, Findings
from ...samples.run import MANY
from ...samples.runs import OptimizerRuns


def in_place(optimizer: OptimizerRuns) -> Findings:
    """A step changes `param.data` in place: the same array, 0-d and empty too.

    Parameters may come from any iterable, as `model.parameters()` gives them. With gradients that are no
    zeros a parameter moves, one of zeros too, and stays finite.
    Faults: `param.data = param.data - ...`, an iterator that is used up by the first step, 0 / 0 without an
    epsilon, a trust ratio |p| / |d| that holds zeros for ever.
    Fix: `param.data -= ...`, or `out=param.data`; `self.params = list(params)`; `sqrt(v) + eps`.
    """
    for run in optimizer.runs:
        trace = optimizer.trace(run)
        begin = run.middle if run.steps == MANY else 0
        way = [[p.data for p in run.params()], *trace.places]
        for k, shape in enumerate(run.shapes):
            if k in trace.replaced:
                fact = f"a step replaces the array of a parameter of shape {shape}{run.told}"
                yield Finding("replaces-data", f"{fact}: update param.data in place")
            if not all(np.isfinite(now[k]).all() for now in way):
                yield Finding("not-finite", f"steps make shape {shape} NaN or infinite{run.told}")
            moved = [not np.array_equal(then[k], now[k]) for then, now in pairwise(way[begin:])]
            # Step by step: a rule of signs may come back. A setting may well hold parameters where they are.
            if run.settings.keys() == {"lr"} and 0 not in shape and not any(moved):
                fact = f"a parameter of shape {shape} does not move after step {begin}{run.told}"
                yield Finding("no-update", f"{fact}: are parameters kept that were an iterator?")
