"""Linear maps, and recurrent networks step by step."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .activations import relu, sigmoid, to_floats

Array = NDArray[Any]


def affine(x: Array, weight: Array, bias: Array | None = None) -> Array:
    """Return `x @ weight + bias`."""
    return x @ weight if bias is None else to_floats(x) @ weight + bias


def embedding(indices: Any, weight: Array) -> Array:
    """Return the row of the weight at each index."""
    return np.array([weight[i] for i in np.ravel(indices)]).reshape(*np.shape(indices), weight.shape[1])


def rnn_cell(x: Array, h: Array, *weights: Any, nonlinearity: str = "tanh") -> Array:
    """Return tanh, or relu, of the sum of the weighted input and the weighted state."""
    from_x, from_h = _project(x, h, *weights)
    return np.asarray((relu if nonlinearity == "relu" else np.tanh)(from_x + from_h))


def gru_cell(x: Array, h: Array, *weights: Any) -> Array:
    """Return `(1 - z) m + z h` with the gates r, z and m."""
    (x_r, x_z, x_m), (h_r, h_z, h_m) = (np.split(part, 3, axis=-1) for part in _project(x, h, *weights))
    r, z = sigmoid(x_r + h_r), sigmoid(x_z + h_z)
    return (1 - z) * np.tanh(x_m + r * h_m) + z * h


def lstm_cell(x: Array, h: Array, c: Array, *weights: Any) -> tuple[Array, Array]:
    """Return h and c after a step; the gates are input, forget, candidate and output, in this order."""
    from_x, from_h = _project(x, h, *weights)
    i, f, g, o = np.split(from_x + from_h, 4, axis=-1)
    c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
    return sigmoid(o) * np.tanh(c), c


def rnn(x: Array, h: Array, *weights: Any, nonlinearity: str = "tanh") -> Array:
    """Return h after each step."""
    return _run(lambda row, h: rnn_cell(row, h, *weights, nonlinearity=nonlinearity), x, h)


def gru(x: Array, h: Array, *weights: Any) -> Array:
    """Return h after each step."""
    return _run(lambda row, h: gru_cell(row, h, *weights), x, h)


def lstm(x: Array, h: Array, c: Array, *weights: Any) -> tuple[Array, Array]:
    """Return h after each step, and the last c."""
    states = []
    for row in x:
        h, c = lstm_cell(row, h, c, *weights)
        states.append(h)
    return np.array(states).reshape(len(x), *h.shape), c


def _project(
    x: Array, h: Array, w_ih: Array, w_hh: Array, b_ih: Array | None = None, b_hh: Array | None = None
) -> tuple[Array, Array]:
    """Return the weighted input and the weighted state."""
    return affine(to_floats(x), w_ih, b_ih), affine(to_floats(h), w_hh, b_hh)


def _run(step: Callable[[Array, Array], Array], x: Sequence[Array] | Array, h: Array) -> Array:
    states = []
    for row in x:
        h = step(row, h)
        states.append(h)
    return np.array(states).reshape(len(x), *h.shape)
