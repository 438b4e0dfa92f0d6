"""A step changes the arrays that it is given, whatever they look like in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ....parameter import Parameter
from ...finding import Finding
from ...samples.runs import MIDDLE, parted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...samples.optimizer import OptimizerRuns
    from ...samples.runs import Run


def in_place(optimizer: OptimizerRuns) -> Iterator[Finding]:
    """A step changes `param.data` in place: the same array, in any memory layout, 0-d and empty too.

    Parameters may come from any iterable, as `model.parameters()` gives them. With gradients that are no
    zeros a parameter moves, one of zeros too, and stays finite.
    Faults: `param.data = param.data - ...`, `ravel()` of a strided parameter, which is a copy, an iterator
    that is used up by the first step, a trust ratio |p| / |d| that holds zeros for ever.
    Fix: `param.data -= ...`, or `out=param.data`; `self.params = list(params)`; `sqrt(v) + eps`.
    """
    for run in optimizer.runs:
        for finding in (*_places(optimizer, run), *_layouts(optimizer, run)):
            yield finding
            return


def _places(optimizer: OptimizerRuns, run: Run) -> Iterator[Finding]:
    trace = optimizer.trace(run)
    for k in trace.replaced:
        yield Finding(
            "replaces-data",
            f"a step replaces the array of a parameter of shape {run.shapes[k]} by another{run.told}: update "
            "param.data in place",
        )
    for _ in trace.recorded:
        yield Finding("recorded", "an update is recorded in the graph: update param.data, not the parameter")
    starts = [p.data for p in run.params()]
    for step, now in enumerate(trace.places):
        for k, place in enumerate(now):
            if not np.isfinite(place).all():
                yield Finding(
                    "not-finite",
                    f"step {step + 1} makes a parameter of shape {run.shapes[k]} NaN or infinite{run.told}",
                )
    if run.settings.keys() == {"lr"}:  # a setting may well hold parameters where they are
        half = [starts, *trace.places][run.steps // 2 if run.steps > 2 * MIDDLE + 1 else 0]
        for k, (then, last) in enumerate(zip(half, trace.places[-1], strict=True)):
            if np.array_equal(then, last):
                late = "" if half is starts else f" after step {run.steps // 2}"
                yield Finding("no-update", f"a parameter of shape {run.shapes[k]} does not move{late}{run.told}")


def _layouts(optimizer: OptimizerRuns, run: Run) -> Iterator[Finding]:
    params = [Parameter(_elsewhere(p.data)) for p in run.params()]
    empty = [Parameter(np.zeros(shape, run.dtype)) for shape in ((0,), (2, 0))]
    arrays = [p.data for p in params]
    made = optimizer.make(iter([*params, *empty]), **run.settings)
    places = []
    for step in range(MIDDLE if run.steps > MIDDLE else run.steps):
        optimizer.assign(made, run.assigned.get(step, {}))
        grads = [None if g is None else _elsewhere(g) for g in run.grads(step)]
        optimizer.step(made, [*params, *empty], [*grads, *(p.data.copy() for p in empty)])
        places.append([array.copy() for array in arrays])
    if found := parted(places, optimizer.trace(run).places, run.dtype):
        step, k = found
        yield Finding(
            "depends-on-layout",
            f"a parameter of shape {run.shapes[k]} that is a view, with a gradient that is one, moves "
            f"otherwise at step {step + 1}{run.told}",
        )


def _elsewhere(array: Any) -> Any:
    """Return the same values as a view: transposed, and not contiguous."""
    if not array.ndim:
        return np.full(3, array)[1:2].reshape(())
    wide = np.zeros((2 * len(array), *array.shape[1:]), array.dtype, order="F")
    wide[::2] = array
    return wide[::2]
