"""Layers as people write them: loops, buffers, einsum, several outputs, optional inputs."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad_core import Context, Operation
from minigrad_core.cases import Case, between, index_into, real

IN_PLACE = "the gradient is written into a buffer"


class Dense(Operation):
    """x @ weight + bias, without bias if it is None. x: (n, k), weight: (k, m), bias: (m,) -> (n, m)."""

    name = "dense"
    cases = (
        Case(x=real("n k"), weight=real("k m"), bias=real("m")),
        Case(x=real("n k"), weight=real("k m")),
    )

    def forward(self, ctx: Context, x: Any, weight: Any, bias: Any = None) -> Any:
        if x.ndim != 2 or weight.ndim != 2 or x.shape[1] != weight.shape[0]:
            raise ValueError(f"dense: shapes {x.shape} and {weight.shape} do not fit")
        if bias is not None and bias.shape != weight.shape[1:]:
            raise ValueError(f"dense: bias has shape {bias.shape}, expected {weight.shape[1:]}")
        ctx.save(x, weight)
        out = x @ weight
        return out if bias is None else out + bias

    def backward(self, ctx: Context, grad: Any) -> Any:
        x, weight = ctx.saved
        found = [grad @ weight.T if ctx.needs[0] else None, x.T @ grad if ctx.needs[1] else None]
        if len(ctx.needs) == 3:
            found.append(grad.sum(axis=0) if ctx.needs[2] else None)
        return tuple(found)


class Conv2d(Operation):
    """Correlation of images with 2 x 2 kernels. x: (n, c, 4, 5), kernel: (o, c, 2, 2) -> (n, o, 3, 4).

    d/dx: each window of x gets grad times the kernel; d/dkernel: grad times the windows, summed.
    """

    name = "conv2d"
    cases = (Case(x=real("n c 4 5"), kernel=real("o c 2 2")),)
    once_differentiable = IN_PLACE

    def forward(self, ctx: Context, x: Any, kernel: Any) -> Any:
        if x.ndim != 4 or kernel.ndim != 4 or x.shape[1] != kernel.shape[1]:
            raise ValueError(f"conv2d: shapes {x.shape} and {kernel.shape} do not fit")
        ctx.save(x, kernel)
        height, width = x.shape[2] - 1, x.shape[3] - 1
        out = np.zeros((x.shape[0], kernel.shape[0], height, width), x.dtype)
        for i in range(2):
            for j in range(2):
                out += np.einsum("nchw,oc->nohw", x[:, :, i : i + height, j : j + width], kernel[:, :, i, j])
        return out

    def backward(self, ctx: Context, grad: Any) -> Any:
        x, kernel = ctx.saved
        height, width = grad.shape[2:]
        dx, dkernel = np.zeros_like(x), np.zeros_like(kernel)
        for i in range(2):
            for j in range(2):
                window = (slice(None), slice(None), slice(i, i + height), slice(j, j + width))
                dx[window] += np.einsum("nohw,oc->nchw", grad, kernel[:, :, i, j])
                dkernel[:, :, i, j] = np.einsum("nohw,nchw->oc", grad, x[window])
        return dx, dkernel


class MaxPool(Operation):
    """The largest of each pair of columns. x: (n, 6) -> (n, 3). The first largest gets grad."""

    name = "max_pool"
    cases = (Case(x=real("n 6")),)

    def forward(self, ctx: Context, x: Any) -> Any:
        pairs = x.reshape(x.shape[0], 3, 2)
        first = pairs[:, :, 0] >= pairs[:, :, 1]
        ctx.save(first)
        return np.maximum(pairs[:, :, 0], pairs[:, :, 1])

    def backward(self, ctx: Context, grad: Any) -> Any:
        (first,) = ctx.saved
        parts = np.stack((np.where(first, grad, 0.0), np.where(first, 0.0, grad)), axis=2)
        return parts.reshape(grad.shape[0], 6)


class Embedding(Operation):
    """Rows of a table. table: (n, k), index: any shape of ints -> (*index, k).

    d/dtable: rows of grad added up.
    """

    name = "embedding"
    cases = (Case(table=real("n k"), index=index_into("table", axis=0, shape="b t")),)
    once_differentiable = True

    def forward(self, ctx: Context, table: Any, index: Any) -> Any:
        ctx.save(index, table.shape)
        return np.take(table, index, axis=0)

    def backward(self, ctx: Context, grad: Any) -> Any:
        index, shape = ctx.saved
        dtable = np.zeros(shape, dtype=grad.dtype)
        np.add.at(dtable, index.ravel() % max(shape[0], 1), grad.reshape(index.size, shape[1]))
        return dtable, None


class LstmCell(Operation):
    """One step of an LSTM on given gates.

    gates: (n, 4 k) with k = 2, cell: (n, 2) -> hidden (n, 2), cell (n, 2).

    cell' = f c + i g, hidden = o tanh(cell'), for i, f, o sigmoids and g a tanh of the gates.
    """

    name = "lstm_cell"
    cases = (Case(gates=between(-5, 5, "n 8"), cell=between(-5, 5, "n 2")),)

    def forward(self, ctx: Context, gates: Any, cell: Any) -> Any:
        if gates.ndim != 2 or gates.shape[1] != 8 or cell.shape != (gates.shape[0], 2):
            raise ValueError(f"lstm_cell: shapes {gates.shape} and {cell.shape} do not fit")
        i, f, o = (0.5 * (1 + np.tanh(0.5 * gates[:, 2 * j : 2 * j + 2])) for j in range(3))
        g = np.tanh(gates[:, 6:])
        new = f * cell + i * g
        t = np.tanh(new)
        ctx.save(i, f, o, g, t, cell)
        return o * t, new

    def backward(self, ctx: Context, grad_hidden: Any, grad_cell: Any) -> Any:
        i, f, o, g, t, cell = ctx.saved
        d_new = grad_cell + grad_hidden * o * (1 - t * t)
        d_gates = np.concatenate(
            (
                d_new * g * i * (1 - i),
                d_new * cell * f * (1 - f),
                grad_hidden * t * o * (1 - o),
                d_new * i * (1 - g * g),
            ),
            axis=1,
        )
        return d_gates, d_new * f


class BatchNorm(Operation):
    """Columns with mean 0 and variance 1 over the batch, scaled and shifted.

    x: (4, k), gain: (k,), shift: (k,).
    """

    name = "batch_norm"
    cases = (Case(x=between(-3, 3, "4 k"), gain=real("k"), shift=real("k")),)

    def forward(self, ctx: Context, x: Any, gain: Any, shift: Any) -> Any:
        if x.ndim != 2 or not x.shape[1:] == gain.shape == shift.shape:
            raise ValueError(f"batch_norm: shapes {x.shape}, {gain.shape} and {shift.shape} do not fit")
        centred = x - x.sum(axis=0) / x.shape[0]
        scale = (np.sum(centred**2, axis=0) / x.shape[0] + 1e-3) ** -0.5
        normal = centred * scale
        ctx.save(normal, scale, gain)
        return gain * normal + shift

    def backward(self, ctx: Context, grad: Any) -> Any:
        normal, scale, gain = ctx.saved
        n = normal.shape[0]
        by_gain = (grad * normal).sum(axis=0)
        by_shift = grad.sum(axis=0)
        dx = gain * scale * (grad - by_shift / n - normal * by_gain / n)
        return dx, by_gain, by_shift


OPERATIONS = tuple(op() for op in (Dense, Conv2d, MaxPool, Embedding, LstmCell, BatchNorm))
