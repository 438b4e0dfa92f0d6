"""Long short-term memory: equations, kernel and operations."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from minigrad_core import Array, Context

from ..activations.sigmoid import logistic
from ..references import layers as plain
from .equations import SequenceResult, State, StepGradients
from .gate_major import write_logistic_of_negative
from .lstm_sums import make_step_sums
from .operations import RecurrentOperation, make_cases
from .small_gemm import arrange_operands


class LSTMSteps(NamedTuple):
    """The gates (4, t, n, k); f * c and i * g, the two terms of c (2, t, n, k); tanh(c) and h (t, n, k)."""

    gates: NDArray[Any]
    terms: NDArray[Any]
    tanh_c: NDArray[Any]
    outputs: NDArray[Any]


class LSTMEquations:
    """`c' = f * c + i * g; h' = o * tanh(c')`; gates in PyTorch's order i, f, g, o. Gers et al. 2000."""

    gates = 4

    def step(self, from_x: Array, from_h: Array, state: State) -> tuple[State, Any]:
        _, c = state
        k = c.shape[1]
        total = from_x + from_h
        i, f, o = (logistic(total[:, gate * k : (gate + 1) * k]) for gate in (0, 1, 3))
        g = np.tanh(total[:, 2 * k : 3 * k])
        after = f * c + i * g
        tanh_c = np.tanh(after)
        return (o * tanh_c, after), (i, f, g, o, c, tanh_c)

    def step_backward(self, grads: State, saved: Any) -> StepGradients:
        i, f, g, o, c, tanh_c = saved
        gh, gc = grads
        gc = gc + gh * o * (1 - tanh_c * tanh_c)
        parts = [
            gc * g * i * (1 - i),
            gc * c * f * (1 - f),
            gc * i * (1 - g * g),
            gh * tanh_c * o * (1 - o),
        ]
        total = np.concatenate(parts, axis=1)
        return StepGradients(total, total, (np.zeros(gh.shape, gh.dtype), gc * f))

    def run(self, xs: Any, state: State, weights: tuple[Any, ...]) -> SequenceResult:
        # Buffers for all steps at once leave few operations for each step.
        (steps, n, _), k = xs.shape, len(weights[1])
        sums, states, joined = make_step_sums(xs, weights)
        states[0], c = state[0], np.array(state[1])
        outputs = states[1:] if joined is None else np.empty((steps, n, k), xs.dtype)
        gates = np.empty((4, steps, n, k), xs.dtype)
        terms, tanh_c = np.empty((2, steps, n, k), xs.dtype), np.empty((steps, n, k), xs.dtype)
        one = np.ones((), xs.dtype)
        by_step = zip(
            sums, gates[:3].swapaxes(0, 1), *gates, *terms, tanh_c, outputs, states[1:], strict=True
        )
        with np.errstate(over="ignore"):
            for (sigmoids, tanh), o_i_f, o, i, f, g, carried, added, squashed, next_h, next_state in by_step:
                write_logistic_of_negative(sigmoids, one, out=o_i_f)
                np.tanh(tanh, out=g)
                np.multiply(f, c, out=carried)
                np.multiply(i, g, out=added)
                np.add(carried, added, out=c)
                np.multiply(o, np.tanh(c, out=squashed), out=next_h)
                if joined is not None:
                    next_state[...] = next_h
        return SequenceResult(outputs, states[:-1], (c,), LSTMSteps(gates, terms, tanh_c, outputs), joined)

    def run_backward(self, grads: Any, last: State, saved: LSTMSteps, w_hh: Any) -> StepGradients:
        # One array (t, n, 4 k) is the gradient of the weighted inputs and of the weighted states. Until its
        # step is reached, a row holds the factors of the gradients of c (for i, f, g) and of h (for o).
        gradient, slopes = _gate_factors(saved)
        gc = np.array(last[0])
        gh, product = np.zeros_like(gc), np.empty_like(gc)
        rows, weight, from_row = arrange_operands(gradient, w_hh.T, gh)
        n, k = gc.shape
        # The gradients of the state are repeated in the order of the gates. A copy and a contiguous product
        # take 5 us; products gate by gate, on rows of k values, take 13.
        repeated = np.empty((n, 4, k), gc.dtype)
        repeated_c, repeated_h = repeated[:, :3], repeated[:, 3]
        gate_rows = gradient.reshape(len(grads), n, 4, k)
        steps = (range(len(grads)), grads, slopes, gate_rows, rows, saved.gates[2])
        for step, grad, slope, factors, row, f in zip(*(part[::-1] for part in steps), strict=True):
            gh += grad
            gc += np.multiply(gh, slope, out=product)
            repeated_c[...], repeated_h[...] = gc[:, None], gh
            factors *= repeated
            gc *= f
            if step:
                np.matmul(row, weight, out=from_row)
        return StepGradients(gradient, gradient, (np.zeros_like(gc), gc))


def _gate_factors(saved: LSTMSteps) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return dc / dgate (dh / dgate for o), (t, n, 4 k) in the order of the weights; and dh / dc (t, n, k).

    sigmoid' = y - y**2 and tanh' = 1 - y**2, where y is a factor of a saved product:
    d(i g) / d(gate of i) = i g - i g i.
    """
    (o, i, f, g), (carried, added), tanh_c, h = saved
    steps, n, k = tanh_c.shape
    factors = np.empty((steps, n, 4 * k), tanh_c.dtype)
    by_gate = factors.reshape(steps, n, 4, k).swapaxes(1, 2)
    slopes = np.empty_like(tanh_c)
    np.subtract(added, np.multiply(added, i, out=slopes), out=by_gate[:, 0])
    np.subtract(carried, np.multiply(carried, f, out=slopes), out=by_gate[:, 1])
    np.subtract(i, np.multiply(added, g, out=slopes), out=by_gate[:, 2])
    np.subtract(h, np.multiply(h, o, out=slopes), out=by_gate[:, 3])
    np.subtract(o, np.multiply(h, tanh_c, out=slopes), out=slopes)
    return factors, slopes


class LSTMOperation(RecurrentOperation):
    """A step, or all steps, of an LSTM."""

    def forward(
        self,
        ctx: Context,
        x: Array,
        h: Array,
        c: Array,
        weight_ih: Array,
        weight_hh: Array,
        bias_ih: Array | None = None,
        bias_hh: Array | None = None,
    ) -> tuple[Array, ...]:
        return self._run(LSTM_EQUATIONS, ctx, x, (h, c), (weight_ih, weight_hh, bias_ih, bias_hh))


class LSTM(LSTMOperation):
    """`lstm_cell` for each step of x: `c' = f * c + i * g; h' = o * tanh(c')`.

    x: (t, n, i), h, c: (n, k), weight_ih (i, 4 k), weight_hh (k, 4 k), biases (4 k,) or None -> (outputs
    (t, n, k), last c (n, k)). The gradients are those of the unrolled steps. Hochreiter and Schmidhuber
    1997.

    Raises
    ------
    InputError
        The shapes do not fit.
    """

    name = "lstm"
    reference = staticmethod(plain.lstm)
    cases = make_cases(4, "hc", steps="3")
    sequence = True


class LSTMCell(LSTMOperation):
    """`c' = f * c + i * g; h' = o * tanh(c')`, one step.

    i, f and o are sigmoids and g is the tanh of the gates, the quarters i, f, g, o of
    x @ weight_ih + bias_ih + h @ weight_hh + bias_hh.

    x: (n, i), h, c: (n, k), weight_ih (i, 4 k), weight_hh (k, 4 k), biases (4 k,) or None -> (h', c'), each
    (n, k). d/dc' = grad of c' + grad of h' * o * (1 - tanh(c')**2), d/dc = f * d/dc', and likewise through
    the gates.

    Raises
    ------
    InputError
        The shapes do not fit.
    """

    name = "lstm_cell"
    reference = staticmethod(plain.lstm_cell)
    cases = make_cases(4, "hc", steps="")
    sequence = False


LSTM_EQUATIONS = LSTMEquations()
lstm = LSTM()
lstm_cell = LSTMCell()
