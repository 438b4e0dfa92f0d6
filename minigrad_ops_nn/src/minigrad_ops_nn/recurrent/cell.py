"""The protocol of a recurrent cell."""

from __future__ import annotations

from typing import Any, NamedTuple, Protocol, TypeAlias

from minigrad_core import Array

# What a step passes to the next: (h,) or (h, c), each (n, hidden).
State: TypeAlias = "tuple[Array, ...]"
# Of inputs (i, gates * hidden) and states (hidden, gates * hidden), and their biases or None.
Weights: TypeAlias = "tuple[Any, Any, Any, Any]"


class SequenceResult(NamedTuple):
    """All steps: outputs (t, n, hidden), the h that each started from, the last state other than h, what the
    way back needs, and, where they lie so, x, the h before and 1, side by side (t, n, features + hidden + 1).
    """

    outputs: Array
    before: Array
    last: State
    kept: Any
    joined: Array | None = None


class StepGradients(NamedTuple):
    """Gradients of the weighted inputs and of the weighted states, (n, gates * hidden) or (t, n, gates *
    hidden); and of the (first) state, other than through the weighted one.
    """

    x: Array
    h: Array
    state: State


class CellEquations(Protocol):
    """A step as a formula, and the way back; and all steps at once, on plain arrays of one dtype."""

    gates: int

    def step(self, from_x: Array, from_h: Array, state: State) -> tuple[State, Any]:
        """Return the next state, and the values that `step_backward` needs.

        from_x, from_h: the weighted input and the weighted state, each (n, gates * hidden).
        """
        ...

    def step_backward(self, grads: State, kept: Any) -> StepGradients:
        """Return the gradients of a step, given those of the next state."""
        ...

    def run(self, xs: Array, state: State, weights: Weights) -> SequenceResult:
        """Return what all steps of xs (t, n, features) give."""
        ...

    def run_backward(self, grads: Array, last: State, kept: Any, w_hh: Array) -> StepGradients:
        """Return the gradients of all steps; `kept` is not written to.

        grads: of the outputs; last: of the last state other than h.
        """
        ...
