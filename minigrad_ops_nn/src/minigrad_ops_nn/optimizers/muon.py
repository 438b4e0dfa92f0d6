"""Muon: orthogonalized momentum."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from minigrad_core.contracts.optimizer import Params, State
from minigrad_core.testing import references

from .adam import apply_adam
from .averages import Settings, count_step, update_mean
from .validation import ValidatedOptimizer

# Coefficients of the iteration x -> a x + b x^3 + c x^5 on the singular values, tuned by Jordan et al. 2024.
_A, _B, _C = 3.4445, -4.7750, 2.0315


class Muon(ValidatedOptimizer):
    """Steps along the momentum, made nearly orthogonal. Jordan et al. 2024, "Muon".

    The momentum is `m = momentum * m + (1 - momentum) * g`, with Nesterov's look-ahead if `nesterov`. Five
    Newton-Schulz steps bring its singular values near 1, and the step is scaled by
    `sqrt(max(1, fan_out / fan_in))`. A convolution (out, in, ...) is treated as the matrix (out, in * ...).
    Vectors and scalars have no singular values: `adamw` with these betas updates them.

    Parameters
    ----------
    params : iterable of Parameter, or of groups
        The parameters to update.
    lr : float
        The learning rate, at least 0.
    momentum : float
        Decay rate of m, in [0, 1).
    nesterov : bool
        Orthogonalizes `momentum * m + (1 - momentum) * g`.
    weight_decay : float
        Decoupled: `p *= 1 - lr * weight_decay`.
    betas : (float, float)
        Decay rates of the rule for vectors and scalars.
    eps : float
        Added to the square root in the rule for vectors and scalars; also the least norm of a matrix.
    """

    name = "muon"
    reference = staticmethod(references.muon)

    def __init__(
        self,
        params: Params,
        lr: float = 1e-3,
        *,
        momentum: float = 0.95,
        nesterov: bool = True,
        weight_decay: float = 0.1,
        betas: tuple[float, float] = (0.9, 0.95),
        eps: float = 1e-7,
    ) -> None:
        super().__init__(
            params,
            lr=lr,
            momentum=momentum,
            nesterov=nesterov,
            weight_decay=weight_decay,
            betas=betas,
            eps=eps,
        )

    def update(self, data: NDArray[Any], grad: NDArray[Any], state: State, settings: Settings) -> None:
        data *= 1 - settings["lr"] * settings["weight_decay"]
        if data.ndim < 2 or not data.size:
            apply_adam(data, grad, state, settings)
            return
        count_step(state)
        beta = settings["momentum"]
        mean = update_mean(state, "mean", grad, beta, data)
        ahead = beta * mean + (1 - beta) * grad if settings["nesterov"] else mean
        matrix = ahead.reshape(len(data), -1)
        rows, columns = matrix.shape
        # Matrices are (in, out), as in x @ weight; convolutions are (out, in, ...).
        ratio = columns / rows if data.ndim == 2 else rows / columns
        rate = settings["lr"] * max(1.0, ratio) ** 0.5
        data -= rate * orthogonalize(matrix, settings["eps"]).reshape(data.shape)


def orthogonalize(matrix: NDArray[Any], eps: float) -> NDArray[Any]:
    """Return the matrix with its singular values moved into about [0.7, 1.2]."""
    x = matrix / max(float(np.sqrt(np.sum(matrix * matrix))), eps)
    wide = x.T if len(x) > x.shape[1] else x  # the smaller of the two Gram matrices
    for _ in range(5):
        gram = wide @ wide.T
        wide = _A * wide + (_B * gram + _C * gram @ gram) @ wide
    return wide.T if len(x) > x.shape[1] else wide
