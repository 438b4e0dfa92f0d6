"""Faults of several inputs, axes and indices."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp

from minigrad_core.cases import Case, index_into, real

from .pair import MATRIX, binary, pair, unary

ROWS = {"cases": [Case(x=real("n k"), y=real("k"))]}
SAME = {"cases": [Case(x=real("n k"), y=real("n k"))]}

binary(
    "the gradients are exchanged",
    lambda x, y: x * y**2,
    lambda x, y, g: (2 * g * x * y, g * y**2),
    lambda x, y, g: (g * y**2, 2 * g * x * y),
    **SAME,
)
binary(
    "the wrong axis is summed if the sizes are equal",
    jnp.multiply,
    lambda x, y, g: (g * y, (g * x).sum(1 if x.shape[0] == x.shape[1] else 0)),
    lambda x, y, g: (g * y, (g * x).sum(0)),
    **ROWS,
)
binary(
    "a broadcast axis is not summed",
    jnp.multiply,
    lambda x, y, g: (g * y, g * x),
    lambda x, y, g: (g * y, (g * x).sum(0)),
    **ROWS,
)
binary(
    "None for the second input",
    lambda x, y: x * y**2,
    lambda x, y, g: (g * y**2, None),
    lambda x, y, g: (g * y**2, 2 * g * x * y),
    **SAME,
)
unary(
    "a softmax without the coupling of its outputs",
    lambda x: jax.nn.softmax(x, -1),
    lambda x, g: g * (s := jax.nn.softmax(x, -1)) * (1 - s),
    lambda x, g: (s := jax.nn.softmax(x, -1)) * (g - (g * s).sum(-1, keepdims=True)),
    **MATRIX,
)


def _rows(add):
    f: Any = jax.custom_vjp(lambda x, index: x[index])

    def backward(saved, g):
        shape, index = saved
        out = jnp.zeros(shape, g.dtype)
        return (out.at[index].add(g) if add else out.at[index].set(g)), None

    f.defvjp(lambda x, index: (x[index], (x.shape, index)), backward)
    return f


pair(
    "repeated indices are assigned, not added",
    _rows(False),
    _rows(True),
    cases=[Case(x=real("n k"), index=index_into("x", axis=0, shape="m"))],
)
