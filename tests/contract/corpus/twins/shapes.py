"""Correct operations that move values and do not change them. All of them copy."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad_core import Context, Operation
from minigrad_core.cases import Case, real


class Transpose(Operation):
    """The transpose, copied. x: (n, m) -> (m, n). d/dx = grad.T."""

    name = "transpose"
    cases = (Case(x=real("n m")),)

    def forward(self, ctx: Context, x: Any) -> Any:
        return x.T * 1

    def backward(self, ctx: Context, grad: Any) -> Any:
        return grad.T * 1


class Flatten(Operation):
    """All values in row-major order, copied. x: (n, m) -> (n * m,). d/dx = grad in x's shape."""

    name = "flatten"
    cases = (Case(x=real("n m")),)

    def forward(self, ctx: Context, x: Any) -> Any:
        ctx.save(x.shape)
        return x.reshape(-1) * 1

    def backward(self, ctx: Context, grad: Any) -> Any:
        (shape,) = ctx.saved
        return grad.reshape(shape) * 1


class RepeatRow(Operation):
    """A row, three times. x: (k,) -> (3, k). d/dx = grad summed over the copies."""

    name = "repeat_row"
    cases = (Case(x=real("k")),)

    def forward(self, ctx: Context, x: Any) -> Any:
        return np.stack((x, x, x))

    def backward(self, ctx: Context, grad: Any) -> Any:
        return np.sum(grad, axis=0)


class Concatenate(Operation):
    """Two matrices, one above the other. x: (n, k), y: (m, k) -> (n + m, k). Each gets its rows of grad."""

    name = "concatenate_rows"
    cases = (Case(x=real("n k"), y=real("m k")),)

    def forward(self, ctx: Context, x: Any, y: Any) -> Any:
        if x.ndim != 2 or y.ndim != 2 or x.shape[1] != y.shape[1]:
            raise ValueError(f"concatenate_rows: shapes {x.shape} and {y.shape} do not fit")
        ctx.save(x.shape[0])
        return np.concatenate((x, y))

    def backward(self, ctx: Context, grad: Any) -> Any:
        (n,) = ctx.saved
        return (grad[:n] * 1 if ctx.needs[0] else None, grad[n:] * 1 if ctx.needs[1] else None)


class Halves(Operation):
    """Even and odd columns. x: (n, 4) -> (n, 2), (n, 2). d/dx = the two gradients, interleaved."""

    name = "halves"
    cases = (Case(x=real("n 4")),)

    def forward(self, ctx: Context, x: Any) -> Any:
        return x[:, ::2] * 1, x[:, 1::2] * 1

    def backward(self, ctx: Context, even: Any, odd: Any) -> Any:
        return np.stack((even[:, 0], odd[:, 0], even[:, 1], odd[:, 1]), axis=1)


class Roll(Operation):
    """Values moved `shift` places to the right, round the end. x: (n,) -> (n,). d/dx = grad moved back."""

    name = "roll"
    cases = (Case(x=real("n"), shift=1), Case(x=real("n"), shift=-2))

    def forward(self, ctx: Context, x: Any, *, shift: int) -> Any:
        shift = shift % max(x.shape[0], 1)
        ctx.save(x.shape[0] - shift)
        return np.concatenate((x[x.shape[0] - shift :], x[: x.shape[0] - shift]))

    def backward(self, ctx: Context, grad: Any) -> Any:
        (rest,) = ctx.saved
        n = grad.shape[0]
        return np.concatenate((grad[n - rest :], grad[: n - rest]))


class PadFront(Operation):
    """Two zeros before a vector. x: (n,) -> (n + 2,). d/dx = grad without its first two values."""

    name = "pad_front"
    cases = (Case(x=real("n")),)

    def forward(self, ctx: Context, x: Any) -> Any:
        return np.concatenate((np.zeros(2, x.dtype), x))

    def backward(self, ctx: Context, grad: Any) -> Any:
        return grad[2:] * 1


class Tile(Operation):
    """A vector, twice in a row. x: (n,) -> (2 n,). d/dx = the sum of the two halves of grad."""

    name = "tile"
    cases = (Case(x=real("n")),)

    def forward(self, ctx: Context, x: Any) -> Any:
        return np.concatenate((x, x))

    def backward(self, ctx: Context, grad: Any) -> Any:
        return np.sum(grad.reshape(2, grad.shape[0] // 2), axis=0)


class ScaleAll(Operation):
    """A matrix times a number. x: (n, k), factor: () -> (n, k).

    d/dx = factor * grad, d/dfactor = sum(grad * x).
    """

    name = "scale_all"
    cases = (Case(x=real("n k"), factor=real("")),)

    def forward(self, ctx: Context, x: Any, factor: Any) -> Any:
        if factor.ndim != 0:
            raise ValueError(f"scale_all: expected a 0-d factor, got shape {factor.shape}")
        ctx.save(x, factor)
        return x * factor

    def backward(self, ctx: Context, grad: Any) -> Any:
        x, factor = ctx.saved
        return (grad * factor if ctx.needs[0] else None, np.sum(grad * x) if ctx.needs[1] else None)


class AddColumn(Operation):
    """A column added to each column. x: (n, k), column: (n, 1) -> (n, k). d/dcolumn = grad summed over k."""

    name = "add_column"
    cases = (Case(x=real("n k"), column=real("n 1")),)

    def forward(self, ctx: Context, x: Any, column: Any) -> Any:
        if x.ndim != 2 or column.shape != (x.shape[0], 1):
            raise ValueError(f"add_column: shapes {x.shape} and {column.shape} do not fit")
        return x + column

    def backward(self, ctx: Context, grad: Any) -> Any:
        return (
            grad * 1 if ctx.needs[0] else None,
            np.sum(grad, axis=1, keepdims=True) if ctx.needs[1] else None,
        )
