"""Nothing that was handed in is written to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ...contracts.cases import IndexInto, Integers
from ..call import Call, backward, cotangents, forward
from ..finding import Broken, Check, Finding
from ..sample import Sample, is_float
from ..signed import signed_values

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from ...array import Shape
    from ..study import Study

ODD = (np.nan, np.inf, 0.0, -np.inf, 1.0, -1.0)


def purity(study: Study) -> Iterator[Finding]:
    """Forward changes no input; backward changes neither grad, nor inputs, nor outputs.

    Neither values nor `shape` nor `flags.writeable`, also when they hold NaN, infinity or zeros.
    Faults: `grad *= y`, `x -= x.max()`, `np.nan_to_num(x, copy=False)`, `out=` on something that was saved.
    Fix: compute into a new array.
    """
    for call in study.several_calls:
        finding = _finding(study, _odd(_descending(call.sample)), _signed)
        if finding:
            yield finding
            return


def _descending(sample: Sample) -> Sample:
    """Return the sample with indices in descending order: to sort them in place changes them for sure."""
    inputs = list(sample.inputs)
    for i, domain in enumerate(sample.domains):
        if isinstance(domain, IndexInto):
            low, high = 0, sample.inputs[sample.names.index(domain.name)].shape[domain.axis]
        elif isinstance(domain, Integers):
            low, high = domain.low, domain.high
        else:
            continue
        x = inputs[i]
        inputs[i] = (high - 1 - np.arange(x.size) % max(high - low, 1)).astype(x.dtype).reshape(x.shape)
    return sample.with_inputs(tuple(inputs))


def _odd(sample: Sample) -> Sample:
    """Return the sample with NaN, infinities and zeros here and there: every other value."""
    return sample.with_inputs(tuple(_with_odd_values(x) if is_float(x) else x for x in sample.inputs))


def _with_odd_values(x: NDArray[Any]) -> NDArray[Any]:
    changed = x.copy()
    places = changed.reshape(-1)[::2]
    places[...] = np.resize(ODD, places.shape)
    return changed


def _signed(shape: Shape) -> NDArray[Any]:
    return signed_values(0, 0, shape).copy()


def _finding(study: Study, sample: Sample, make: Any) -> Finding | None:
    sample = sample.with_inputs(tuple(np.array(x) if isinstance(x, np.ndarray) else x for x in sample.inputs))
    before = [_look(x) for x in sample.inputs]
    try:
        call = forward(study.op, sample)
    except Broken:
        return None
    for i, x in enumerate(sample.inputs):
        if _look(x) != before[i]:
            return Finding("writes-input", f"forward changes input {i} ({sample.names[i]}) in place", sample)
    if not (study.differentiable and sample.floats):
        return None
    return _after_backward(call, make, before)


def _after_backward(call: Call, make: Any, inputs: list[Any]) -> Finding | None:
    grads = cotangents(call, make)
    before, outputs = [_look(g) for g in grads], [_look(y) for y in call.outputs]
    try:
        backward(call, grads)
    except Broken:
        return None
    for k, g in enumerate(grads):
        if _look(g) != before[k]:
            return Finding("writes-grad", f"backward changes grad in place (that of output {k})", call.sample)
    for k, y in enumerate(call.outputs):
        if _look(y) != outputs[k]:
            return Finding("writes-output", f"backward changes output {k} of forward in place", call.sample)
    for i, x in enumerate(call.sample.inputs):
        if _look(x) != inputs[i]:
            name = call.sample.names[i]
            return Finding("writes-input", f"backward changes input {i} ({name}) in place", call.sample)
    return None


def _look(x: Any) -> Any:
    """Return what may not change: the values, the shape, and whether it can be written to."""
    return (x.tobytes(), x.shape, x.flags.writeable) if isinstance(x, np.ndarray) else repr(x)


CHECK = Check("purity", purity, after=("cases",))
