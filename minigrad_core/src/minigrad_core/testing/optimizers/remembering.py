"""A larger rate of decay remembers longer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ..finding import Broken, Check, DoesNotApply, Finding
from .averages import OF_THE_OLD
from .moments import decays
from .study import DECAYS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from .study import OptimizerStudy

STEPS = 8
SHORT, LONG = 0.6, 0.95


def remembering(study: OptimizerStudy) -> Iterator[Finding]:
    """Of one gradient that zeros follow, more is left under a larger `momentum`, `beta`, `alpha` or `rho`.

    Asked of rules whose steps are linear in the gradients: where a quotient of averages moves, the lower one
    may forget faster. By convention a rate is the weight of what is kept.
    Faults: an average in which a rate weighs what is new.
    Fix: `m = beta * m + (1 - beta) * grad`.
    """
    # With a count of steps for a setting a rule may go back in turns.
    turns = any(type(value) is int for value in study.settings.values())
    asked = False
    for name, value in study.settings.items():
        if turns or not decays(value) or not name.startswith(OF_THE_OLD):
            continue
        try:
            one, two = (_steps(study, {}, factor) for factor in (1.0, 2.0))
            short, long = (_left(_steps(study, {name: rate}, 1.0)) for rate in (SHORT, LONG))
        except Broken:
            continue  # refused
        if not np.allclose(two, 2 * one, rtol=1e-6, atol=0) or short is None or long is None:
            continue
        asked = True
        if long < 0.9 * short:
            yield Finding(
                "forgets-sooner",
                f"under {name}={LONG} less is left of a gradient than under {SHORT}: {name} weighs what is "
                "new, and by convention a rate weighs what is kept",
            )
            return
    if not asked:
        raise DoesNotApply("it has no rate of decay, or is not linear in the gradients")


def _left(steps: NDArray[Any]) -> float | None:
    """Return how large the last step is against the second, which no longer sees the gradient itself."""
    second, last = np.abs(steps[1]).sum(), np.abs(steps[-1]).sum()
    return float(last / second) if second else None


def _steps(study: OptimizerStudy, settings: dict[str, Any], factor: float) -> NDArray[Any]:
    free = {name: 0.0 for name in DECAYS if name in study.settings}
    (param,) = params = study.params()[:1]
    param.data *= 0.0  # no digit is lost to the parameter
    optimizer, places = study.make(params, **{**settings, **free}), [param.data.copy()]
    for step in range(STEPS):
        study.step(optimizer, params, [(factor if step == 0 else 0.0) * study.grads(params, 0)[0]])
        places.append(param.data.copy())
    return np.diff(np.array(places), axis=0)


REMEMBERING = (Check("remembering", remembering, after=("in_place", "averages")),)
