"""Momentum whose singular values are brought near 1."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from .adam import adamw

if TYPE_CHECKING:
    from .typed import Settings, State, Values

STEPS = 5
A, B, C = 3.4445, -4.7750, 2.0315


def muon(data: Values, grad: Values, state: State, settings: Settings) -> Values:
    """Jordan et al. 2024, "Muon: an optimizer for hidden layers", with its average and Nesterov's momentum.

    Five times `s = A s + B s^3 + C s^5` on the singular values, which is what the paper's Newton-Schulz
    iteration does to them, and `sqrt(max(1, fan_out / fan_in))` times that. A matrix is (in, out); a
    convolution (out, in, ...) is the matrix (out, in * ...). Vectors and scalars move by `adamw`.
    """
    if data.ndim < 2 or not data.size:
        return adamw(data, grad, state, settings)
    beta, lr = settings["momentum"], settings["lr"]
    m = state["m"] = beta * state.get("m", np.zeros_like(data)) + (1 - beta) * grad
    ahead = beta * m + (1 - beta) * grad if settings["nesterov"] else m
    u, s, vt = np.linalg.svd(ahead.reshape(len(data), -1), full_matrices=False)
    s = s / max(float(np.sqrt(np.sum(s**2))), settings["eps"])
    for _ in range(STEPS):
        s = A * s + B * s**3 + C * s**5
    rows, columns = u.shape[0], vt.shape[1]
    ratio = columns / rows if data.ndim == 2 else rows / columns
    step = max(1.0, ratio) ** 0.5 * ((u * s) @ vt).reshape(data.shape)
    return data * (1 - lr * settings["weight_decay"]) - lr * step
