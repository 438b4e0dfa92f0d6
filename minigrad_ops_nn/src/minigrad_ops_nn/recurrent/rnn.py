"""Elman's recurrent network."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

import numpy as np

from minigrad_core import Array, Context, Operation
from minigrad_core.errors import ArgumentError

from ..references import layers as plain
from . import rnn_kernel
from .cases import make_cases
from .cell import SequenceResult, State, StepGradients, Weights
from .operations import cell_backward, cell_forward, sequence_backward, sequence_forward


class RNNEquations:
    """`h' = f(from_x + from_h)`, f the hyperbolic tangent or the rectifier. Elman 1990."""

    gates = 1

    def __init__(self, nonlinearity: str) -> None:
        self.nonlinearity = nonlinearity

    def step(self, from_x: Array, from_h: Array, state: State) -> tuple[State, Any]:
        """Return the next state."""
        total = from_x + from_h
        h = np.tanh(total) if self.nonlinearity == "tanh" else np.maximum(total, 0)
        return (h,), h

    def step_backward(self, grads: State, kept: Any) -> StepGradients:
        """Return the gradients; all of the state's goes through its product."""
        slope = 1 - kept * kept if self.nonlinearity == "tanh" else kept > 0
        grad = grads[0] * slope
        return StepGradients(grad, grad, (np.zeros(kept.shape, kept.dtype),))

    def run(self, xs: Array, state: State, weights: Weights) -> SequenceResult:
        """Return what all steps give."""
        return rnn_kernel.run(self.nonlinearity, xs, state, weights)

    def run_backward(self, grads: Array, last: State, kept: Any, w_hh: Array) -> StepGradients:
        """Return the gradients of all steps."""
        return rnn_kernel.run_backward(self.nonlinearity, grads, kept, w_hh)


def make_equations(op: str, nonlinearity: str) -> RNNEquations:
    """Return the cell of that nonlinearity."""
    if nonlinearity not in ("tanh", "relu"):
        raise ArgumentError(f'{op} expected nonlinearity "tanh" or "relu", got {nonlinearity!r}')
    return RNNEquations(nonlinearity)


class ElmanOperation(Operation):
    """What rnn and rnn_cell share: all steps in one node, or one."""

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
        *,
        nonlinearity: Literal["tanh", "relu"] = "tanh",
    ) -> Array:
        weights = (weight_ih, weight_hh, bias_ih, bias_hh)
        return self.run_forward(self.name, make_equations(self.name, nonlinearity), ctx, x, (h,), weights)[0]

    def backward(self, ctx: Context, grad: Array) -> tuple[Array | None, ...]:
        """Return the gradients of x, h, the weights and the biases."""
        return self.run_backward(ctx, grad)


class RNN(ElmanOperation):
    """`h' = tanh(x @ weight_ih + bias_ih + h @ weight_hh + bias_hh)` for each step of x.

    x: (t, n, i), h: (n, k), weight_ih (i, k), weight_hh (k, k), biases (k,) or None -> outputs (t, n, k).
    The gradients are those of the unrolled steps. Elman 1990.

    Raises
    ------
    InputError
        The shapes do not fit.
    ArgumentError
        The nonlinearity is neither of the two.
    """

    name = "rnn"
    reference = staticmethod(plain.rnn)
    cases = make_cases(1, "h", steps="3", nonlinearity="relu")
    run_forward, run_backward = staticmethod(sequence_forward), staticmethod(sequence_backward)


class RNNCell(ElmanOperation):
    """`h' = tanh(x @ weight_ih + bias_ih + h @ weight_hh + bias_hh)`, or the rectifier of it.

    x: (n, i), h: (n, k), weight_ih (i, k), weight_hh (k, k), biases (k,) or None -> (n, k). With g = grad *
    (1 - h'**2): d/dx = g @ weight_ih.T, d/dh = g @ weight_hh.T, d/dweight_ih = x.T @ g, d/dbias = g summed.
    Elman 1990.

    Raises
    ------
    InputError
        The shapes do not fit.
    ArgumentError
        The nonlinearity is neither of the two.
    """

    name = "rnn_cell"
    reference = staticmethod(plain.rnn_cell)
    cases = make_cases(1, "h", steps="", nonlinearity="relu")
    run_forward, run_backward = staticmethod(cell_forward), staticmethod(cell_backward)


rnn = RNN()
rnn_cell = RNNCell()
