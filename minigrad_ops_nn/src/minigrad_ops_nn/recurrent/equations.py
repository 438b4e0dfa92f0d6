"""The protocol of a recurrent cell: its equations, and the kernel that runs them over a sequence."""

from __future__ import annotations

from typing import Any, NamedTuple, Protocol, TypeAlias

from minigrad_core import Array

# The values that a step passes to the next: (h,) or (h, c), each (n, hidden).
State: TypeAlias = "tuple[Array, ...]"
# Weights of the inputs (i, gates * hidden) and the states (hidden, gates * hidden), and their biases or None.
Weights: TypeAlias = "tuple[Any, Any, Any, Any]"


class SequenceResult(NamedTuple):
    """The result of all steps.

    outputs: (t, n, hidden), the h of each step; previous: (t, n, hidden), the h that each step started from;
    last: the last state without h; saved: the values that backward needs; joined: an array of x, the previous
    h and 1, side by side (t, n, features + hidden + 1), if the kernel made one.
    """

    outputs: Array
    previous: Array
    last: State
    saved: Any
    joined: Array | None = None


class StepGradients(NamedTuple):
    """The gradients of one step, or of all steps.

    x, h: of the weighted inputs and of the weighted states, (n, gates * hidden) or (t, n, gates * hidden);
    state: of the first state, without the gradient that passes through the weighted state.
    """

    x: Array
    h: Array
    state: State


class CellEquations(Protocol):
    """Formulas of one step and its gradients, and kernels for all steps on plain arrays of one dtype."""

    gates: int

    def step(self, from_x: Array, from_h: Array, state: State) -> tuple[State, Any]:
        """Return the next state, and the values that `step_backward` needs.

        from_x, from_h: the weighted input and the weighted state, each (n, gates * hidden).
        """
        ...

    def step_backward(self, grads: State, saved: Any) -> StepGradients:
        """Return the gradients of a step, given those of the next state."""
        ...

    def run(self, xs: Array, state: State, weights: Weights) -> SequenceResult:
        """Return the result of all steps of xs (t, n, features)."""
        ...

    def run_backward(self, grads: Array, last: State, saved: Any, w_hh: Array) -> StepGradients:
        """Return the gradients of all steps, without a write to `saved`.

        grads: of the outputs; last: of the last state without h.
        """
        ...
