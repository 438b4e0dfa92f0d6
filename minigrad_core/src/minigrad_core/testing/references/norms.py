"""Steps of a matrix's own length, or along its singular vectors."""

import numpy as np

from .adam import adamw, direction
from .typed import Settings, State, Values


def lamb(data: Values, grad: Values, state: State, settings: Settings) -> Values:
    """You et al. 2020, "Large batch optimization for deep learning", algorithm 2, with phi(z) = z.

    Where the parameter or its direction is zero, the ratio of their lengths is 1.
    """
    step = direction(grad, state, settings) + settings.get("weight_decay", 0.0) * data
    length, other = np.sqrt(np.sum(data**2)), np.sqrt(np.sum(step**2))
    return data - settings["lr"] * (length / other if length > 0 and other > 0 else 1.0) * step


def muon(data: Values, grad: Values, state: State, settings: Settings) -> Values:
    """Jordan et al. 2024, "Muon: an optimizer for hidden layers", with its average and Nesterov's momentum.

    Five times `s = 3.4445 s - 4.775 s^3 + 2.0315 s^5` on the singular values, which is what the Newton-Schulz
    iteration does to them, and `sqrt(max(1, fan_out / fan_in))` times that. A matrix is (in, out); a
    convolution (out, in, ...) is the matrix (out, in * ...). Vectors and scalars move by `adamw`.
    """
    if data.ndim < 2 or not data.size:
        return adamw(data, grad, state, settings)
    beta, lr = settings["momentum"], settings["lr"]
    m = state["m"] = beta * state.get("m", 0 * data) + (1 - beta) * grad
    ahead = beta * m + (1 - beta) * grad if settings["nesterov"] else m
    u, s, vt = np.linalg.svd(ahead.reshape(len(data), -1), full_matrices=False)
    s = s / max(float(np.sqrt(np.sum(s**2))), settings["eps"])
    for _ in range(5):
        s = 3.4445 * s - 4.775 * s**3 + 2.0315 * s**5
    ratio = vt.shape[1] / u.shape[0] if data.ndim == 2 else u.shape[0] / vt.shape[1]
    step = max(1.0, ratio) ** 0.5 * ((u * s) @ vt).reshape(data.shape)
    return data * (1 - lr * settings["weight_decay"]) - lr * step
