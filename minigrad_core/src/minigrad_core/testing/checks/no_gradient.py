"""An operation that claims to have no gradient has none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ..call import flat, forward
from ..finding import Broken, Check, DoesNotApply, Finding
from ..gradient import as_function, directions
from ..oracle import real_slope

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from ..call import Call
    from ..study import Study

STEP = 2.0**-17


def no_gradient(study: Study) -> Iterator[Finding]:
    """`differentiable = False` is true: the output is flat almost everywhere, of complex values too.

    Faults: a function with a slope that claims to be flat, and would cut the graph in silence.
    Fix: write `backward`; or raise for complex values whose gradient is asked for (`ctx.needs`).
    """
    if study.differentiable:
        raise DoesNotApply("it has a gradient")
    for call in study.calls:
        for i, v in directions(call.sample).items():
            f, x = as_function(study.op, call.sample, [i]), call.sample.inputs[i]
            slope, shorter = real_slope(f, [x], [v]), real_slope(f, [x], [v / 4])
            if slope is not None and shorter is not None and _is_slope(slope.value, 4 * shorter.value):
                name = call.sample.names[i]
                fact = f"differentiable = False, but the output has a slope in input {i} ({name})"
                yield Finding("not-flat", fact, call.sample)
                return
            if _is_slope(_complex_slope(call, i, v, STEP), _complex_slope(call, i, v, STEP / 4)):
                name = call.sample.names[i]
                fact = f"differentiable = False, but for complex values input {i} ({name}) moves the output"
                yield Finding("not-flat", fact, call.sample)
                return


def _complex_slope(call: Call, i: int, v: NDArray[Any], step: float) -> NDArray[Any]:
    """Return the slope of the outputs, input `i` off the real axis; none if complex values are refused."""
    inputs, needs = call.sample.inputs, tuple(k == i for k in range(len(call.sample.inputs)))
    ends = [inputs[i] * (1 + 0.5j) + s * step * v * (1 + 1j) for s in (1, -1)]
    samples = [call.sample.with_inputs((*inputs[:i], z, *inputs[i + 1 :])) for z in ends]
    try:
        high, low = (flat(forward(call.op, sample, needs).outputs) for sample in samples)
    except Broken:
        return np.empty(0)
    return (high - low) / (2 * step) if high.shape == low.shape else np.empty(0)


def _is_slope(value: NDArray[Any], again: NDArray[Any]) -> bool:
    """Whether a shorter step shows it too: a jump between the points would be four times it, or gone."""
    return bool(((np.abs(value) > 1e-3) & (np.abs(again - value) < 0.5 * np.abs(value))).any())


CHECK = Check("no_gradient", no_gradient, after=("cases",))
