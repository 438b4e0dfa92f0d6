"""What is wrong with several inputs, axes and indices."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp

from minigrad_core.cases import Case, index_into, real

from .pair import MATRIX, binary, pair, unary

ROWS = {"cases": [Case(x=real("n k"), y=real("k"))]}
PRODUCT = {"cases": [Case(x=real("n k"), y=real("k m"))]}
SAME = {"cases": [Case(x=real("n k"), y=real("n k"))]}

binary(
    "gradients exchanged",
    lambda x, y: x * y**2,
    lambda x, y, g: (2 * g * x * y, g * y**2),
    lambda x, y, g: (g * y**2, 2 * g * x * y),
    **SAME,
)
binary(
    "a mean over the broadcast axis",
    jnp.multiply,
    lambda x, y, g: (g * y, (g * x).mean(0)),
    lambda x, y, g: (g * y, (g * x).sum(0)),
    **ROWS,
)
binary(
    "one row of the broadcast axis",
    jnp.multiply,
    lambda x, y, g: (g * y, (g * x)[0]),
    lambda x, y, g: (g * y, (g * x).sum(0)),
    **ROWS,
)
binary(
    "the wrong axis where sizes are equal",
    jnp.multiply,
    lambda x, y, g: (g * y, (g * x).sum(1 if x.shape[0] == x.shape[1] else 0)),
    lambda x, y, g: (g * y, (g * x).sum(0)),
    **ROWS,
)
binary(
    "a broadcast axis not summed",
    jnp.multiply,
    lambda x, y, g: (g * y, g * x),
    lambda x, y, g: (g * y, (g * x).sum(0)),
    **ROWS,
)
binary(
    "a transposed matrix for squares",
    jnp.matmul,
    lambda x, y, g: (g @ y.T, x @ g if x.shape[0] == x.shape[1] == g.shape[0] else x.T @ g),
    lambda x, y, g: (g @ y.T, x.T @ g),
    **PRODUCT,
)
binary(
    "None for the second",
    lambda x, y: x * y**2,
    lambda x, y, g: (g * y**2, None),
    lambda x, y, g: (g * y**2, 2 * g * x * y),
    **SAME,
)
binary(
    "ties of a maximum counted twice",
    jnp.maximum,
    lambda x, y, g: (g * (x >= y), g * (y >= x)),
    lambda x, y, g: (g * (x >= y), g * (y > x)),
    **SAME,
)
unary(
    "the scale of a mean",
    lambda x: x.mean(-1),
    lambda x, g: jnp.broadcast_to(g[:, None] / x.shape[0], x.shape),
    lambda x, g: jnp.broadcast_to(g[:, None] / x.shape[-1], x.shape),
    **MATRIX,
)
unary(
    "a softmax without coupling",
    lambda x: jax.nn.softmax(x, -1),
    lambda x, g: g * (s := jax.nn.softmax(x, -1)) * (1 - s),
    lambda x, g: (s := jax.nn.softmax(x, -1)) * (g - (g * s).sum(-1, keepdims=True)),
    **MATRIX,
)
unary(
    "a softmax summed over the batch",
    lambda x: jax.nn.softmax(x, -1),
    lambda x, g: (s := jax.nn.softmax(x, -1)) * (g - (g * s).sum()),
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
    "assigned, not added",
    _rows(False),
    _rows(True),
    cases=[Case(x=real("n k"), index=index_into("x", axis=0, shape="m"))],
)
