"""GLU."""

from __future__ import annotations

import numpy as np

from minigrad_core import Array, Context, Operation
from minigrad_core.cases import Case, real
from minigrad_core.errors import InputError

from ..kernels.precision import to_floating
from ..references import activations as plain
from .sigmoid import logistic


class GLU(Operation):
    """`a * sigmoid(b)`, where a and b are the halves of x along `axis`. Dauphin et al. 2017.

    x: any shape whose `axis` has an even size -> the same shape with that axis halved.
    d/da = grad * sigmoid(b), d/db = grad * a * sigmoid(b) * (1 - sigmoid(b)).

    Raises
    ------
    InputError
        The axis has an odd size.
    """

    name = "glu"
    reference = staticmethod(plain.glu)
    cases = (
        Case(x=real("n 4")),
        Case(x=np.array([0, 1, 17, 2], np.uint8)),
        Case(x=real("4 n"), axis=0),
        Case(x=real("n 6 m"), axis=-2),
    )

    def forward(self, ctx: Context, x: Array, *, axis: int = -1) -> Array:
        size = x.shape[axis]
        if size % 2:
            raise InputError(f"glu expected an even size along axis {axis}, got {size} in {x.shape}")
        x = to_floating(x)
        before = (slice(None),) * (axis % x.ndim)
        a, b = x[(*before, slice(None, size // 2))], x[(*before, slice(size // 2, None))]
        gate = logistic(b)
        ctx.save(a, b, gate, axis)
        return a * gate

    def backward(self, ctx: Context, grad: Array) -> Array:
        a, b, gate, axis = ctx.saved
        gated = grad * gate
        return np.concatenate([gated, gated * a * logistic(-b)], axis=axis)


glu = GLU()
