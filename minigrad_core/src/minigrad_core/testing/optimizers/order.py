"""No place of a parameter is special."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ...parameter import Parameter
from ..finding import Check, DoesNotApply, Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from .study import OptimizerStudy

STEPS = 3
WITHIN = 1e-3  # of the largest step: what multiplies matrices in low precision is right too


def order(study: OptimizerStudy) -> Iterator[Finding]:
    """Where the rows of a parameter and of its gradients change places, their steps do.

    Rules value by value are such, and those with norms, rows and columns, or matrix roots. What adds noise
    or takes turns moves equal values differently, and is not asked.
    Faults: a norm of the first row alone, a last value that is left out of a sum.
    Fix: `grad * grad` over all of it.
    """
    for settings in study.modes:
        for shape in ((5,), (4, 4)):
            (param,) = study.params((shape,))
            grads = [study.grads([param], step)[0] for step in range(STEPS)]
            even = _moved(study, settings, 0 * param.data + 0.7, [0 * g + 0.3 for g in grads])
            if np.ptp(even) > WITHIN * np.abs(even).max():
                raise DoesNotApply("it moves equal values differently: by chance, or in turn")
            there = _moved(study, settings, param.data, grads)
            back = _moved(study, settings, param.data[::-1], [g[::-1] for g in grads])[::-1]
            if np.any(np.abs(there - back) > WITHIN * np.abs(there).max()):
                yield Finding(
                    "depends-on-place",
                    f"a parameter of shape {shape} with its rows in reverse does not move as the rows do: "
                    "is one of them taken for all, or left out?",
                )
                return


def _moved(
    study: OptimizerStudy, settings: dict[str, Any], start: NDArray[Any], grads: list[NDArray[Any]]
) -> NDArray[Any]:
    param = Parameter(start.copy())
    optimizer = study.make([param], **settings)
    for grad in grads:
        study.step(optimizer, [param], [grad.copy()])
    return np.asarray(param.data - start)


ORDER = (Check("order", order, after=("in_place", "sizes")),)
