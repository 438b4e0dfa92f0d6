"""A step changes the arrays that it is given."""

from itertools import pairwise

import numpy as np

from ....parameter import Parameter
from ...finding import Finding, Findings
from ...samples.run import MANY, Run
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
        for k in trace.replaced:
            fact = f"a step replaces the array of a parameter of shape {run.shapes[k]}{run.told}"
            yield Finding("replaces-data", f"{fact}: update param.data in place")
        if trace.recorded:
            yield Finding("recorded", "a step is recorded in the graph: update param.data, not the parameter")
        for step, now in enumerate(trace.places, 1):
            for shape, place in zip(run.shapes, now, strict=True):
                if not np.isfinite(place).all():
                    yield Finding("not-finite", f"step {step} makes shape {shape} NaN or infinite{run.told}")
        if run.settings.keys() == {"lr"}:  # a setting may well hold parameters where they are
            yield from _moving(optimizer, run)
    yield from _empty(optimizer)


def _moving(optimizer: OptimizerRuns, run: Run) -> Findings:
    begin = run.middle if run.steps == MANY else 0
    way = [[p.data for p in run.params()], *optimizer.trace(run).places][begin:]
    for k, shape in enumerate(run.shapes):  # step by step: a rule of signs may come back
        if all(np.array_equal(then[k], now[k]) for then, now in pairwise(way)):
            fact = f"a parameter of shape {shape} does not move after step {begin}{run.told}"
            yield Finding("no-update", fact)


def _empty(optimizer: OptimizerRuns) -> Findings:
    """Parameters without values, from an iterator that can be read once."""
    params = [Parameter(np.zeros(shape)) for shape in ((0,), (2, 0))] + optimizer.plain.params()[:1]
    made, way = optimizer.make(iter(params), **optimizer.plain.settings), []
    for step in (0, 1, 1, 1):
        optimizer.step(made, params, [*(p.data.copy() for p in params[:2]), optimizer.plain.grads(step)[0]])
        way.append(params[-1].data.copy())
    if all(np.array_equal(then, now) for then, now in pairwise(way)):
        yield Finding("no-update", "later steps move nothing: are parameters kept that were an iterator?")
