"""Values taken out or laid out otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from minigrad_core import Operation
from minigrad_core.cases import Case, real

from ..entry import wrong_operation

if TYPE_CHECKING:
    from minigrad_core import Context


class Triangular(Operation):
    """Lower triangle of x from the k-th diagonal; x: (n, m). d/dx = that of grad."""

    name = "lower"
    cases = (Case(x=real("n m")), Case(x=real("n m"), k=1), Case(x=real("n m"), k=-1))

    def forward(self, ctx: Context, x: Any, *, k: int = 0) -> Any:
        ctx.save(k)
        return np.tril(x, k)

    def backward(self, ctx: Context, grad: Any) -> Any:
        return np.tril(grad, ctx.saved[0])


@wrong_operation("coverage", twin=Triangular, cause=r"k=0")
class TriangularK(Triangular):
    # k ignored
    def backward(self, ctx: Context, grad: Any) -> Any:
        return np.tril(grad)


@wrong_operation("shape", twin=Triangular, cause=r"off the diagonal")
class TriangularUpper(Triangular):
    # upper for lower
    def backward(self, ctx: Context, grad: Any) -> Any:
        return np.triu(grad, ctx.saved[0])


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


@wrong_operation("shape", twin=Stride2, cause=r"1, 3 along axis 1 \(of 4\): it must be zero")
class Stride2Repeat(Stride2):
    # repeats grad instead of zeros between
    def backward(self, ctx: Context, grad: Any) -> Any:
        shape, step = ctx.saved
        return np.repeat(grad, step, axis=1)[:, : shape[1]]


@wrong_operation("dtype", twin=Stride2, cause=r"float64")
class Stride2Dtype(Stride2):
    # np.zeros without dtype: float64 for float32
    def backward(self, ctx: Context, grad: Any) -> Any:
        shape, step = ctx.saved
        out = np.zeros(shape)
        out[:, ::step] = grad
        return out


@wrong_operation("memory", twin=Stride2, cause=r"np\.empty")
class Stride2Empty(Stride2):
    # np.empty instead of zeros
    def backward(self, ctx: Context, grad: Any) -> Any:
        shape, step = ctx.saved
        out = np.empty(shape, grad.dtype)
        out[:, ::step] = grad
        return out


@wrong_operation("higher_order", twin=Stride2, cause=r"differentiated")
class Stride2Twice(Stride2):
    # claims once_differentiable False but backward writes in place
    once_differentiable = False


class DiagonalOf(Operation):
    """Diagonal of x with offset; x: (n, n) -> (n - |offset|,). d/dx = grad on that diagonal."""

    name = "diagonal_of"
    cases = (Case(x=real("n n")), Case(x=real("4 4"), offset=1), Case(x=real("4 4"), offset=-2))

    def forward(self, ctx: Context, x: Any, *, offset: int = 0) -> Any:
        if abs(offset) > x.shape[0]:
            raise ValueError("diagonal_of: the offset is outside")
        ctx.save(offset)
        return np.diagonal(x, offset) + 0

    def backward(self, ctx: Context, grad: Any) -> Any:
        return np.diag(grad, ctx.saved[0])


@wrong_operation("coverage", twin=DiagonalOf, cause=r"transposed.*offset")
class DiagonalOffset(DiagonalOf):
    # offset's sign
    def backward(self, ctx: Context, grad: Any) -> Any:
        return np.diag(grad, -ctx.saved[0])


class Upsample(Operation):
    """Each value of the last axis twice; x: (n, k) -> (n, 2k). d/dx = grad summed in pairs."""

    name = "twice_each"
    cases = (Case(x=real("n k")),)

    def forward(self, ctx: Context, x: Any) -> Any:
        return np.repeat(x, 2, axis=-1)

    def backward(self, ctx: Context, grad: Any) -> Any:
        return grad[..., ::2] + grad[..., 1::2]


@wrong_operation("shape", twin=Upsample, cause=r"ignored at 1, 3, 5, 7")
class UpsampleEvery(Upsample):
    # every second only
    def backward(self, ctx: Context, grad: Any) -> Any:
        return grad[..., ::2] + 0
