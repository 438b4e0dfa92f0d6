"""Linear maps, embedding, dropout, attention, and recurrent networks step by step."""

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


def dropout(x: Array, mask: Array, *, p: float = 0.5) -> Array:
    """Return the values that the mask keeps, divided by the probability 1 - p; zeros for p = 1."""
    return x * mask / (1 - p) if p < 1 else x * mask * 0


def scaled_dot_product_attention(
    query: Array,
    key: Array,
    value: Array,
    attn_mask: Array | None = None,
    dropout_mask: Array | None = None,
    *,
    dropout_p: float = 0.0,
    is_causal: bool = False,
    scale: float | None = None,
) -> Array:
    """Return `softmax(query @ key.T * scale + mask) @ value`."""
    scores = query @ np.swapaxes(key, -1, -2) * (query.shape[-1] ** -0.5 if scale is None else scale)
    if is_causal:
        scores = np.where(np.tri(*scores.shape[-2:], dtype=np.bool_), scores, -np.inf)
    if attn_mask is not None:
        scores = np.where(attn_mask, scores, -np.inf) if attn_mask.dtype.kind == "b" else scores + attn_mask
    weights = np.exp(scores - np.maximum(scores.max(axis=-1, keepdims=True, initial=-np.inf), -1e300))
    weights = weights / np.where(weights.any(axis=-1, keepdims=True), weights.sum(axis=-1, keepdims=True), 1)
    return (weights if dropout_mask is None else dropout(weights, dropout_mask, p=dropout_p)) @ value


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
