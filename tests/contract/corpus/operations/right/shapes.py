"""Right operations that move values around."""

from __future__ import annotations

import itertools
from typing import Any, ClassVar

import numpy as np

from minigrad_core import Context, Operation
from minigrad_core.cases import Case, axis_of, between, real


class PadConstant(Operation):
    """x with `before` and `after` values around the last axis; x: (n, k). d/dx = the middle of grad."""

    name = "pad_last"
    cases = (Case(x=real("n k"), before=1, after=2), Case(x=real("n k"), before=2, after=0))

    def forward(self, ctx: Context, x: Any, *, before: int = 0, after: int = 0, value: float = 0.0) -> Any:
        if before < 0 or after < 0:
            raise ValueError("pad_last: negative widths")
        ctx.save(before, x.shape[-1])
        return np.pad(x, [(0, 0)] * (x.ndim - 1) + [(before, after)], constant_values=value)

    def backward(self, ctx: Context, grad: Any) -> Any:
        before, k = ctx.saved
        return grad[..., before : before + k] + 0


class Stride2(Operation):
    """Every step-th column; x: (n, k). d/dx = grad put there, zeros elsewhere."""

    name = "every"
    returns_view = True
    cases = (Case(x=real("n k"), step=2), Case(x=real("n k"), step=3))
    once_differentiable: ClassVar[bool | str] = "writes into zeros"

    def forward(self, ctx: Context, x: Any, *, step: int = 2) -> Any:
        if step < 1:
            raise ValueError("every: step at least 1")
        ctx.save(x.shape, step)
        return x[:, ::step]

    def backward(self, ctx: Context, grad: Any) -> Any:
        shape, step = ctx.saved
        out = np.zeros(shape, grad.dtype)
        out[:, ::step] = grad
        return out


class LeakyIntegrator(Operation):
    """h_t = decay h_{t-1} + x_t along axis 0, from h = 0; x: (t, n), decay: () in (0, 1) -> (t, n).

    d/dx_t = sum_{s >= t} decay^{s-t} grad_s; d/ddecay = sum_t (running gradient)_t h_{t-1}.
    """

    name = "leaky_integrator"
    cases = (Case(x=real("t n"), decay=between(0, 1, "")),)
    once_differentiable = "it writes into buffers of its own"

    def forward(self, ctx: Context, x: Any, decay: Any) -> Any:
        h = np.empty_like(x)
        previous = np.zeros_like(x[0]) if len(x) else x
        for t in range(len(x)):
            previous = decay * previous + x[t]
            h[t] = previous
        ctx.save(h, decay)
        return h.copy()

    def backward(self, ctx: Context, grad: Any) -> Any:
        h, decay = ctx.saved
        dx, ddecay = np.empty_like(grad), np.zeros_like(decay)
        running = np.zeros_like(grad[0]) if len(grad) else grad
        for t in range(len(grad) - 1, -1, -1):
            running = grad[t] + decay * running
            dx[t] = running
            if t:
                ddecay = ddecay + (running * h[t - 1]).sum()
        return dx if ctx.needs[0] else None, np.asarray(ddecay) if ctx.needs[1] else None


class CachedScale(Operation):
    """x times a table of powers; the table is made fresh."""

    name = "power_table"
    cases = (Case(x=real("n k"), base=0.5), Case(x=real("n k"), base=2.0))

    def __init__(self) -> None:
        self._cache: Any = {}

    def forward(self, ctx: Any, x: Any, *, base: Any = 0.5) -> Any:
        table = (base ** np.arange(x.shape[1])).astype(x.dtype)
        ctx.save(table)
        return x * table

    def backward(self, ctx: Any, grad: Any) -> Any:
        (table,) = ctx.saved
        return grad * table


class Concat(Operation):
    """Arrays one after the other along `axis`. Each gets its part of grad."""

    name = "concat"
    cases = (
        Case(arrays=(real("n k"), real("m k")), axis=0),
        Case(arrays=(real("n k"), real("n m"), real("n k")), axis=-1),
    )

    def forward(self, ctx: Context, *arrays: Any, axis: int = 0) -> Any:
        ctx.save(np.cumsum([a.shape[axis] for a in arrays[:-1]]), axis)
        return np.concatenate(arrays, axis=axis)

    def backward(self, ctx: Context, grad: Any) -> Any:
        ends, axis = ctx.saved
        bounds = [0, *(int(end) for end in ends), grad.shape[axis]]
        parts = []
        for start, stop in itertools.pairwise(bounds):
            where = [slice(None)] * grad.ndim
            where[axis] = slice(start, stop)
            parts.append(grad[tuple(where)].copy())
        return tuple(parts)


class StackRows(Operation):
    """Vectors as the rows of a matrix. (k,) each -> (number, k). Each gets its row of grad."""

    name = "stack_rows"
    cases = (Case(arrays=(real("k"), real("k"), real("k"))),)

    def forward(self, ctx: Context, *arrays: Any) -> Any:
        return np.stack(arrays)

    def backward(self, ctx: Context, grad: Any) -> Any:
        return tuple(grad[i].copy() if needed else None for i, needed in enumerate(ctx.needs))


class FlipAxis(Operation):
    """x in reverse order along `axis`. d/dx = grad in reverse order."""

    name = "flip_axis"
    cases = (Case(x=real("n k"), axis=axis_of("x")),)

    def forward(self, ctx: Context, x: Any, *, axis: int) -> Any:
        ctx.save(axis)
        return np.flip(x, axis).copy()

    def backward(self, ctx: Context, grad: Any) -> Any:
        (axis,) = ctx.saved
        return np.flip(grad, axis).copy()


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


class Tile(Operation):
    """A vector, twice in a row. x: (n,) -> (2 n,). d/dx = the sum of the two halves of grad."""

    name = "tile"
    cases = (Case(x=real("n")),)

    def forward(self, ctx: Context, x: Any) -> Any:
        return np.concatenate((x, x))

    def backward(self, ctx: Context, grad: Any) -> Any:
        return np.sum(grad.reshape(2, grad.shape[0] // 2), axis=0)


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
