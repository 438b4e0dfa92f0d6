"""An operation that claims to have no gradient has none."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..finding import Check, DoesNotApply, Finding
from ..gradient import as_function, direction
from ..oracle import real_slope

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..study import Study


def no_gradient(study: Study) -> Iterator[Finding]:
    """`differentiable = False` is true: the output is flat almost everywhere.

    Faults: a function with a slope that claims to be flat, and would cut the graph in silence.
    Fix: write `backward`.
    """
    if study.differentiable:
        raise DoesNotApply("it has a gradient")
    rng = study.rng("no_gradient")
    for call in study.calls:
        for i in call.sample.floats:
            x, domain = call.sample.inputs[i], call.sample.domains[i]
            slope = real_slope(as_function(study.op, call.sample, [i]), [x], [direction(x, domain, rng)])
            if slope is not None and np.any(np.abs(slope.value) > 1e-3):
                name = call.sample.names[i]
                fact = f"differentiable = False, but the output has a slope in input {i} ({name})"
                yield Finding("not-flat", fact, call.sample)
                return


CHECK = Check("no_gradient", no_gradient, after=("cases",))
