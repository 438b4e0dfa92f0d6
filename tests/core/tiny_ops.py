"""Operations of the tests' own: the engine is proved without any package of operations."""

from __future__ import annotations

from types import new_class
from typing import Any

import numpy as np

from minigrad_core import Array, Context, Operation, Tensor, tensor


def leaf(*values: float, dtype: Any = np.float64) -> Tensor:
    return tensor(np.array(values, dtype), requires_grad=True)


def gradient(x: Tensor) -> Any:
    assert x.grad is not None
    return x.grad


def make_operation(forward: Any, backward: Any = lambda self, ctx, grad: grad, **attributes: Any) -> Any:
    """Return an operation with these methods; its gradient rule is by default that of the identity."""
    body = {"name": "made", "forward": forward, "backward": backward, **attributes}
    return new_class("Made", (Operation,), exec_body=lambda namespace: namespace.update(body))()


class Add(Operation):
    name = "tiny_add"
    broadcasts = True

    def forward(self, ctx: Context, x: Any, y: Any) -> Array:
        return x + y

    def backward(self, ctx: Context, grad: Array) -> tuple[Array, Array]:
        # The same array for both inputs: the contract forbids this, and the engine must stay right.
        return grad, grad


class Multiply(Operation):
    name = "tiny_multiply"
    broadcasts = True

    def forward(self, ctx: Context, x: Any, y: Any) -> Array:
        ctx.save(x, y)
        return x * y

    def backward(self, ctx: Context, grad: Array) -> tuple[Array | None, Array | None]:
        x, y = ctx.saved
        return grad * y if ctx.needs[0] else None, grad * x if ctx.needs[1] else None


class Total(Operation):
    name = "tiny_total"

    def forward(self, ctx: Context, x: Array) -> Array:
        ctx.save(x.shape)
        return x.sum()

    def backward(self, ctx: Context, grad: Array) -> Array:
        (shape,) = ctx.saved
        return grad * np.ones(shape, grad.dtype)


class Pair(Operation):
    """Two outputs: 2 x and -x."""

    name = "tiny_pair"

    def forward(self, ctx: Context, x: Array) -> tuple[Array, Array]:
        return 2 * x, -x

    def backward(self, ctx: Context, twice: Array, minus: Array) -> Array:
        return 2 * twice - minus


class Faulty(Operation):
    """The identity, with whatever gradient it is given."""

    name = "faulty"

    def __init__(self, gradient: Any) -> None:
        self.gradient = gradient

    def forward(self, ctx: Context, x: Array, *others: Array) -> Array:
        return x * 1

    def backward(self, ctx: Context, grad: Array) -> Any:
        return self.gradient


class Counting(Operation):
    """The identity, which counts its visits."""

    name = "counting"

    def __init__(self) -> None:
        self.visits: list[float] = []

    def forward(self, ctx: Context, x: Array) -> Array:
        return x * 1

    def backward(self, ctx: Context, grad: Array) -> Array:
        self.visits.append(float(np.sum(grad)))
        return grad * 1


add = Add()
multiply = Multiply()
total = Total()
pair = Pair()
