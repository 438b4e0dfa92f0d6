"""Recurrent operations: one step of a cell, or a whole sequence as one node of the graph."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial
from math import prod
from typing import Any, ClassVar

import numpy as np

from minigrad_core import Array, Context, Operation
from minigrad_core.cases import Case, real
from minigrad_core.errors import InputError

from ..kernels.ndarrays import are_ndarrays
from ..kernels.precision import to_floating
from ..normalization.sums import column_sums
from .equations import CellEquations, SequenceResult, State, StepGradients, Weights


class RecurrentOperation(Operation):
    """One step of a cell for x (n, features), or, if `sequence`, all steps of x (t, n, features)."""

    sequence: ClassVar[bool]

    def _run(self, cell: CellEquations, ctx: Context, x: Array, state: State, weights: Weights) -> State:
        """Return the next state, or the outputs (t, n, hidden) and the last state without h."""
        _check_shapes(self.name, cell, x, state, weights)
        run = _run_sequence if self.sequence else _run_step
        return run(self.name, cell, ctx, *_convert_to_floating(x, state, weights))

    def backward(self, ctx: Context, *grads: Array) -> tuple[Array | None, ...]:
        return (_sequence_gradients if self.sequence else _step_gradients)(ctx, *grads)


def _run_step(op: str, cell: CellEquations, ctx: Context, x: Array, state: State, weights: Weights) -> State:
    if x.ndim != 2:
        raise InputError(f"{op} expected x (n, features), one step, got {x.shape}")
    w_ih, w_hh, b_ih, b_hh = weights
    after, saved = cell.step(project(x, w_ih, b_ih), project(state[0], w_hh, b_hh), state)
    ctx.save(cell, saved, x, state[0], w_ih, w_hh)
    return after


def _step_gradients(ctx: Context, *grads: Array) -> tuple[Array | None, ...]:
    cell, saved, x, h, w_ih, w_hh = ctx.saved
    return projection_gradients(ctx, cell.step_backward(grads, saved), x, h, w_ih, w_hh)


def _run_sequence(
    op: str, cell: CellEquations, ctx: Context, xs: Array, state: State, weights: Weights
) -> State:
    if xs.ndim != 3 or not xs.shape[0]:
        raise InputError(f"{op} expected x (t, n, features) of at least one step, got {xs.shape}")
    if _share_floating_dtype(xs, *state, *weights):
        run, run_backward = cell.run, cell.run_backward
    else:
        run, run_backward = partial(unroll, cell), partial(unroll_backward, cell)
    outputs, previous, last, saved, joined = run(xs, state, weights)
    ctx.save(run_backward, saved, xs, previous, weights[0], weights[1], joined)
    return outputs, *last


def _sequence_gradients(ctx: Context, grad: Array, *last: Array) -> tuple[Array | None, ...]:
    run_backward, saved, xs, previous, w_ih, w_hh, joined = ctx.saved
    gradients = run_backward(grad, last, saved, w_hh)
    return projection_gradients(ctx, gradients, xs, previous, w_ih, w_hh, joined)


def unroll(cell: CellEquations, xs: Array, state: State, weights: Weights) -> SequenceResult:
    """Return the result of all steps of xs (t, n, features), step by step, in calls that can be recorded."""
    w_ih, w_hh, b_ih, b_hh = weights
    from_x = project(xs, w_ih, b_ih)
    states, saved = [state], []
    for step in range(xs.shape[0]):
        state, step_saved = cell.step(from_x[step], project(state[0], w_hh, b_hh), state)
        states.append(state)
        saved.append(step_saved)
    hs = np.stack([state[0] for state in states])
    return SequenceResult(hs[1:], hs[:-1], state[1:], saved)


def unroll_backward(cell: CellEquations, grads: Array, last: State, saved: Any, w_hh: Array) -> StepGradients:
    """Return the gradients of all steps of `unroll`, step by step."""
    steps: list[StepGradients] = []
    for step in reversed(range(len(saved))):
        gh = grads[step]
        if steps:
            later = steps[-1]
            gh = gh + later.state[0] + later.h @ w_hh.T
            last = later.state[1:]
        steps.append(cell.step_backward((gh, *last), saved[step]))
    steps.reverse()
    gx, gh = (np.stack([gradients[k] for gradients in steps]) for k in (0, 1))
    return StepGradients(gx, gh, steps[0].state)


def _convert_to_floating(x: Any, state: State, weights: Weights) -> tuple[Any, State, Weights]:
    """Return the arguments with whole numbers converted to floating point."""
    arrays = (x, *state, *weights)
    x, *others = (to_floating(array, *arrays) for array in arrays)
    return x, tuple(others[: len(state)]), (others[-4], others[-3], others[-2], others[-1])


def _share_floating_dtype(*arrays: Array | None) -> bool:
    """Return whether the arrays are plain ones of one floating-point dtype."""
    dtypes = {array.dtype for array in arrays if array is not None}
    return are_ndarrays(*arrays) and len(dtypes) == 1 and dtypes.pop().kind == "f"


def _check_shapes(op: str, cell: CellEquations, x: Array, state: State, weights: tuple[Any, ...]) -> None:
    """Raise `InputError` unless state (n, hidden) and weights fit x (..., n, features)."""
    w_ih, w_hh, *biases = weights
    hidden = w_hh.shape[0] if w_hh.ndim == 2 else -1
    wide = cell.gates * hidden
    fits = [h.shape == (x.shape[-2], hidden) if x.ndim > 1 else False for h in state]
    fits += [w_ih.shape == (x.shape[-1], wide) if x.ndim else False, w_hh.shape == (hidden, wide)]
    fits += [b is None or b.shape == (wide,) for b in biases]
    if not all(fits):
        given = ", ".join(str(None if a is None else a.shape) for a in (x, *state, *weights))
        raise InputError(
            f"{op} expected x (..., n, i), states (n, k), weight_ih (i, {cell.gates} k), weight_hh (k, "
            f"{cell.gates} k) and biases ({cell.gates} k,) or None, got {given}; weights are the transpose "
            "of PyTorch's"
        )


def make_cases(gates: int, states: str, *, steps: str, **settings: Any) -> tuple[Case, ...]:
    """Return a case with biases and `settings`, one of other sizes without biases, and two of other dtypes.

    Whole numbers are converted, and all steps run at once. Floats of two dtypes run step by step.
    states: the names of the states, "h" or "hc"; steps: the number of steps in the shape of x, or "".
    """
    return (
        Case(
            x=real(f"{steps} n 2"),
            **{name: real("n 3") for name in states},
            weight_ih=real(f"2 {3 * gates}"),
            weight_hh=real(f"3 {3 * gates}"),
            bias_ih=real(f"{3 * gates}"),
            bias_hh=real(f"{3 * gates}"),
            **settings,
        ),
        Case(
            x=real(f"{steps} n 1"),
            **{name: real("n 2") for name in states},
            weight_ih=real(f"1 {2 * gates}"),
            weight_hh=real(f"2 {2 * gates}"),
        ),
        Case(
            x=np.ones((*map(int, steps), 2, 1), np.uint8),
            **{name: np.ones((2, 2), np.uint8) for name in states},
            weight_ih=np.ones((1, 2 * gates), np.uint8),
            weight_hh=np.ones((2, 2 * gates), np.uint8),
        ),
        Case(
            x=np.linspace(-1, 1, 2 * prod(map(int, steps)), dtype=np.float32).reshape(*map(int, steps), 2, 1),
            **{name: real("2 1") for name in states},
            weight_ih=real(f"1 {gates}"),
            weight_hh=real(f"1 {gates}"),
        ),
    )


def project(x: Array, weight: Array, bias: Array | None = None) -> Array:
    """Return `x @ weight + bias` for x (..., k), in one product."""
    y = _multiply(x, weight)
    return y if bias is None else y + bias


def projection_gradients(
    ctx: Context,
    gradients: StepGradients,
    x: Array,
    previous: Array,
    w_ih: Array,
    w_hh: Array,
    joined: Array | None = None,
) -> tuple[Array | None, ...]:
    """Return the gradients of x, the state, the weights and the biases; None where `ctx.needs` is false.

    gradients: those of one step or of all steps; previous: the h from which each step starts; joined: x, the
    previous h and 1, side by side, if weighted inputs and states have the same gradient: then one product
    gives three gradients.
    """
    flat_x, flat_h = to_rows(gradients.x), to_rows(gradients.h)
    first = gradients.h if gradients.h.ndim == 2 else gradients.h[0]
    needs = iter(ctx.needs)

    def compute_if_needed(gradient: Callable[[], Array]) -> Array | None:
        return gradient() if next(needs, False) else None

    if joined is None:
        grad_w_ih, grad_w_hh, grad_bias = (
            lambda: to_rows(x).T @ flat_x,
            lambda: to_rows(previous).T @ flat_h,
            lambda: column_sums(flat_x),
        )
    else:
        grad_w_ih, grad_w_hh, grad_bias = _joint_gradients(joined, flat_x, len(w_ih))
    shares_gradient = gradients.h is gradients.x
    grads = (
        compute_if_needed(lambda: _multiply(gradients.x, w_ih.T)),
        compute_if_needed(lambda: gradients.state[0] + first @ w_hh.T),
        *[compute_if_needed(lambda: gradients.state[1]) for _ in gradients.state[1:]],  # the c of an LSTM
        compute_if_needed(grad_w_ih),
        compute_if_needed(grad_w_hh),
        gb := compute_if_needed(grad_bias),
        compute_if_needed(lambda: column_sums(flat_h) if gb is None or not shares_gradient else gb.copy()),
    )
    return grads[: len(ctx.needs)]  # biases that are left out have no gradient


def _joint_gradients(joined: Array, grad: Array, features: int) -> tuple[Callable[[], Array], ...]:
    """Return functions that compute the gradients of both weights and the bias, from one shared product."""
    whole = cache(lambda: to_rows(joined).T @ grad)
    return lambda: whole()[:features], lambda: whole()[features:-1], lambda: whole()[-1]


def to_rows(x: Any) -> Any:
    """Return x (..., k) as a matrix of k columns."""
    return x if x.ndim == 2 else x.reshape(prod(x.shape[:-1]), x.shape[-1])


def _multiply(x: Array, weight: Array) -> Array:
    """Return `x @ weight` in one product; the array owns its memory, unlike a reshaped product."""
    shape = (*x.shape[:-1], weight.shape[1])
    if not are_ndarrays(x, weight):
        return (to_rows(x) @ weight).reshape(shape)
    y: Any = np.empty(shape, np.result_type(x, weight))
    np.matmul(to_rows(x), weight, out=to_rows(y))
    return y
