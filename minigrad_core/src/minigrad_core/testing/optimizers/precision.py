"""float64 parameters are moved in float64."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ..finding import Check, DoesNotApply, Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from .study import OptimizerStudy

COARSE, FINE = 1e-3, 3e-9  # the fine one is a tenth of what float32 resolves
STEPS, MOVED = 4, 2


def precision(study: OptimizerStudy) -> Iterator[Finding]:
    """A change of a gradient of 3e-9 of its size changes a float64 parameter by as much as it should.

    Faults: `grad.astype(np.float32)` for all parameters, a step that is rounded to half precision.
    Fix: compute in the dtype of `param.data`.
    """
    smooth = False
    for settings in study.modes:
        plain, coarse, fine = (_run(study, settings, change) for change in (0.0, COARSE, FINE))
        slope = np.abs(coarse - plain) / COARSE
        follows = slope > 1e-6
        if follows.mean() < 0.5:
            continue  # a rule of signs does not follow small changes
        smooth = True
        ratio = float(np.median(np.abs(fine - plain)[follows] / FINE / slope[follows]))
        if not 0.3 < ratio < 3.0:
            yield Finding(
                "imprecise",
                f"a gradient that changes by {FINE:g} of its size changes a float64 parameter by {ratio:.2g} "
                "of what it should: is something rounded to a smaller dtype?",
            )
            return
    if not smooth:
        raise DoesNotApply("its steps do not follow small changes of a gradient")


def _run(study: OptimizerStudy, settings: dict[str, Any], change: float) -> NDArray[Any]:
    params = study.params(((40,),))
    optimizer = study.make(params, **settings)
    for step in range(STEPS):
        (grad,) = study.grads(params, step)
        if step == MOVED:
            grad = grad * (1 + change * study.rng("changes").uniform(0.5, 1, grad.shape))
        study.step(optimizer, params, [grad])
    return params[0].data


PRECISION = (Check("precision", precision, after=("in_place",)),)
