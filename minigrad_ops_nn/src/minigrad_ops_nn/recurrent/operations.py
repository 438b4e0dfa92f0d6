"""Forward and backward of one step of a cell, and of a whole sequence as one node."""

from __future__ import annotations

from functools import partial
from typing import Any

from minigrad_core import Array, Context
from minigrad_core.errors import InputError

from ..kernels.ndarrays import are_ndarrays
from ..kernels.precision import to_floating
from . import unroll
from .cell import CellEquations, State, Weights
from .projections import project, projection_gradients


def cell_forward(
    op: str, cell: CellEquations, ctx: Context, x: Array, state: State, weights: Weights
) -> State:
    """Return the next state; x is (n, features)."""
    _check_shapes(op, cell, x, state, weights)
    if x.ndim != 2:
        raise InputError(f"{op} expected x (n, features), one step, got {x.shape}")
    x, state, weights = _convert_to_floating(x, state, weights)
    w_ih, w_hh, b_ih, b_hh = weights
    after, kept = cell.step(project(x, w_ih, b_ih), project(state[0], w_hh, b_hh), state)
    ctx.save(cell, kept, x, state[0], w_ih, w_hh)
    return after


def cell_backward(ctx: Context, *grads: Array) -> tuple[Array | None, ...]:
    """Return the gradients of x, state, weights and biases."""
    cell, kept, x, h, w_ih, w_hh = ctx.saved
    return projection_gradients(ctx, cell.step_backward(grads, kept), x, h, w_ih, w_hh)


def sequence_forward(
    op: str, cell: CellEquations, ctx: Context, xs: Array, state: State, weights: Weights
) -> tuple[Array, ...]:
    """Return the outputs (t, n, hidden) and the last state other than h; xs is (t, n, features)."""
    _check_shapes(op, cell, xs, state, weights)
    if xs.ndim != 3 or not xs.shape[0]:
        raise InputError(f"{op} expected x (t, n, features) of at least one step, got {xs.shape}")
    xs, state, weights = _convert_to_floating(xs, state, weights)
    if _share_floating_dtype(xs, *state, *weights):
        run, run_backward = cell.run, cell.run_backward
    else:
        run, run_backward = partial(unroll.run, cell), partial(unroll.run_backward, cell)
    outputs, before, last, kept, joined = run(xs, state, weights)
    ctx.save(run_backward, kept, xs, before, weights[0], weights[1], joined)
    return outputs, *last


def sequence_backward(ctx: Context, grad: Array, *last: Array) -> tuple[Array | None, ...]:
    """Return the gradients of xs, state, weights and biases."""
    run_backward, kept, xs, before, w_ih, w_hh, joined = ctx.saved
    return projection_gradients(ctx, run_backward(grad, last, kept, w_hh), xs, before, w_ih, w_hh, joined)


def _convert_to_floating(x: Any, state: State, weights: Weights) -> tuple[Any, State, Weights]:
    """Return the arguments with whole numbers in floating point."""
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
    shapes = [h.shape == (x.shape[-2], hidden) if x.ndim > 1 else False for h in state]
    shapes += [w_ih.shape == (x.shape[-1], wide) if x.ndim else False, w_hh.shape == (hidden, wide)]
    shapes += [b is None or b.shape == (wide,) for b in biases]
    if not all(shapes):
        given = ", ".join(str(None if a is None else a.shape) for a in (x, *state, *weights))
        raise InputError(
            f"{op} expected x (..., n, i), states (n, k), weight_ih (i, {cell.gates} k), weight_hh (k, "
            f"{cell.gates} k) and biases ({cell.gates} k,) or None, got {given}; weights are the transpose "
            "of PyTorch's"
        )
