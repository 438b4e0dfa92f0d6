"""What makes one recurrent network different from another: its step."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

from minigrad_core.errors import InputError

if TYPE_CHECKING:
    from minigrad_core import Array

# What a step passes to the next: (h,) or (h, c), each (n, hidden).
State: TypeAlias = "tuple[Array, ...]"


class Rule(Protocol):
    """One step, and the way back. `from_x` and `from_h` are (n, gates * hidden): the input and the state,
    weighted.
    """

    gates: int
    states: int

    def step(self, from_x: Array, from_h: Array, state: State) -> tuple[State, Any]:
        """Return the next state, and what `back` needs."""
        ...

    def back(self, grads: State, kept: Any) -> tuple[Array, Array, State]:
        """Return the gradients of from_x and from_h, and of the state other than through from_h."""
        ...


def check_recurrent(op: str, rule: Rule, x: Array, state: State, weights: tuple[Any, ...]) -> None:
    """Raise `InputError` unless state (n, hidden) and weights fit x (..., n, features)."""
    w_ih, w_hh, *biases = weights
    hidden = w_hh.shape[0] if w_hh.ndim == 2 else -1
    wide = rule.gates * hidden
    shapes = [h.shape == (x.shape[-2], hidden) if x.ndim > 1 else False for h in state]
    shapes += [w_ih.shape == (x.shape[-1], wide) if x.ndim else False, w_hh.shape == (hidden, wide)]
    shapes += [b is None or b.shape == (wide,) for b in biases]
    if not all(shapes):
        given = ", ".join(str(None if a is None else a.shape) for a in (x, *state, *weights))
        raise InputError(
            f"{op} expected x (..., n, i), states (n, k), weight_ih (i, {rule.gates} k), weight_hh (k, "
            f"{rule.gates} k) and biases ({rule.gates} k,) or None, got {given}; weights are the transpose "
            "of PyTorch's"
        )
