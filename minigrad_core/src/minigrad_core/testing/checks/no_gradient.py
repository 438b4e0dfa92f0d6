"""An operation that claims to have no gradient has none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ..finding import Check, DoesNotApply, Finding
from ..gradient import as_function, directions
from ..oracle import real_slope

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from ..study import Study


def no_gradient(study: Study) -> Iterator[Finding]:
    """`differentiable = False` is true: the output is flat almost everywhere.

    Faults: a function with a slope that claims to be flat, and would cut the graph in silence.
    Fix: write `backward`.
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


def _is_slope(value: NDArray[Any], again: NDArray[Any]) -> bool:
    """Whether a shorter step shows it too: a jump between the points would be four times it, or gone."""
    return bool(((np.abs(value) > 1e-3) & (np.abs(again - value) < 0.5 * np.abs(value))).any())


CHECK = Check("no_gradient", no_gradient, after=("cases",))
