"""Elman's recurrent network: equations, kernel and operations."""

from __future__ import annotations

from itertools import pairwise
from typing import Any, Literal

import numpy as np

from minigrad_core import Array, Context
from minigrad_core.errors import ArgumentError

from ..references import layers as plain
from .equations import SequenceResult, State, StepGradients
from .gate_major import add_biases
from .operations import RecurrentOperation, make_cases


class RNNEquations:
    """`h' = f(from_x + from_h)`, where f is tanh or relu. Elman 1990."""

    gates = 1

    def __init__(self, nonlinearity: str) -> None:
        self.nonlinearity = nonlinearity

    def step(self, from_x: Array, from_h: Array, state: State) -> tuple[State, Any]:
        total = from_x + from_h
        h = np.tanh(total) if self.nonlinearity == "tanh" else np.maximum(total, 0)
        return (h,), h

    def step_backward(self, grads: State, saved: Any) -> StepGradients:
        slope = 1 - saved * saved if self.nonlinearity == "tanh" else saved > 0
        grad = grads[0] * slope
        return StepGradients(grad, grad, (np.zeros(saved.shape, saved.dtype),))

    def run(self, xs: Any, state: State, weights: tuple[Any, ...]) -> SequenceResult:
        w_ih, w_hh, b_ih, b_hh = weights
        (steps, n, features), k = xs.shape, len(w_hh)
        states = np.empty((steps + 1, n, k), xs.dtype)
        states[0] = state[0]
        # Each state is computed in place: the array first holds the weighted inputs.
        np.matmul(xs.reshape(steps * n, features), w_ih, out=states[1:].reshape(steps * n, k))
        if (bias := add_biases(b_ih, b_hh)) is not None:
            states[1:] += bias
        from_h = np.empty((n, k), xs.dtype)
        for h, following in pairwise(states):
            following += np.matmul(h, w_hh, out=from_h)
            if self.nonlinearity == "tanh":
                np.tanh(following, out=following)
            else:
                np.maximum(following, 0, out=following)
        return SequenceResult(states[1:], states[:-1], (), states[1:])

    def run_backward(self, grads: Any, last: State, saved: Any, w_hh: Any) -> StepGradients:
        # One array (t, n, k) is the gradient of the weighted inputs and of the weighted states. A step of it
        # holds the derivative of the nonlinearity until the loop reaches that step.
        if self.nonlinearity == "tanh":
            gradient = saved * saved
            np.subtract(1, gradient, out=gradient)
        else:
            gradient = (saved > 0).astype(saved.dtype)
        gh = np.zeros_like(gradient[0])
        for step in reversed(range(len(grads))):
            gh += grads[step]
            gradient[step] *= gh
            if step:
                np.matmul(gradient[step], w_hh.T, out=gh)
        return StepGradients(gradient, gradient, (np.zeros_like(gh),))


class RNNOperation(RecurrentOperation):
    """A step, or all steps, of an Elman network."""

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
        if nonlinearity not in ("tanh", "relu"):
            raise ArgumentError(f'{self.name} expected nonlinearity "tanh" or "relu", got {nonlinearity!r}')
        weights = (weight_ih, weight_hh, bias_ih, bias_hh)
        return self._run(RNNEquations(nonlinearity), ctx, x, (h,), weights)[0]


class RNN(RNNOperation):
    """`h' = tanh(x @ weight_ih + bias_ih + h @ weight_hh + bias_hh)` for each step of x.

    x: (t, n, i), h: (n, k), weight_ih (i, k), weight_hh (k, k), biases (k,) or None -> outputs (t, n, k).
    With `nonlinearity="relu"`, relu replaces tanh. The gradients are those of the unrolled steps. Elman 1990.

    Raises
    ------
    InputError
        The shapes do not fit.
    ArgumentError
        The nonlinearity is neither "tanh" nor "relu".
    """

    name = "rnn"
    reference = staticmethod(plain.rnn)
    cases = make_cases(1, "h", steps="3", nonlinearity="relu")
    sequence = True


class RNNCell(RNNOperation):
    """`h' = tanh(x @ weight_ih + bias_ih + h @ weight_hh + bias_hh)`, or relu in place of tanh.

    x: (n, i), h: (n, k), weight_ih (i, k), weight_hh (k, k), biases (k,) or None -> (n, k). With g = grad *
    (1 - h'**2): d/dx = g @ weight_ih.T, d/dh = g @ weight_hh.T, d/dweight_ih = x.T @ g, d/dbias = the sum of
    g over n. Elman 1990.

    Raises
    ------
    InputError
        The shapes do not fit.
    ArgumentError
        The nonlinearity is neither "tanh" nor "relu".
    """

    name = "rnn_cell"
    reference = staticmethod(plain.rnn_cell)
    cases = make_cases(1, "h", steps="", nonlinearity="relu")
    sequence = False


rnn = RNN()
rnn_cell = RNNCell()
