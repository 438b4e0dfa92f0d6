"""The gated recurrent unit."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from minigrad_core import Array, Context, Operation

from ..activations.sigmoid import logistic
from ..references import layers as plain
from . import gru_kernel
from .cases import make_cases
from .cell import State, StepGradients
from .operations import cell_backward, cell_forward, sequence_backward, sequence_forward


class GRUEquations:
    """`h' = (1 - z) * m + z * h`; the gates are in PyTorch's order r, z, m. Cho et al. 2014."""

    gates = 3
    run = staticmethod(gru_kernel.run)

    def step(self, from_x: Array, from_h: Array, state: State) -> tuple[State, Any]:
        """Return the next state."""
        (h,) = state
        k = h.shape[1]
        both = logistic(from_x[:, : 2 * k] + from_h[:, : 2 * k])
        r, z, past = both[:, :k], both[:, k:], from_h[:, 2 * k :]
        m = np.tanh(from_x[:, 2 * k :] + r * past)
        return (m + z * (h - m),), (r, z, m, past, h)

    def step_backward(self, grads: State, kept: Any) -> StepGradients:
        """Return the gradients; `past` has its own, since r multiplies it."""
        r, z, m, past, h = kept
        (grad,) = grads
        gm = grad * (1 - z) * (1 - m * m)
        gr = gm * past * r * (1 - r)
        gz = grad * (h - m) * z * (1 - z)
        return StepGradients(
            np.concatenate([gr, gz, gm], axis=1),
            np.concatenate([gr, gz, gm * r], axis=1),
            (grad * z,),
        )

    def run_backward(self, grads: Array, last: State, kept: Any, w_hh: Array) -> StepGradients:
        """Return the gradients of all steps."""
        return gru_kernel.run_backward(grads, kept, w_hh)


GRU_EQUATIONS = GRUEquations()


class GatedOperation(Operation):
    """What gru and gru_cell share: all steps in one node, or one."""

    run_forward: ClassVar[Any]
    run_backward: ClassVar[Any]

    def forward(
        self,
        ctx: Context,
        x: Array,
        h: Array,
        weight_ih: Array,
        weight_hh: Array,
        bias_ih: Array | None = None,
        bias_hh: Array | None = None,
    ) -> Array:
        weights = (weight_ih, weight_hh, bias_ih, bias_hh)
        return self.run_forward(self.name, GRU_EQUATIONS, ctx, x, (h,), weights)[0]

    def backward(self, ctx: Context, grad: Array) -> tuple[Array | None, ...]:
        """Return the gradients of x, h, the weights and the biases."""
        return self.run_backward(ctx, grad)


class GRU(GatedOperation):
    """`h' = (1 - z) * m + z * h` with m = tanh(x_m + r * h_m), r = sigmoid(x_r + h_r), z = sigmoid(x_z +
    h_z), for each step of x. x_r, x_z, x_m are the thirds of x @ weight_ih + bias_ih, h_r, h_z, h_m those
    of h @ weight_hh + bias_hh.

    x: (t, n, i), h: (n, k), weight_ih (i, 3 k), weight_hh (k, 3 k), biases (3 k,) or None -> outputs (t, n,
    k). The gradients are those of the unrolled steps. Cho et al. 2014.

    Raises
    ------
    InputError
        The shapes do not fit.
    """

    name = "gru"
    reference = staticmethod(plain.gru)
    cases = make_cases(3, "h", steps="3")
    run_forward, run_backward = staticmethod(sequence_forward), staticmethod(sequence_backward)


class GRUCell(GatedOperation):
    """`h' = (1 - z) * m + z * h` with m = tanh(x_m + r * h_m), r = sigmoid(x_r + h_r), z = sigmoid(x_z +
    h_z). x_r, x_z, x_m are the thirds of x @ weight_ih + bias_ih, h_r, h_z, h_m those of h @ weight_hh +
    bias_hh.

    x: (n, i), h: (n, k), weight_ih (i, 3 k), weight_hh (k, 3 k), biases (3 k,) or None -> (n, k). d/dm =
    grad * (1 - z), d/dz = grad * (h - m), d/dh = grad * z and what flows through the gates. Cho et al. 2014.

    Raises
    ------
    InputError
        The shapes do not fit.
    """

    name = "gru_cell"
    reference = staticmethod(plain.gru_cell)
    cases = make_cases(3, "h", steps="")
    run_forward, run_backward = staticmethod(cell_forward), staticmethod(cell_backward)


gru = GRU()
gru_cell = GRUCell()
