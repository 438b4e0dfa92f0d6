"""Realistic faults of autograd's `primitive`, each with its correct twin."""

from __future__ import annotations

from typing import Any

import autograd.numpy as anp
import numpy as np
from autograd.extend import defvjp, primitive

from minigrad_core.cases import Case, axis_of, index_into, real
from minigrad_interop import subjects

from ..fault_pairs import ANY, MATRIX, FaultPairs

PAIRS = FaultPairs(subjects.autograd)
pair = PAIRS.add
PRODUCT = {"cases": [Case(a=real("n k"), b=real("k m"))]}
ROWS = {"cases": [Case(w=real("n k"), i=index_into("w", axis=0, shape="m"))]}


def make_primitive(value: Any, *rules: Any) -> Any:
    """Return a primitive with its rules."""
    f = primitive(value)
    defvjp(f, *rules)
    return f


def rules(name: str, value: Any, wrong: Any, right: Any, **declared: Any) -> None:
    """Add a pair of rules for a function of one array."""
    pair(name, make_primitive(value, wrong), make_primitive(value, right), **declared)


def _value(x: Any) -> Any:
    return getattr(x, "_value", x)


rules(
    "a wrong factor",
    lambda x: x**3,
    lambda ans, x: lambda g: 2 * g * x**2,
    lambda ans, x: lambda g: 3 * g * x**2,
    **ANY,
)
rules(
    "the input instead of the output",
    np.tanh,
    lambda ans, x: lambda g: g * (1 - x**2),
    lambda ans, x: lambda g: g * (1 - ans**2),
    **ANY,
)
rules(
    "a value outside of the graph",
    np.sin,
    lambda ans, x: lambda g: g * np.cos(_value(x)),
    lambda ans, x: lambda g: g * anp.cos(x),
    **ANY,
)
rules(
    "NaN at zero",
    lambda x: np.sqrt(np.sum(x**2, -1)),
    lambda ans, x: lambda g: (g / ans)[..., None] * x,
    lambda ans, x: lambda g: (g / anp.where(ans > 0, ans, 1.0))[..., None] * x,
    **MATRIX,
)


def _sum_to_shape(g, x):
    g = anp.sum(g, tuple(range(anp.ndim(g) - anp.ndim(x))))
    for axis, size in enumerate(anp.shape(x)):
        g = anp.sum(g, axis, keepdims=True) if size == 1 else g
    return g


pair(
    "a broadcast axis is not summed",
    make_primitive(np.multiply, lambda ans, x, y: lambda g: g * y, lambda ans, x, y: lambda g: g * x),
    make_primitive(
        np.multiply,
        lambda ans, x, y: lambda g: _sum_to_shape(g * y, x),
        lambda ans, x, y: lambda g: _sum_to_shape(g * x, y),
    ),
    **ANY,
)


def clip_in_place(x):
    return np.maximum(x, 0, out=x).copy() if np.ndim(x) else np.maximum(x, 0)


def _mask_gradient(ans, x):
    return lambda g: g * (ans > 0)


pair(
    "the input is changed in place",
    make_primitive(clip_in_place, _mask_gradient),
    make_primitive(lambda x: np.maximum(x, 0), _mask_gradient),
    **ANY,
)

_last: dict[str, Any] = {}


def square_and_remember(x):
    _last["x"] = x
    return x**2


pair(
    "a global instead of the input",
    make_primitive(square_and_remember, lambda ans, x: lambda g: 2 * g * _last["x"]),
    make_primitive(np.square, lambda ans, x: lambda g: 2 * g * x),
    cases=[Case(x=real("n k"))],
)


def _cumulate_backwards(g, axis):
    return anp.flip(anp.cumsum(anp.flip(g, axis), axis), axis)


pair(
    "a negative axis",
    make_primitive(
        lambda x, axis: np.cumsum(x, axis),
        lambda ans, x, axis: lambda g: _cumulate_backwards(g, max(axis, 0)),
        None,
    ),
    make_primitive(
        lambda x, axis: np.cumsum(x, axis), lambda ans, x, axis: lambda g: _cumulate_backwards(g, axis), None
    ),
    cases=[Case(x=real("n k"), axis=axis_of("x"))],
)
pair(
    "no gradient for the second factor",
    make_primitive(np.dot, lambda ans, a, b: lambda g: anp.dot(g, b.T), None),
    make_primitive(
        np.dot, lambda ans, a, b: lambda g: anp.dot(g, b.T), lambda ans, a, b: lambda g: anp.dot(a.T, g)
    ),
    **PRODUCT,
)


def _make_scatter(add: bool) -> Any:
    def scatter(g, i, rows):
        out = np.zeros((rows, *g.shape[1:]), g.dtype)
        if add:
            np.add.at(out, i, g)
        else:
            out[i] = g
        return out

    return make_primitive(scatter, lambda ans, g, i, rows: lambda h: h[i], None, None)


def _select_rows(add: bool) -> Any:
    scatter = _make_scatter(add)
    return make_primitive(lambda w, i: w[i], lambda ans, w, i: lambda g: scatter(g, i, w.shape[0]), None)


pair("repeated indices are assigned, not added", _select_rows(False), _select_rows(True), **ROWS)
