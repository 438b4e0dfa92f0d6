"""Steps of one size: the sign decides."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from .momentum import penalised

if TYPE_CHECKING:
    from .typed import Settings, State, Values


def signsgd(data: Values, grad: Values, state: State, settings: Settings) -> Values:
    """Bernstein et al. 2018, "signSGD", algorithm 1; with `momentum` its Signum, algorithm 3."""
    g, momentum = penalised(data, grad, settings), settings.get("momentum", 0.0)
    m = state["m"] = momentum * state.get("m", np.zeros_like(data)) + (1 - momentum) * g
    return data - settings["lr"] * np.sign(m)


def lion(data: Values, grad: Values, state: State, settings: Settings) -> Values:
    """Chen et al. 2023, "Symbolic discovery of optimization algorithms", algorithm 2.

    The average moves after the step, with beta2; decay stands beside the sign.
    """
    beta1, beta2 = settings["betas"]
    m = state.get("m", np.zeros_like(data))
    direction = np.sign(beta1 * m + (1 - beta1) * grad)
    state["m"] = beta2 * m + (1 - beta2) * grad
    return data - settings["lr"] * (direction + settings.get("weight_decay", 0.0) * data)
