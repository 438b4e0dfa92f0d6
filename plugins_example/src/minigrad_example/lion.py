"""Lion: an optimizer that steps by the sign of an average of gradients."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from minigrad_core import Optimizer
from minigrad_core.testing import references

if TYPE_CHECKING:
    from minigrad_core.contracts.optimizer import Params, State


class Lion(Optimizer):
    """p -= lr (sign(beta1 m + (1 - beta1) g) + weight_decay p), then m = beta2 m + (1 - beta2) g.

    Chen et al. 2023, "Symbolic Discovery of Optimization Algorithms", algorithm 2.

    Parameters
    ----------
    params : iterable of Parameter, or of groups
        The parameters to update.
    lr : float
        The size of each step, at least 0; about a tenth of Adam's.
    betas : (float, float)
        The weight of the average in a step, and the decay rate of the average, each in [0, 1).
    weight_decay : float
        A step subtracts `lr * weight_decay` times the parameter.
    """

    name = "lion"
    reference = staticmethod(references.lion)

    def __init__(
        self,
        params: Params,
        lr: float = 1e-4,
        *,
        betas: tuple[float, float] = (0.9, 0.99),
        weight_decay: float = 0.0,
    ) -> None:
        super().__init__(params, lr=lr, betas=betas, weight_decay=weight_decay)

    def update(
        self, data: NDArray[Any], grad: NDArray[Any], state: State, settings: Mapping[str, Any]
    ) -> None:
        """Change `data` in place; `state` holds the average."""
        beta1, beta2 = settings["betas"]
        average = state.setdefault("average", np.zeros_like(data))
        direction = np.sign(beta1 * average + (1 - beta1) * grad)
        data -= settings["lr"] * (direction + settings["weight_decay"] * data)
        average *= beta2
        average += (1 - beta2) * grad
