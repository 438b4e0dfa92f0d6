"""The gated recurrent unit: equations, kernel and operations."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from minigrad_core import Array, Context

from ..activations.sigmoid import logistic
from ..references import layers as plain
from .equations import SequenceResult, State, StepGradients
from .gate_major import GateMajor, add_biases, write_logistic_of_negative
from .operations import RecurrentOperation, make_cases

GATES = GateMajor(order=(0, 1, 2), sigmoids=2)


class GRUSteps(NamedTuple):
    """The gates r, z, m (3, t, n, k); the factor of r (t, n, k); the h before each step (t, n, k)."""

    gates: NDArray[Any]
    past: NDArray[Any]
    previous: NDArray[Any]


class GRUEquations:
    """`h' = (1 - z) * m + z * h`; the gates are in PyTorch's order r, z, m. Cho et al. 2014."""

    gates = 3

    def step(self, from_x: Array, from_h: Array, state: State) -> tuple[State, Any]:
        (h,) = state
        k = h.shape[1]
        both = logistic(from_x[:, : 2 * k] + from_h[:, : 2 * k])
        r, z, past = both[:, :k], both[:, k:], from_h[:, 2 * k :]
        m = np.tanh(from_x[:, 2 * k :] + r * past)
        return (m + z * (h - m),), (r, z, m, past, h)

    def step_backward(self, grads: State, saved: Any) -> StepGradients:
        r, z, m, past, h = saved
        (grad,) = grads
        gm = grad * (1 - z) * (1 - m * m)
        gr = gm * past * r * (1 - r)
        gz = grad * (h - m) * z * (1 - z)
        # r multiplies `past`, so its gradient differs from that of the weighted input.
        return StepGradients(
            np.concatenate([gr, gz, gm], axis=1),
            np.concatenate([gr, gz, gm * r], axis=1),
            (grad * z,),
        )

    def run(self, xs: Any, state: State, weights: tuple[Any, ...]) -> SequenceResult:
        # Buffers for all steps at once leave few operations for each step.
        w_ih, w_hh, b_ih, b_hh = weights
        k = len(w_hh)
        bias, past_bias = b_ih, None
        if b_hh is not None:  # r multiplies the bias of m; the other two can be added to the input's
            shared, past_bias = b_hh.copy(), b_hh[2 * k :]
            shared[2 * k :] = 0
            bias = add_biases(b_ih, shared)
        inputs, w_hh = GATES.project(xs, w_ih, bias), GATES.to_blocks(w_hh)
        steps, n, _, _ = inputs.shape
        gates = np.empty((3, steps, n, k), xs.dtype)
        states = np.empty((steps + 1, n, k), xs.dtype)
        states[0] = state[0]
        past = np.empty((steps, n, k), xs.dtype)
        total, product = np.empty((2, n, k), xs.dtype), np.empty((n, k), xs.dtype)
        one = np.ones((), xs.dtype)
        by_row = total.swapaxes(0, 1)
        with np.errstate(over="ignore"):
            by_step = zip(inputs, gates.swapaxes(0, 1), past, states, states[1:], strict=False)
            for from_x, gate, p, h, following in by_step:
                np.matmul(h, w_hh[2], out=p)
                if past_bias is not None:
                    p += past_bias
                np.matmul(h, w_hh[:2], out=total)
                by_row += from_x[:, :2]
                write_logistic_of_negative(total, one, out=gate[:2])
                r, z, m = gate
                np.add(from_x[:, 2], np.multiply(r, p, out=product), out=product)
                np.tanh(product, out=m)
                np.subtract(h, m, out=following)
                following *= z
                following += m
        return SequenceResult(states[1:], states[:-1], (), GRUSteps(gates, past, states[:-1]))

    def run_backward(self, grads: Any, last: State, saved: GRUSteps, w_hh: Any) -> StepGradients:
        # Until its step is reached, a row of the gradients holds the factors of the gradient of h.
        gx_rows, gh_rows = _gate_factors(saved)
        steps, n, k = saved.past.shape
        m_rows = gx_rows[..., 2 * k :]
        by_gate = gh_rows.reshape(steps, n, 3, k).swapaxes(1, 2)
        gh, product = np.zeros((2, n, k), gh_rows.dtype)
        parts = (range(steps), grads, by_gate, m_rows, gh_rows, saved.gates[1])
        for step, grad, gate_rows, m_row, row, z in zip(*(part[::-1] for part in parts), strict=True):
            gh += grad
            gate_rows *= gh
            m_row *= gh
            gh *= z
            if step:
                gh += np.matmul(row, w_hh.T, out=product)
        gx_rows[..., : 2 * k] = gh_rows[..., : 2 * k]
        return StepGradients(gx_rows, gh_rows, (gh,))


def _gate_factors(saved: GRUSteps) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return the derivatives of h' by the gates, (t, n, 3 k) in the order of the weights.

    The first array is by the weighted inputs, with the third of m filled in; the second by the weighted
    states.
    """
    (r, z, m), past, previous = saved
    steps, n, k = past.shape
    by_x, by_h = np.empty((2, steps, n, 3 * k), past.dtype)
    by_r, by_z, by_past = np.moveaxis(by_h.reshape(steps, n, 3, k), 2, 0)
    by_m = by_x[..., 2 * k :]
    rest = 1 - z
    slope = m * m
    np.subtract(1, slope, out=slope)
    np.multiply(slope, rest, out=by_m)
    np.multiply(by_m, r, out=by_past)
    rest *= z
    np.multiply(rest, np.subtract(previous, m, out=slope), out=by_z)
    np.subtract(1, r, out=slope)
    slope *= past
    np.multiply(slope, by_past, out=by_r)
    return by_x, by_h


class GRUOperation(RecurrentOperation):
    """A step, or all steps, of a GRU."""

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
        return self._run(GRU_EQUATIONS, ctx, x, (h,), (weight_ih, weight_hh, bias_ih, bias_hh))[0]


class GRU(GRUOperation):
    """`gru_cell` for each step of x: `h' = (1 - z) * m + z * h`. Cho et al. 2014.

    x: (t, n, i), h: (n, k), weight_ih (i, 3 k), weight_hh (k, 3 k), biases (3 k,) or None -> outputs (t, n,
    k). The gradients are those of the unrolled steps.

    Raises
    ------
    InputError
        The shapes do not fit.
    """

    name = "gru"
    reference = staticmethod(plain.gru)
    cases = make_cases(3, "h", steps="3")
    sequence = True


class GRUCell(GRUOperation):
    """`h' = (1 - z) * m + z * h`, one step.

    m = tanh(x_m + r * h_m), r = sigmoid(x_r + h_r), z = sigmoid(x_z + h_z); x_r, x_z, x_m are the thirds of
    x @ weight_ih + bias_ih, and h_r, h_z, h_m those of h @ weight_hh + bias_hh.

    x: (n, i), h: (n, k), weight_ih (i, 3 k), weight_hh (k, 3 k), biases (3 k,) or None -> (n, k). d/dm =
    grad * (1 - z), d/dz = grad * (h - m), d/dh = grad * z plus the terms that pass through the gates. Cho et
    al. 2014.

    Raises
    ------
    InputError
        The shapes do not fit.
    """

    name = "gru_cell"
    reference = staticmethod(plain.gru_cell)
    cases = make_cases(3, "h", steps="")
    sequence = False


GRU_EQUATIONS = GRUEquations()
gru = GRU()
gru_cell = GRUCell()
