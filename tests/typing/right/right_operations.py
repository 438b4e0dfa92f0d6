"""A third party's operations, as mypy --strict and pyright must accept them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import assert_type

import numpy as np

import minigrad_core as mg
from minigrad_core import Array, Context, Operation, OperationLike, Tensor, hookimpl


def doubled(x: Array) -> Array:
    """Return `x + x`."""
    return x + x


class Double(Operation):
    """One input, one output, and what it is held against."""

    name = "double"
    broadcasts = True
    implements = (np.positive,)
    reference = staticmethod(doubled)

    def forward(self, ctx: Context, x: Array) -> Array:
        """Return 2 x."""
        return 2 * x

    def backward(self, ctx: Context, grad: Array) -> Array:
        """Return the gradient."""
        return 2 * grad


class Affine(Operation):
    """Several inputs, one of them optional, and a setting."""

    name = "affine"

    def forward(
        self, ctx: Context, x: Array, weight: Array, bias: Array | None = None, *, scale: float = 1.0
    ) -> Array:
        """Return scale * x @ weight + bias."""
        ctx.save(x, weight, scale)
        out = scale * (x @ weight)
        return out if bias is None else out + bias

    def backward(self, ctx: Context, grad: Array) -> tuple[Array | None, Array | None, Array | None]:
        """Return a gradient for each input that needs one."""
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
        """Return the first and the second half."""
        middle = len(x) // 2
        return x[:middle], x[middle:]

    def backward(self, ctx: Context, first: Array, second: Array) -> Array:
        """Return the gradient."""
        return np.concatenate([first, second])


class Join(Operation):
    """Any number of inputs."""

    name = "join"

    def forward(self, ctx: Context, *arrays: Array, axis: int = 0) -> Array:
        """Return them joined."""
        return np.concatenate(arrays, axis=axis)

    def backward(self, ctx: Context, grad: Array) -> tuple[Array | None, ...]:
        """Return the parts."""
        return tuple(grad)


class Sign(Operation):
    """No gradient anywhere."""

    name = "sign"
    differentiable = False

    def forward(self, ctx: Context, x: Array) -> Array:
        """Return -1, 0 or 1."""
        return np.sign(x)


class Bare:
    """Inherits nothing and conforms."""

    name = "bare"

    def forward(self, ctx: Context, x: Array, *, power: int = 2) -> Array:
        """Return x**power."""
        ctx.save(x, power)
        return x**power

    def backward(self, ctx: Context, grad: Array) -> Array:
        """Return the gradient."""
        x, power = ctx.saved
        return grad * power * x ** (power - 1)


double, affine, halves, join, sign = Double(), Affine(), Halves(), Join(), Sign()


@hookimpl
def minigrad_operations() -> Iterable[OperationLike]:
    """Return all of them, whether they inherit or conform."""
    return [double, affine, halves, join, sign, Bare()]


def calls(x: Tensor, w: Tensor, b: Tensor) -> None:
    """Call each as its signature says."""
    assert_type(double(x), Tensor)
    assert_type(affine(x, w), Tensor)
    assert_type(affine(x, w, b, scale=2.0), Tensor)
    assert_type(halves(x), tuple[Tensor, ...])
    assert_type(join(x, w, b, axis=1), Tensor)
    sign(x)
    assert_type(mg.register(affine), Affine)
    assert_type(mg.register(Double), type[Double])
    mg.register(Bare())
    mg.ops.mine.anything(x)
