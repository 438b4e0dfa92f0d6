"""Replay: the gradient rule on tensors, with `forward` run again only where that is needed."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from minigrad_core import Array, Cached, Context, Operation, Tensor, grad, hessian, hvp, jvp, tensor
from minigrad_core.errors import DifferentiabilityError, GradientError
from tests.core.tiny_ops import make_operation


class Recording(Operation):
    """x^2 y, which saves the values that `saved` returns, and counts its runs."""

    name = "recording"

    def __init__(self, saved: Any) -> None:
        self.saved = saved
        self.runs: list[type] = []

    def forward(self, ctx: Context, x: Array, y: Array, *, scale: float = 1.0) -> Array:
        self.runs.append(type(x))
        ctx.save(*self.saved(x, y, scale))
        return x * x * y * scale

    def backward(self, ctx: Context, grad: Array) -> tuple[Array | None, Array | None]:
        x, y, scale = ctx.saved[:3]
        return (
            2 * grad * x * y * scale if ctx.needs[0] else None,
            grad * x * x * scale if ctx.needs[1] else None,
        )


X, Y = np.array([2.0]), np.array([5.0])


def second(op: Recording, x: Any = X, y: Any = Y, **settings: Any) -> Any:
    """Return d^2/dx^2 and d^2/dxdy of op(x, y)."""
    return grad(lambda x, y: np.sum(grad(lambda x: np.sum(op(x, y, **settings)))(x)), (0, 1))(x, y)


def test_a_forward_that_draws_is_refused_where_it_would_draw_again() -> None:
    rng = np.random.default_rng(0)

    def save(x: Any, y: Any, scale: float) -> tuple[Any, ...]:
        return x, y, 1, rng.normal(size=1)

    with pytest.raises(GradientError, match=r"recording: forward saved other values .* draw outside"):
        second(Recording(save))
    noisy = Recording(save)
    with pytest.raises(GradientError, match="draw outside"):
        jvp(lambda x: noisy(x, Y), (X,), (X,))


def test_a_forward_may_save_other_values_for_tensors() -> None:
    xx, xy = second(Recording(lambda x, y, s: (x, y, 1, x * 2 if type(x) is np.ndarray else x * 3)))
    assert (xx.item(), xy.item()) == (10, 4)


@pytest.mark.parametrize(
    "saved",
    [
        lambda x, y, s: (x, y, 1),
        lambda x, y, s: (x, y, 1, None, "name", (1, 2, (3,)), True),
        lambda x, y, s: (x, y, 1, x > 0, np.reshape(x, 1) > 0, np.argsort(np.reshape(x, 1))),
    ],
)
def test_forward_does_not_run_again_if_it_saved_its_inputs(saved: Any) -> None:
    op = Recording(saved)
    xx, xy = second(op)
    assert (xx.item(), xy.item()) == (10, 4)
    assert op.runs == [np.ndarray]


@pytest.mark.parametrize(
    "saved",
    [
        lambda x, y, s: (x * 1, y, 1),
        lambda x, y, s: (x, y, s),  # a float may have been computed from the inputs
        lambda x, y, s: (x, y, 1, [x]),
        lambda x, y, s: (x, y, 1, (x * 2,)),
        lambda x, y, s: (x.reshape(1), y, 1),
    ],
)
def test_forward_runs_again_on_tensors_if_it_saved_other_values(saved: Any) -> None:
    op = Recording(saved)
    xx, xy = second(op)
    assert (xx.item(), xy.item()) == (10, 4)
    assert op.runs == [np.ndarray, Tensor]


def test_two_inputs_with_one_array_are_distinguished_by_running_again() -> None:
    op = Recording(lambda x, y, s: (x, y, 1))
    xx, xy = second(op, X, X)
    assert (xx.item(), xy.item()) == (4, 4)
    detached = grad(lambda x: np.sum(grad(lambda x: np.sum(op(x, x.detach())))(x)))(X)
    assert detached.item() == 4


def test_one_tensor_as_both_inputs_needs_no_second_run() -> None:
    op = Recording(lambda x, y, s: (x, y, 1))
    assert hessian(lambda x: np.sum(op(x, x)))(X).item() == 12  # x^3
    assert op.runs == [np.ndarray]


class Caching(Operation):
    """x^2 y, whose x^2 is cached."""

    name = "caching"

    def __init__(self) -> None:
        self.forwards: list[type] = []
        self.found: list[bool] = []

    def forward(self, ctx: Context, x: Array, y: Array) -> Array:
        self.forwards.append(type(x))
        square = x * x
        ctx.save(x, y, Cached([square]))
        return square * y

    def backward(self, ctx: Context, grad: Array) -> tuple[Array | None, Array | None]:
        x, y, cached = ctx.saved
        self.found.append(cached is not None)
        square = cached[0] if cached else x * x
        return 2 * grad * x * y if ctx.needs[0] else None, grad * square if ctx.needs[1] else None


def test_a_cached_value_is_present_for_the_gradient_and_none_for_its_derivative() -> None:
    op = Caching()
    assert grad(lambda y: np.sum(op(X, y)))(Y).item() == 4
    assert (op.forwards, op.found) == ([np.ndarray], [True])
    mixed = grad(lambda x: np.sum(grad(lambda y: np.sum(op(x, y)))(Y)))(X)
    assert mixed.item() == 4  # d^2/dxdy = 2x
    assert (op.forwards[1:], op.found[1:]) == ([np.ndarray], [False])


def test_a_cached_value_is_none_also_where_forward_runs_again() -> None:
    op = Caching()
    detached = grad(lambda x: np.sum(grad(lambda x: np.sum(op(x, x.detach())))(x)))(X)
    assert detached.item() == 4
    assert (op.forwards, op.found) == ([np.ndarray, Tensor], [False])


def test_all_floats_are_tensors_and_other_inputs_stay_arrays() -> None:
    """A tensor can then be added in place to a value that was computed from another input."""
    types: list[tuple[type, ...]] = []

    def forward(self: Any, ctx: Context, x: Array, y: Array, z: Any) -> Array:
        types.append((type(x), type(y), type(z)))
        ctx.save(x * 1, y)
        return x * x * y

    op = make_operation(forward, lambda self, ctx, g: (2 * g * ctx.saved[0] * ctx.saved[1], None, None))
    hvp(lambda x: np.sum(op(x, tensor([3.0]), [1, 2])), X, X)
    assert types == [(np.ndarray, np.ndarray, np.ndarray), (Tensor, Tensor, np.ndarray)]


def test_backward_receives_tensors_for_unused_outputs_too() -> None:
    types: list[tuple[type, ...]] = []

    def forward(self: Any, ctx: Context, x: Array) -> tuple[Array, Array]:
        ctx.save(x)
        return x * x, x * 3

    def backward(self: Any, ctx: Context, a: Array, b: Array) -> Array:
        types.append((type(a), type(b)))
        return 2 * a * ctx.saved[0] + 3 * b

    op = make_operation(forward, backward)
    assert hessian(lambda x: np.sum(op(x)[0]))(X).item() == 2
    assert types == [(Tensor, Tensor)]


@pytest.mark.parametrize(
    ("reason", "message"),
    [("it rounds", "once has no second derivative: it rounds"), (True, "once has no second derivative$")],
)
def test_a_refusal_is_raised_when_the_second_derivative_is_taken(reason: Any, message: str) -> None:
    def forward(self: Any, ctx: Context, x: Array) -> Array:
        ctx.save(x)
        return x * x

    def backward(self: Any, ctx: Context, grad: Array) -> Array:
        (x,) = ctx.saved
        assert type(x) is np.ndarray
        return 2 * grad * x

    op = make_operation(forward, backward, name="once", once_differentiable=reason)
    assert grad(lambda x: np.sum(op(x)))(X).item() == 4
    with pytest.raises(DifferentiabilityError, match=message):
        hvp(lambda x: np.sum(op(x)), X, X)
    # A value that depends on the first derivative alone can be differentiated.
    assert grad(lambda y: np.sum(grad(lambda x: np.sum(op(x)))(X) * y))(Y).item() == 4


def test_an_error_during_a_replay_names_the_operation() -> None:
    def forward(self: Any, ctx: Context, x: Array) -> Array:
        ctx.save(x * 1)
        return x * 1

    op = make_operation(forward, lambda self, ctx, grad: np.asarray(ctx.saved[0]) * grad, name="not_again")
    with pytest.raises(TypeError, match="is not silently converted to an array") as caught:
        hvp(lambda x: np.sum(op(x)), X, X)
    assert "while differentiating the gradient of not_again" in caught.value.__notes__
