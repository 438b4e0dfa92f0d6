"""Entropy, softmax and what is sampled from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from minigrad_core import Operation
from minigrad_core.cases import Case, axis_of, between, real

from ..entry import wrong_operation

if TYPE_CHECKING:
    from minigrad_core import Context


class Entropy(Operation):
    """-sum p log p over the last axis; p: (n, k), p > 0. d/dp = -grad (log p + 1)."""

    name = "entropy"
    cases = (Case(p=between(0.01, 1, "n k")),)

    def forward(self, ctx: Context, p: Any) -> Any:
        ctx.save(p)
        return -np.sum(p * np.log(p), axis=-1)

    def backward(self, ctx: Context, grad: Any) -> Any:
        return -(np.log(ctx.saved[0]) + 1) * grad[..., None]


@wrong_operation("formula", twin=Entropy, cause=r"constant|mean|term")
class EntropyCentred(Entropy):
    # gradient normalised: subtracts its mean
    def backward(self, ctx: Context, grad: Any) -> Any:
        g = -(np.log(ctx.saved[0]) + 1) * grad[..., None]
        return g - np.mean(g, axis=-1, keepdims=True)


class Softmax(Operation):
    """softmax(x / temperature) over axis; x: any shape of at least one axis.

    d/dx = p (grad - sum(grad p)) / temperature.
    """

    name = "softmax_t"
    cases = (
        Case(x=real("n k"), axis=axis_of("x")),
        Case(x=real("n k"), axis=axis_of("x"), temperature=0.5),
        Case(x=real("n k m"), axis=axis_of("x"), temperature=3.0),
    )

    def forward(self, ctx: Context, x: Any, *, axis: int = -1, temperature: float = 1.0) -> Any:
        z = x / temperature
        e = np.exp(z - np.max(z, axis=axis, keepdims=True))
        p = e / np.sum(e, axis=axis, keepdims=True)
        ctx.save(p, axis, temperature)
        return p

    def backward(self, ctx: Context, grad: Any) -> Any:
        p, axis, temperature = ctx.saved
        return p * (grad - np.sum(grad * p, axis=axis, keepdims=True)) / temperature


@wrong_operation("formula", twin=Softmax, cause=r"temperature")
class SoftmaxTemperature(Softmax):
    # temperature missing
    def backward(self, ctx: Context, grad: Any) -> Any:
        p, axis, _temperature = ctx.saved
        return p * (grad - np.sum(grad * p, axis=axis, keepdims=True))


@wrong_operation("shape", twin=Softmax, cause=r"axis=0")
class SoftmaxAxis(Softmax):
    # axis ignored in backward: last axis
    def backward(self, ctx: Context, grad: Any) -> Any:
        p, _axis, temperature = ctx.saved
        return p * (grad - np.sum(grad * p, axis=-1, keepdims=True)) / temperature


@wrong_operation("formula", twin=Softmax, cause=r"term")
class SoftmaxMean(Softmax):
    # weighted by the mean of grad rather than by p
    def backward(self, ctx: Context, grad: Any) -> Any:
        p, axis, temperature = ctx.saved
        return p * (grad - np.mean(grad, axis=axis, keepdims=True)) / temperature


@wrong_operation("stability", twin=Softmax, cause=r"nan")
class SoftmaxGlobalMax(Softmax):
    # batch cross-talk: global maximum underflows rows far below
    def forward(self, ctx: Context, x: Any, *, axis: int = -1, temperature: float = 1.0) -> Any:
        z = x / temperature
        e = np.exp(z - np.max(z)) if x.size else z
        p = e / np.sum(e, axis=axis, keepdims=True)
        ctx.save(p, axis, temperature)
        return p


class NucleusMask(Operation):
    """Probabilities outside the smallest set of mass top_p set to 0 and the rest scaled to 1; p: (n, k) > 0.

    d/dp by the quotient rule.
    """

    name = "nucleus"
    cases = (Case(p=between(0.05, 1, "n k"), top_p=0.7),)

    def forward(self, ctx: Context, p: Any, *, top_p: float = 0.9) -> Any:
        raw = p if isinstance(p, np.ndarray) else p.data
        if not 0 < top_p <= 1:
            raise ValueError("nucleus: top_p in (0, 1]")
        order = np.argsort(-raw, axis=-1, kind="stable")
        s = np.take_along_axis(raw, order, axis=-1)
        before = (np.cumsum(s, axis=-1) - s) / np.sum(s, axis=-1, keepdims=True)
        keep = np.take_along_axis(before < top_p, np.argsort(order, axis=-1, kind="stable"), axis=-1)
        total = np.sum(p * keep, axis=-1, keepdims=True)
        y = p * keep / total
        ctx.save(keep, total, y)
        return y

    def backward(self, ctx: Context, grad: Any) -> Any:
        keep, total, y = ctx.saved
        return keep * (grad - np.sum(grad * y, axis=-1, keepdims=True)) / total


@wrong_operation("formula", twin=NucleusMask, cause=r"constant|term")
class NucleusConstant(NucleusMask):
    # normalisation taken for constant
    def backward(self, ctx: Context, grad: Any) -> Any:
        keep, total, _y = ctx.saved
        return keep * grad / total


@wrong_operation("coverage", twin=NucleusMask, cause=r"zero there")
class NucleusNoMask(NucleusMask):
    # mask forgotten
    def backward(self, ctx: Context, grad: Any) -> Any:
        _keep, total, y = ctx.saved
        return (grad - np.sum(grad * y, axis=-1, keepdims=True)) / total


class ArgmaxWithValue(Operation):
    """Largest value of each row and its index; x: (n, k) -> (n,), (n,) ints.

    d/dx = grad at the first maximum.
    """

    name = "max_and_where"
    cases = (Case(x=real("n k")),)

    def forward(self, ctx: Context, x: Any) -> Any:
        if x.shape[1] == 0:
            raise ValueError("max_and_where: no columns")
        at = np.argmax(x, axis=1)
        ctx.save(at[:, None] == np.arange(x.shape[1]))
        return np.max(x, axis=1), at

    def backward(self, ctx: Context, grad: Any, _: Any) -> Any:
        return ctx.saved[0] * grad[:, None]


OPERATIONS = (ArgmaxWithValue(),)
