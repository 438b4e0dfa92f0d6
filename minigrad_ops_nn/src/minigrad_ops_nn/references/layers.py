"""Linear layers and recurrent ones, a step at a time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .activations import relu, sigmoid
from .numbers import to_floats

Array = NDArray[Any]


def affine(x: Array, weight: Array, bias: Array | None = None) -> Array:
    """Return `x @ weight + bias`."""
    return x @ weight if bias is None else to_floats(x) @ weight + bias


def embedding(indices: Any, weight: Array) -> Array:
    """Return a row of the weight for each index."""
    return np.array([weight[i] for i in np.ravel(indices)]).reshape(*np.shape(indices), weight.shape[1])


def rnn_cell(
    x: Array,
    h: Array,
    weight_ih: Array,
    weight_hh: Array,
    bias_ih: Array | None = None,
    bias_hh: Array | None = None,
    *,
    nonlinearity: str = "tanh",
) -> Array:
    """Return the tangent, or the rectifier, of both products."""
    function = relu if nonlinearity == "relu" else np.tanh
    return np.asarray(
        function(affine(to_floats(x), weight_ih, bias_ih) + affine(to_floats(h), weight_hh, bias_hh))
    )


def gru_cell(
    x: Array,
    h: Array,
    weight_ih: Array,
    weight_hh: Array,
    bias_ih: Array | None = None,
    bias_hh: Array | None = None,
) -> Array:
    """Return the state, and by how much the update gate lets through its change."""
    (x_r, x_z, x_m), (h_r, h_z, h_m) = (
        np.split(affine(*own), 3, axis=-1)
        for own in ((to_floats(x), weight_ih, bias_ih), (to_floats(h), weight_hh, bias_hh))
    )
    r, z = sigmoid(x_r + h_r), sigmoid(x_z + h_z)
    return (1 - z) * np.tanh(x_m + r * h_m) + z * h


def lstm_cell(
    x: Array,
    h: Array,
    c: Array,
    weight_ih: Array,
    weight_hh: Array,
    bias_ih: Array | None = None,
    bias_hh: Array | None = None,
) -> tuple[Array, Array]:
    """Return the state and the cell's memory: input, forget, candidate and output gate in this order."""
    gates = affine(to_floats(x), weight_ih, bias_ih) + affine(to_floats(h), weight_hh, bias_hh)
    i, f, g, o = np.split(gates, 4, axis=-1)
    c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
    return sigmoid(o) * np.tanh(c), c


def rnn(x: Array, h: Array, *weights: Any, nonlinearity: str = "tanh") -> Array:
    """Return the states after each step."""
    return _states(lambda row, h: rnn_cell(row, h, *weights, nonlinearity=nonlinearity), x, h)


def gru(x: Array, h: Array, *weights: Any) -> Array:
    """Return the states after each step."""
    return _states(lambda row, h: gru_cell(row, h, *weights), x, h)


def lstm(x: Array, h: Array, c: Array, *weights: Any) -> tuple[Array, Array]:
    """Return the states after each step, and the last memory."""
    states = []
    for row in x:
        h, c = lstm_cell(row, h, c, *weights)
        states.append(h)
    return np.array(states).reshape(len(x), *h.shape), c


def _states(step: Callable[[Array, Array], Array], x: Sequence[Array] | Array, h: Array) -> Array:
    states = []
    for row in x:
        h = step(row, h)
        states.append(h)
    return np.array(states).reshape(len(x), *h.shape)
