"""A third party's operations, as mypy --strict and pyright must accept them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import assert_type

import numpy as np

import minigrad_core as mg
from minigrad_core import Array, Context, Operation, OperationLike, Tensor, hookimpl


def add_to_itself(x: Array) -> Array:
    return x + x


class Double(Operation):
    """One input, one output, and a reference."""

    name = "double"
    broadcasts = True
    implements = (np.positive,)
    reference = staticmethod(add_to_itself)

    def forward(self, ctx: Context, x: Array) -> Array:
        return 2 * x

    def backward(self, ctx: Context, grad: Array) -> Array:
        return 2 * grad


class Affine(Operation):
    """Several inputs, one of which is optional, and a setting."""

    name = "affine"

    def forward(
        self, ctx: Context, x: Array, weight: Array, bias: Array | None = None, *, scale: float = 1.0
    ) -> Array:
        ctx.save(x, weight, scale)
        out = scale * (x @ weight)
        return out if bias is None else out + bias

    def backward(self, ctx: Context, grad: Array) -> tuple[Array | None, Array | None, Array | None]:
        x, weight, scale = ctx.saved
        return (
            scale * (grad @ weight.T) if ctx.needs[0] else None,
            scale * (x.T @ grad) if ctx.needs[1] else None,
            grad.sum(axis=0) if len(ctx.needs) > 2 and ctx.needs[2] else None,
        )


class Halves(Operation):
    """Several outputs."""

    name = "halves"

    def forward(self, ctx: Context, x: Array) -> tuple[Array, Array]:
        middle = len(x) // 2
        return x[:middle], x[middle:]

    def backward(self, ctx: Context, first: Array, second: Array) -> Array:
        return np.concatenate([first, second])


class Join(Operation):
    """Any number of inputs."""

    name = "join"

    def forward(self, ctx: Context, *arrays: Array, axis: int = 0) -> Array:
        return np.concatenate(arrays, axis=axis)

    def backward(self, ctx: Context, grad: Array) -> tuple[Array | None, ...]:
        return tuple(grad)


class Sign(Operation):
    """An operation that is not differentiable."""

    name = "sign"
    differentiable = False

    def forward(self, ctx: Context, x: Array) -> Array:
        return np.sign(x)


class Bare:
    """A class that conforms without inheriting."""

    name = "bare"

    def forward(self, ctx: Context, x: Array, *, power: int = 2) -> Array:
        ctx.save(x, power)
        return x**power

    def backward(self, ctx: Context, grad: Array) -> Array:
        x, power = ctx.saved
        return grad * power * x ** (power - 1)


double, affine, halves, join, sign = Double(), Affine(), Halves(), Join(), Sign()


@hookimpl
def minigrad_operations() -> Iterable[OperationLike]:
    return [double, affine, halves, join, sign, Bare()]


def call_operations(x: Tensor, w: Tensor, b: Tensor) -> None:
    assert_type(double(x), Tensor)
    assert_type(affine(x, w), Tensor)
    assert_type(affine(x, w, b, scale=2.0), Tensor)
    assert_type(halves(x), tuple[Tensor, ...])
    assert_type(join(x, w, b, axis=1), Tensor)
    sign(x)
    assert_type(mg.register(affine), Affine)
    assert_type(mg.register(Double), type[Double])
    mg.register(Bare())
    mg.unregister(affine)
    mg.unregister(Double)
    mg.unregister("bare")
    mg.ops.mine.anything(x)
