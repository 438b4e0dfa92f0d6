"""Values times a gate: SiLU (swish), Mish and GLU."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_index
from numpy.typing import NDArray

from minigrad_core import Array, Context, Operation
from minigrad_core.cases import Case, real
from minigrad_core.errors import InputError

from ..kernels.ndarrays import are_ndarrays
from ..kernels.precision import restore_half, to_floating, to_single
from ..references import activations as plain
from .elementwise import apply_in_blocks
from .pointwise import Pointwise
from .sigmoid import logistic


class SiLU(Pointwise):
    """`x * sigmoid(x)`, also known as swish. Elfwing et al. 2017.

    x: any shape. d/dx = grad * s * (1 + x * (1 - s)) with s = sigmoid(x).
    """

    name = "silu"
    reference = staticmethod(plain.silu)

    def forward(self, ctx: Context, x: Array) -> Array:
        x = to_floating(x)
        gate = logistic(x)
        ctx.save(x, gate)
        return x * gate

    @staticmethod
    def derivative(x: Array, gate: Array) -> Array:
        return gate * (1 + x * (1 - gate))


silu = SiLU()


# Beyond 25, t and the derivative are 1 in every dtype; up to 25, nothing overflows in single precision.
_OPEN = 25.0


class Mish(Pointwise):
    """`x * tanh(softplus(x))`. Misra 2019.

    x: any shape. d/dx = grad * (t + x * sigmoid(x) * (1 - t**2)) with t = tanh(softplus(x)).
    """

    name = "mish"
    reference = staticmethod(plain.mish)

    def forward(self, ctx: Context, x: Array) -> Array:
        given, x = x, to_single(x)  # the square of 256 is infinite in half precision
        if not ctx.needs[0]:
            return restore_half(x * _compute_gate(x)[0], given)
        if are_ndarrays(x):
            y, derivative = apply_in_blocks(_write_value_and_derivative, x)
        else:
            y, derivative = _compute_value_and_derivative(x)
        ctx.save(derivative)
        return restore_half(y, given)


def _compute_gate(x: Any) -> tuple[Any, ...]:
    """Return t = n / d, the clipped x, u = exp(x) and d, where n = u (u + 2) and d = n + 2."""
    near = np.minimum(x, _OPEN)
    u = np.exp(near)
    n = u * (u + 2)
    d = n + 2
    return n / d, near, u, d


def _compute_value_and_derivative(x: Any) -> tuple[Array, Array]:
    """Return x t, and its derivative t + x 4 u (1 + u) / d**2.

    The last factor is sigmoid(x) (1 - t**2), in a form in which no digits cancel. The derivative of
    `x * (1 - t**2)` by t, 2 x, would overflow, so the derivative uses the clipped x.
    """
    t, near, u, d = _compute_gate(x)
    rest = 2 / d
    part = u * rest
    return x * t, t + near * part * (part + rest)


def _write_value_and_derivative(x: NDArray[Any], y: NDArray[Any], derivative: NDArray[Any]) -> None:
    y[...], derivative[...] = _compute_value_and_derivative(x)


mish = Mish()


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
        axis = normalize_axis_index(axis, x.ndim)
        size = x.shape[axis]
        if size % 2:
            raise InputError(f"glu expected an even size along axis {axis}, got {size} in {x.shape}")
        x = to_floating(x)
        before = (slice(None),) * axis
        a, b = x[(*before, slice(None, size // 2))], x[(*before, slice(size // 2, None))]
        gate = logistic(b)
        ctx.save(a, b, gate, axis)
        return a * gate

    def backward(self, ctx: Context, grad: Array) -> Array:
        a, b, gate, axis = ctx.saved
        gated = grad * gate
        return np.concatenate([gated, gated * a * logistic(-b)], axis=axis)


glu = GLU()
