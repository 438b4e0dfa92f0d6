"""How the transforms go through a node a second time: what is run again, and what need not be."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from minigrad_core import Array, Cached, Context, Operation, Tensor, grad, hessian, hvp, tensor
from minigrad_core.errors import DifferentiabilityError


class Recording(Operation):
    """x^2 y, which saves what it is told to, and counts its runs."""

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


@pytest.mark.parametrize(
    "saved",
    [
        lambda x, y, s: (x, y, 1),
        lambda x, y, s: (x, y, 1, None, "name", (1, 2, (3,)), True),
        lambda x, y, s: (x, y, 1, x > 0, np.reshape(x, 1) > 0, np.argsort(np.reshape(x, 1))),
    ],
)
def test_what_saves_its_inputs_is_not_run_again(saved: Any) -> None:
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
def test_what_saves_anything_else_is_run_again_on_tensors(saved: Any) -> None:
    op = Recording(saved)
    xx, xy = second(op)
    assert (xx.item(), xy.item()) == (10, 4)
    assert op.runs == [np.ndarray, Tensor]


def test_two_inputs_on_one_array_are_told_apart_by_running_again() -> None:
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


def test_what_is_cached_is_there_for_the_gradient_and_gone_for_its_derivative() -> None:
    op = Caching()
    assert grad(lambda y: np.sum(op(X, y)))(Y).item() == 4
    assert (op.forwards, op.found) == ([np.ndarray], [True])
    mixed = grad(lambda x: np.sum(grad(lambda y: np.sum(op(x, y)))(Y)))(X)
    assert mixed.item() == 4  # d^2/dxdy = 2x
    assert (op.forwards[1:], op.found[1:]) == ([np.ndarray], [False])


def test_what_is_cached_is_gone_as_well_where_forward_runs_again() -> None:
    op = Caching()
    detached = grad(lambda x: np.sum(grad(lambda x: np.sum(op(x, x.detach())))(x)))(X)
    assert detached.item() == 4
    assert (op.forwards, op.found) == ([np.ndarray, Tensor], [False])


def test_all_floats_are_tensors_and_what_can_have_no_gradient_stays_an_array() -> None:
    """So that what is computed of one input can be added to in place what is computed of another."""
    kinds: list[tuple[type, ...]] = []

    class Kinds(Operation):
        name = "kinds"

        def forward(self, ctx: Context, x: Array, y: Array, z: Any) -> Array:
            kinds.append((type(x), type(y), type(z)))
            ctx.save(x * 1, y)
            return x * x * y

        def backward(self, ctx: Context, grad: Array) -> tuple[Array | None, ...]:
            x, y = ctx.saved
            return 2 * grad * x * y, None, None

    op = Kinds()
    hvp(lambda x: np.sum(op(x, tensor([3.0]), [1, 2])), X, X)
    assert kinds == [(np.ndarray, np.ndarray, np.ndarray), (Tensor, Tensor, np.ndarray)]


def test_backward_gets_tensors_only_even_for_outputs_that_nobody_used() -> None:
    kinds: list[tuple[type, ...]] = []

    class Two(Operation):
        name = "two"

        def forward(self, ctx: Context, x: Array) -> tuple[Array, Array]:
            ctx.save(x)
            return x * x, x * 3

        def backward(self, ctx: Context, a: Array, b: Array) -> Array:
            kinds.append((type(a), type(b)))
            (x,) = ctx.saved
            return 2 * a * x + 3 * b

    assert hessian(lambda x: np.sum(Two()(x)[0]))(X).item() == 2
    assert kinds == [(Tensor, Tensor)]


@pytest.mark.parametrize(
    ("reason", "message"),
    [("it rounds", "once has no second derivative: it rounds"), (True, "once has no second derivative$")],
)
def test_an_honest_refusal_is_raised_when_the_second_derivative_is_taken(reason: Any, message: str) -> None:
    class Once(Operation):
        name = "once"
        once_differentiable = reason

        def forward(self, ctx: Context, x: Array) -> Array:
            ctx.save(x)
            return x * x

        def backward(self, ctx: Context, grad: Array) -> Array:
            (x,) = ctx.saved
            assert type(x) is np.ndarray
            return 2 * grad * x

    op = Once()
    assert grad(lambda x: np.sum(op(x)))(X).item() == 4
    with pytest.raises(DifferentiabilityError, match=message):
        hvp(lambda x: np.sum(op(x)), X, X)
    # What depends on it in the first derivative only is fine.
    assert grad(lambda y: np.sum(grad(lambda x: np.sum(op(x)))(X) * y))(Y).item() == 4


def test_an_error_on_the_way_names_the_operation() -> None:
    class NotAgain(Operation):
        name = "not_again"

        def forward(self, ctx: Context, x: Array) -> Array:
            ctx.save(x * 1)
            return x * 1

        def backward(self, ctx: Context, grad: Array) -> Array:
            (x,) = ctx.saved
            return np.asarray(x) * grad

    with pytest.raises(TypeError, match="does not turn into an array in silence") as caught:
        hvp(lambda x: np.sum(NotAgain()(x)), X, X)
    assert "while differentiating the gradient of not_again" in caught.value.__notes__
