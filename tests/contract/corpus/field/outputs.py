"""Several outputs, optional inputs, broadcasting."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from minigrad_core import Operation
from minigrad_core.cases import Case, nonzero, positive, real

from ..entry import wrong_operation

if TYPE_CHECKING:
    from minigrad_core import Context


class PolarToCartesian(Operation):
    """(r cos t, r sin t), elementwise with broadcasting. d/dr = g cos t + h sin t; d/dt = r (h cos
    t - g sin t).
    """

    name = "polar_to_cartesian"
    broadcasts = True

    def forward(self, ctx: Context, r: Any, t: Any) -> Any:
        c, s = np.cos(t), np.sin(t)
        ctx.save(r, c, s)
        return r * c, r * s

    def backward(self, ctx: Context, g: Any, h: Any) -> Any:
        r, c, s = ctx.saved
        return g * c + h * s, r * (h * c - g * s)


@wrong_operation("formula", twin=PolarToCartesian, cause=r"sign|differs|term|input 1")
class PolarSign(PolarToCartesian):
    def backward(self, ctx: Context, g: Any, h: Any) -> Any:
        r, c, s = ctx.saved
        return g * c + h * s, r * (h * c + g * s)


@wrong_operation("cotangent", twin=PolarToCartesian, cause=r"output|grad|differs|term|missing|zero|\bx\b")
class PolarFirstOutputOnly(PolarToCartesian):
    def backward(self, ctx: Context, g: Any, h: Any) -> Any:
        r, c, s = ctx.saved
        return g * c, -r * g * s + 0 * h  # what comes back through the second output is lost


class SafeDivide(Operation):
    """x / y where y is not 0, else `fill`; elementwise with broadcasting. d/dx = grad / y, d/dy =
    -grad x / y^2, else 0.
    """

    name = "safe_divide"
    broadcasts = True
    cases = (Case(x=real(), y=nonzero()), Case(x=real(), y=nonzero(), fill=2.0))

    def forward(self, ctx: Context, x: Any, y: Any, *, fill: float = 0.0) -> Any:
        zero = y == 0
        below = np.where(zero, 1, y)
        ctx.save(x, below, zero)
        return np.where(zero, fill, x / below)

    def backward(self, ctx: Context, grad: Any) -> Any:
        x, below, zero = ctx.saved
        g = np.where(zero, 0, grad / below)
        return g, -g * x / below


@wrong_operation("formula", twin=SafeDivide, cause=r"\by\b|factor|input 1|power|proportional|times")
class SafeDivideOnce(SafeDivide):
    def backward(self, ctx: Context, grad: Any) -> Any:
        x, below, zero = ctx.saved
        return np.where(zero, 0, grad / below), np.where(zero, 0, -grad * x / below)  # y for y^2


@wrong_operation("dtype", twin=SafeDivide, cause=r"float64|float32|dtype|promot")
class SafeDividePromotes(SafeDivide):
    def forward(self, ctx: Context, x: Any, y: Any, *, fill: float = 0.0) -> Any:
        zero = y == 0
        below = np.where(zero, np.float64(1), y)  # a NumPy scalar promotes
        ctx.save(x, below, zero)
        return np.where(zero, fill, x / below)


class ScaleShift(Operation):
    """x * scale + shift by channel; x: (n, c, l), scale, shift: (c,). d/dscale = sum grad x;
    d/dshift = sum grad.
    """

    name = "scale_shift"
    cases = (Case(x=real("n c l"), scale=real("c"), shift=real("c")),)

    def forward(self, ctx: Context, x: Any, scale: Any, shift: Any) -> Any:
        if scale.shape != x.shape[1:2] or shift.shape != scale.shape:
            raise ValueError(f"scale_shift: x {x.shape}, scale {scale.shape}, shift {shift.shape}")
        ctx.save(x, scale)
        return x * scale[:, None] + shift[:, None]

    def backward(self, ctx: Context, grad: Any) -> Any:
        x, scale = ctx.saved
        need_x, need_scale, need_shift = ctx.needs
        return (
            grad * scale[:, None] if need_x else None,
            np.einsum("ncl,ncl->c", grad, x) if need_scale else None,
            np.sum(grad, axis=(0, 2)) if need_shift else None,
        )


@wrong_operation("shape", twin=ScaleShift, cause=r"shape|sum|axis")
class ScaleShiftOneAxis(ScaleShift):
    def backward(self, ctx: Context, grad: Any) -> Any:
        x, scale = ctx.saved
        return grad * scale[:, None], np.sum(grad * x, axis=0), np.sum(grad, axis=(0, 2))


@wrong_operation("protocol", twin=ScaleShift, cause=r"needs|only|None|scale|index")
class ScaleShiftWrongNeed(ScaleShift):
    def backward(self, ctx: Context, grad: Any) -> Any:
        x, scale = ctx.saved
        need_x, need_scale, need_shift = ctx.needs
        return (
            grad * scale[:, None] if need_x else None,
            np.einsum("ncl,ncl->c", grad, x) if need_shift else None,  # the next one's flag
            np.sum(grad, axis=(0, 2)) if need_scale else None,
        )


@wrong_operation("protocol", twin=ScaleShift, cause=r"number|gradients for|count|returned")
class ScaleShiftNeededOnly(ScaleShift):
    def backward(self, ctx: Context, grad: Any) -> Any:
        return tuple(g for g in super().backward(ctx, grad) if g is not None)  # one for each that is needed


class MeanAndStd(Operation):
    """The mean and the standard deviation over rows; x: (n, k), n > 1, rows that differ -> (k,), (k,)."""

    name = "mean_and_std"
    cases = (Case(x=real("5 k")), Case(x=real("4 k"), ddof=1))

    def forward(self, ctx: Context, x: Any, *, ddof: int = 0) -> Any:
        if not 0 <= ddof < x.shape[0]:
            raise ValueError(f"mean_and_std: ddof {ddof} for {x.shape[0]} rows")
        mean = np.mean(x, axis=0)
        d = x - mean
        free = x.shape[0] - ddof
        std = np.sqrt(np.sum(d * d, axis=0) / free)
        ctx.save(d, std, free)
        return mean, std

    def backward(self, ctx: Context, g: Any, h: Any) -> Any:
        d, std, free = ctx.saved
        safe = np.where(std == 0, 1, std)
        return g / d.shape[0] + h * d / (safe * free)


@wrong_operation("coverage", twin=MeanAndStd, cause=r"ddof|setting|factor|times")
class MeanAndStdWithoutDdof(MeanAndStd):
    def backward(self, ctx: Context, g: Any, h: Any) -> Any:
        d, std, _ = ctx.saved
        safe = np.where(std == 0, 1, std)
        return g / d.shape[0] + h * d / (safe * d.shape[0])


@wrong_operation("stability", twin=MeanAndStd, cause=r"precision|cancel|close|digits|negative|nan|imprecise")
class MeanAndStdBySquares(MeanAndStd):
    def forward(self, ctx: Context, x: Any, *, ddof: int = 0) -> Any:
        if not 0 <= ddof < x.shape[0]:
            raise ValueError(f"mean_and_std: ddof {ddof} for {x.shape[0]} rows")
        n = x.shape[0]
        mean = np.mean(x, axis=0)
        var = (np.mean(x * x, axis=0) - mean * mean) * (n / (n - ddof))
        std = np.sqrt(np.maximum(var, 0))
        ctx.save(x - mean, std, n - ddof)
        return mean, std


class Xlogy(Operation):
    """x log y, 0 where x = 0; elementwise with broadcasting, y > 0. d/dx = grad log y, d/dy = grad x / y."""

    name = "xlogy"
    broadcasts = True
    cases = (Case(x=real(), y=positive()),)

    def forward(self, ctx: Context, x: Any, y: Any) -> Any:
        y = np.asarray(y, x.dtype) if isinstance(x, np.ndarray) else y
        log = np.log(y)
        ctx.save(x, y, log)
        return x * log

    def backward(self, ctx: Context, grad: Any) -> Any:
        x, y, log = ctx.saved
        return (grad * log if ctx.needs[0] else None, grad * x / y if ctx.needs[1] else None)


@wrong_operation("state", twin=Xlogy, cause=r"cache|self|attribute|state|stale|between|updated|call")
class XlogyCaches(Xlogy):
    known: dict[int, Any] = {}  # noqa: RUF012

    def forward(self, ctx: Context, x: Any, y: Any) -> Any:
        log = self.known.setdefault(id(y), np.log(y))  # by identity: stale when y is written to
        ctx.save(x, y, log)
        return x * log


@wrong_operation("state", twin=Xlogy, cause=r"seterr|global|error state|errstate")
class XlogySilences(Xlogy):
    def forward(self, ctx: Context, x: Any, y: Any) -> Any:
        np.seterr(divide="ignore", invalid="ignore")  # for everybody, and for good
        return super().forward(ctx, x, y)
