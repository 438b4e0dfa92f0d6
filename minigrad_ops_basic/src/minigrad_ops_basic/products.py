"""Products over an axis, right with any number of zeros, and running sums and products."""

from __future__ import annotations

import numpy as np
from minigrad_core import Array, Context, Operation
from minigrad_core.cases import Case, axis_of, real

from .axes import Axis, reduced, restored


class Prod(Operation):
    """The product over `axis` (None: all). d/dx_i = grad times the product of the others, zeros or not."""

    name = "prod"
    implements = (np.prod, np.multiply.reduce)
    cases = (
        Case(x=real("n k")),
        Case(x=real("n k"), axis=axis_of("x"), keepdims=True),
        Case(x=real("2 3 2"), axis=(0, -1)),
        Case(x=real("")),
    )

    def forward(
        self, ctx: Context, x: Array, *, axis: Axis = None, keepdims: bool = False, initial: float = 1
    ) -> Array:
        """Return the product."""
        ctx.save(x, axis, keepdims, initial)
        return np.prod(x, axis=axis, keepdims=keepdims, initial=initial)

    def backward(self, ctx: Context, grad: Array) -> Array:
        """Return the gradient times the product of all values but the own."""
        x, axis, keepdims, initial = ctx.saved
        return restored(grad * initial, axis, x.ndim, keepdims) * _others(x, reduced(axis, x.ndim))


def _others(x: Array, axes: tuple[int, ...]) -> Array:
    """Return, for each value, the product over `axes` of all others: what is before it times what is behind it."""
    kept = tuple(a for a in range(x.ndim) if a not in axes)
    order = kept + axes
    moved = np.transpose(x, order)
    lead, tail = moved.shape[: len(kept)], moved.shape[len(kept) :]
    flat = np.reshape(moved, (*lead, int(np.prod(tail))))
    one = np.ones((*lead, 1), x.dtype)
    before = np.cumprod(np.concatenate([one, flat[..., :-1]], axis=-1), axis=-1)
    behind = np.flip(np.cumprod(np.concatenate([one, np.flip(flat[..., 1:], -1)], axis=-1), axis=-1), -1)
    product = np.reshape(before * behind, moved.shape) if flat.shape[-1] else moved
    return np.transpose(product, tuple(np.argsort(order)))


class Cumsum(Operation):
    """The running sum along `axis` (None: of the flattened values). d/dx = grad summed from the end."""

    name = "cumsum"
    implements = (np.cumsum, np.add.accumulate)
    cases = (Case(x=real("n k")), Case(x=real("n k"), axis=axis_of("x")))

    def forward(self, ctx: Context, x: Array, *, axis: int | None = None) -> Array:
        """Return the running sum."""
        ctx.save(x.shape, axis)
        return np.cumsum(x, axis=axis)

    def backward(self, ctx: Context, grad: Array) -> Array:
        """Return the running sum of the gradient, from the end."""
        shape, axis = ctx.saved
        along = 0 if axis is None else axis
        return np.reshape(np.flip(np.cumsum(np.flip(grad, along), axis=along), along), shape)


class Cumprod(Operation):
    """The running product along `axis` (None: of the flattened values). d/dx_i = sum over j >= i of grad_j prod_(k <= j, k != i) x_k."""

    name = "cumprod"
    implements = (np.cumprod, np.multiply.accumulate)
    cases = (Case(x=real("n k")), Case(x=real("n k"), axis=axis_of("x")))

    def forward(self, ctx: Context, x: Array, *, axis: int | None = None) -> Array:
        """Return the running product."""
        ctx.save(x, axis)
        return np.cumprod(x, axis=axis)

    def backward(self, ctx: Context, grad: Array) -> Array:
        """Return the gradient, without a division: zeros are values like others.

        What is before x_i times r_i, where r_i = grad_i + x_(i+1) r_(i+1) collects what is behind it.
        """
        x, axis = ctx.saved
        flat = np.reshape(x, (-1,)) if axis is None else np.moveaxis(x, axis, 0)
        grads = grad if axis is None else np.moveaxis(grad, axis, 0)
        n = flat.shape[0]
        if n == 0:
            return np.zeros_like(x)
        behind = [grads[n - 1]]
        for i in range(n - 2, -1, -1):
            behind.append(grads[i] + flat[i + 1] * behind[-1])
        before = np.cumprod(np.concatenate([np.ones((1, *flat.shape[1:]), x.dtype), flat[:-1]]), axis=0)
        out = before * np.stack(behind[::-1])
        return np.reshape(out, x.shape) if axis is None else np.moveaxis(out, 0, axis).copy()


class LogSumExp(Operation):
    """log of the sum of e^x over `axis` (None: all), without overflow. d/dx = grad e^(x - result), 0 where the result is -inf."""

    name = "logsumexp"
    implements = (np.logaddexp.reduce,)
    cases = (Case(x=real("n k")), Case(x=real("n k"), axis=axis_of("x"), keepdims=True), Case(x=real("")))

    def forward(self, ctx: Context, x: Array, *, axis: Axis = None, keepdims: bool = False) -> Array:
        """Return the logarithm of the sum."""
        if not x.size:
            return np.log(np.sum(x, axis=axis, keepdims=keepdims))
        top = np.max(x, axis=axis, keepdims=True)
        top = np.where(np.isfinite(top), top, 0)
        with np.errstate(divide="ignore", over="ignore"):
            y = np.log(np.sum(np.exp(x - top), axis=axis, keepdims=True)) + top
        ctx.save(x, y, axis, keepdims)
        return y if keepdims else np.reshape(y, _left(x.shape, axis))

    def backward(self, ctx: Context, grad: Array) -> Array:
        """Return the gradient in proportion to the summands."""
        x, y, axis, keepdims = ctx.saved
        return restored(grad, axis, x.ndim, keepdims) * np.exp(x - np.where(np.isneginf(y), np.inf, y))


def _left(shape: tuple[int, ...], axis: Axis) -> tuple[int, ...]:
    gone = reduced(axis, len(shape))
    return tuple(size for a, size in enumerate(shape) if a not in gone)


prod = Prod()
cumsum = Cumsum()
cumprod = Cumprod()
logsumexp = LogSumExp()
