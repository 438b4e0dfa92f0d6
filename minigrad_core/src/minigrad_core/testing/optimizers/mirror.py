"""Neither sign is special."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ...parameter import Parameter
from ..finding import Check, DoesNotApply, Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from .study import OptimizerStudy

STEPS = 6
WITHIN = 1e-6


def mirror(study: OptimizerStudy) -> Iterator[Finding]:
    """Where steps depend on gradients alone, gradients of the other sign give the same steps the other way.

    What projects or multiplies a parameter depends on where it is; what adds noise moves without a gradient:
    neither is asked.
    Faults: `exp(g)` for `exp(|g|)`, a maximum of values where one of sizes is meant, `g > 0` for `g != 0`.
    Fix: `np.abs`, `np.sign`.
    """
    asked = False
    for settings in study.modes:
        plain, moved, turned = (
            _steps(study, settings, *given) for given in ((0.0, 1.0), (3.0, 1.0), (0.0, -1.0))
        )
        still = _steps(study, settings, 0.0, 0.0)
        scale = WITHIN * np.abs(plain).max()
        if still.any() or np.any(np.abs(moved - plain) > scale):
            continue
        asked = True
        if np.any(np.abs(turned + plain) > scale):
            step = int(np.argmax(np.any(np.abs(turned + plain) > scale, axis=(1, 2))))
            yield Finding(
                "depends-on-sign",
                f"gradients of the other sign do not give the same steps back, from step {step + 1} on",
            )
            return
    if not asked:
        raise DoesNotApply("a step depends on where a parameter is, or moves without a gradient")


def _steps(study: OptimizerStudy, settings: dict[str, Any], start: float, factor: float) -> NDArray[Any]:
    (param,) = params = [Parameter(study.params()[0].data + start)]
    optimizer, places = study.make(params, **settings), [param.data.copy()]
    for step in range(STEPS):
        study.step(optimizer, params, [factor * study.grads(params, step)[0]])
        places.append(param.data.copy())
    return np.diff(np.array(places), axis=0)


MIRROR = (Check("mirror", mirror, after=("in_place", "zero_gradient")),)
