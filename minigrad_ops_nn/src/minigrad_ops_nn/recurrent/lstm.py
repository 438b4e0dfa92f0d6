"""Long short-term memory."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from minigrad_core import Array, Context, Operation

from ..activations.sigmoid import logistic
from ..references import layers as plain
from . import lstm_kernel
from .cases import make_cases
from .cell import State, StepGradients
from .operations import cell_backward, cell_forward, sequence_backward, sequence_forward


class LSTMEquations:
    """`c' = f * c + i * g; h' = o * tanh(c')`; the gates are in PyTorch's order i, f, g, o. Gers et al.
    2000.
    """

    gates = 4
    run = staticmethod(lstm_kernel.run)
    run_backward = staticmethod(lstm_kernel.run_backward)

    def step(self, from_x: Array, from_h: Array, state: State) -> tuple[State, Any]:
        """Return the next state."""
        _, c = state
        k = c.shape[1]
        total = from_x + from_h
        i, f, o = (logistic(total[:, at * k : (at + 1) * k]) for at in (0, 1, 3))
        g = np.tanh(total[:, 2 * k : 3 * k])
        after = f * c + i * g
        seen = np.tanh(after)
        return (o * seen, after), (i, f, g, o, c, seen)

    def step_backward(self, grads: State, kept: Any) -> StepGradients:
        """Return the gradients; all of h's goes through its product."""
        i, f, g, o, c, seen = kept
        gh, gc = grads
        gc = gc + gh * o * (1 - seen * seen)
        parts = [
            gc * g * i * (1 - i),
            gc * c * f * (1 - f),
            gc * i * (1 - g * g),
            gh * seen * o * (1 - o),
        ]
        total = np.concatenate(parts, axis=1)
        return StepGradients(total, total, (np.zeros(gh.shape, gh.dtype), gc * f))


LSTM_EQUATIONS = LSTMEquations()


class LongShortOperation(Operation):
    """What lstm and lstm_cell share: all steps in one node, or one."""

    run_forward: ClassVar[Any]
    run_backward: ClassVar[Any]

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
        """Return the outputs and the last c, or the next state."""
        weights = (weight_ih, weight_hh, bias_ih, bias_hh)
        return self.run_forward(self.name, LSTM_EQUATIONS, ctx, x, (h, c), weights)

    def backward(self, ctx: Context, grad: Array, last: Array) -> tuple[Array | None, ...]:
        """Return the gradients of x, h, c, the weights and the biases."""
        return self.run_backward(ctx, grad, last)


class LSTM(LongShortOperation):
    """`c' = f * c + i * g; h' = o * tanh(c')` with i, f, o = sigmoid, g = tanh of the gates,
    for each step of x. The gates are the quarters i, f, g, o of
    x @ weight_ih + bias_ih + h @ weight_hh + bias_hh.

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
    run_forward, run_backward = staticmethod(sequence_forward), staticmethod(sequence_backward)


class LSTMCell(LongShortOperation):
    """`c' = f * c + i * g; h' = o * tanh(c')` with i, f, o = sigmoid, g = tanh of the gates.
    The gates are the quarters i, f, g, o of x @ weight_ih + bias_ih + h @ weight_hh + bias_hh.

    x: (n, i), h, c: (n, k), weight_ih (i, 4 k), weight_hh (k, 4 k), biases (4 k,) or None -> (h', c'), each
    (n, k). d/dc' = grad of c' + grad of h' * o * (1 - tanh(c')**2), d/dc = that * f, and so on through the
    gates.

    Raises
    ------
    InputError
        The shapes do not fit.
    """

    name = "lstm_cell"
    reference = staticmethod(plain.lstm_cell)
    cases = make_cases(4, "hc", steps="")
    run_forward, run_backward = staticmethod(cell_forward), staticmethod(cell_backward)


lstm = LSTM()
lstm_cell = LSTMCell()
