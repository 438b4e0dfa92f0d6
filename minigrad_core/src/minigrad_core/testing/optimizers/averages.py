"""Averages and sums of gradients, under a constant one: those of known mistakes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ..finding import Check, DoesNotApply, Finding
from .moments import STEPS, chooses_power, decays, sizes_of_steps

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from .study import OptimizerStudy

OF_THE_OLD = ("momentum", "mu", "beta", "rho", "decay", "alpha")  # by convention the weight of what is kept


def averages(study: OptimizerStudy) -> Iterator[Finding]:
    """Steps under a constant gradient are not exactly those of a known mistake.

    They follow from the rule alone: heavy ball goes (1 - mu^t) / (1 - mu) times lr g, RMSprop
    (1 - rho^t)^(-1/2) times lr, Adagrad t^(-1/2). A rule that is none of them is another rule.
    Faults: a rate that weighs what is new, a square or root that is forgotten, a velocity that counts twice.
    Fix: `v = mu * v + g`; `s = rho * s + (1 - rho) * g**2` and `g / (sqrt(s) + eps)`.
    """
    asked = False
    for settings in study.modes:
        rates = {k: v for k, v in {**study.settings, **settings}.items() if decays(v)}
        measured = sizes_of_steps(study, settings)
        several = len(rates) > 1 or any(isinstance(v, tuple) for v in study.settings.values())
        if measured is None or several or chooses_power(study.settings):
            continue
        asked = True
        sizes, _, grad = measured
        known = _of_rate(*next(iter(rates.items()))) if rates else _of_sums()
        for told, (expected, power) in known.items():
            if np.allclose(sizes, expected[:, None, None] * np.abs(grad) ** power, rtol=1e-4, atol=0):
                yield Finding("mistaken-average", f"the steps under a constant gradient are those of {told}")
                return
    if not asked:
        raise DoesNotApply("it has several rates of decay")


def _of_sums() -> dict[str, tuple[NDArray[Any], float]]:
    """Return the steps of mistakes without a rate, each as a factor of lr and the power of |g|."""
    t = np.arange(1.0, STEPS + 1)
    return {
        "a gradient that is applied twice": (np.full(STEPS, 2.0), 1.0),
        "a sum of |g|, not of its square": (t**-0.5, 0.5),
        "a sum of squares without its root": (1 / t, -1.0),
    }


def _of_rate(name: str, rate: float) -> dict[str, tuple[NDArray[Any], float]]:
    """Return the steps of mistakes with a rate of decay."""
    t = np.arange(1.0, STEPS + 1)
    kept, ball = 1 - rate**t, (1 - rate**t) / (1 - rate)  # an average, and heavy ball
    before = (1 - rate ** (t - 1)) / (1 - rate)
    swapped = 1 - (1 - rate) ** t
    found = {
        "a gradient that is applied twice": (np.full(STEPS, 2.0), 1.0),
        "a velocity that is applied twice": (2 * ball, 1.0),
        f"a velocity that keeps {name}**2 of itself": ((1 - rate ** (2 * t)) / (1 - rate**2), 1.0),
        "a velocity that is applied beside the whole of Nesterov's step": (rate * before + 1 + rate, 1.0),
        "an average of |g|, not of its square": (kept**-0.5, 0.5),
        "an average of squares without its root": (1 / kept, -1.0),
        f"a sum of squares, to which {name} is only a factor": ((t * (1 - rate)) ** -0.5, 0.0),
        f"a square of the last gradient alone, to which {name} is only a factor": (
            np.full(STEPS, (1 - rate) ** -0.5),
            0.0,
        ),
    }
    if name in OF_THE_OLD and abs(rate - 0.5) > 0.01:  # of a half, both weights are the same
        found |= {
            f"an average in which {name} weighs the new square, not the old average": (swapped**-0.5, 0.0),
            f"an average in which {name} weighs the new gradient, not the old average": (swapped, 1.0),
            f"a velocity that keeps 1 - {name} of itself": (swapped / rate, 1.0),
        }
    return found


AVERAGES = (Check("averages", averages, after=("in_place",)),)
