"""Elementary functions of one and two arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from minigrad_core import Operation
from minigrad_core.cases import Case, between, nonzero, real

from ..entry import wrong_operation

if TYPE_CHECKING:
    from minigrad_core import Context


class Angle(Operation):
    """atan2(y, x), broadcast. d/dy = grad x/(x^2+y^2), d/dx = -grad y/(x^2+y^2)."""

    name = "angle"
    broadcasts = True
    cases = (Case(y=nonzero(), x=nonzero()),)

    def forward(self, ctx: Context, y: Any, x: Any) -> Any:
        ctx.save(y, x)
        return np.arctan2(y, x)

    def backward(self, ctx: Context, grad: Any) -> Any:
        y, x = ctx.saved
        r = np.hypot(x, y)
        return grad / r * (x / r), -grad / r * (y / r)


@wrong_operation("formula", twin=Angle, cause=r"sign")
class AngleSign(Angle):
    # input 1's sign
    def backward(self, ctx: Context, grad: Any) -> Any:
        y, x = ctx.saved
        r = x * x + y * y
        return grad * x / r, grad * y / r


@wrong_operation("formula", twin=Angle, cause=r"swapped")
class AngleSwapped(Angle):
    # missing unbroadcast of own doing: sums over axis 0 always
    def backward(self, ctx: Context, grad: Any) -> Any:
        y, x = ctx.saved
        r = np.hypot(x, y)
        return -grad / r * (y / r), grad / r * (x / r)


class Lerp(Operation):
    """a + t (b - a), broadcast. d/da = grad (1 - t), d/db = grad t, d/dt = grad (b - a)."""

    name = "lerp"
    broadcasts = True

    def forward(self, ctx: Context, a: Any, b: Any, t: Any) -> Any:
        ctx.save(a, b, t)
        return a + t * (b - a)

    def backward(self, ctx: Context, grad: Any) -> Any:
        a, b, t = ctx.saved
        return grad * (1 - t), grad * t, grad * (b - a)


@wrong_operation("coverage", twin=Lerp, cause=r"only b needs")
class LerpNeeds(Lerp):
    # wrong only if input 2 needs no gradient: returns a gradient for the wrong one
    def backward(self, ctx: Context, grad: Any) -> Any:
        a, b, t = ctx.saved
        if not ctx.needs[2]:
            return grad * t, grad * (1 - t), None
        return grad * (1 - t), grad * t, grad * (b - a)


@wrong_operation("memory", twin=Lerp, cause=r"also the one")
class LerpAlias(Lerp):
    # same array to two inputs (aliasing)
    """a + t (b - a), broadcast. d/da = grad (1 - t), d/db = grad t, d/dt = grad (b - a)."""

    def forward(self, ctx: Context, a: Any, b: Any, t: Any) -> Any:
        ctx.save(a, b, t)
        return a + t * (b - a)

    def backward(self, ctx: Context, grad: Any) -> Any:
        a, b, t = ctx.saved
        one = grad * (1 - t)
        two = one
        two -= grad * (1 - 2 * t)
        return one, two, grad * (b - a)


class Remainder(Operation):
    """x - y floor(x / y), broadcast; y != 0. d/dx = grad, d/dy = -grad floor(x / y)."""

    name = "my_remainder"
    broadcasts = True
    cases = (Case(x=real(), y=nonzero()),)

    def forward(self, ctx: Context, x: Any, y: Any) -> Any:
        ctx.save(np.floor_divide(x, y))
        return np.remainder(x, y)

    def backward(self, ctx: Context, grad: Any) -> Any:
        return grad * 1, -grad * ctx.saved[0]


@wrong_operation("dtype", twin=Remainder, cause=r"zero")
class RemainderZero(Remainder):
    # input 1's gradient is zero
    def backward(self, ctx: Context, grad: Any) -> Any:
        return grad * 1, grad * 0


@wrong_operation("dtype", twin=Remainder, cause=r"None")
class RemainderNone(Remainder):
    # input 1 None although it needs one
    def backward(self, ctx: Context, grad: Any) -> Any:
        return grad * 1, None


@wrong_operation("memory", twin=Remainder, cause=r"grad")
class RemainderAlias(Remainder):
    # grad itself returned (aliases grad)
    def backward(self, ctx: Context, grad: Any) -> Any:
        return grad, -grad * ctx.saved[0]


class Cbrt(Operation):
    """Cube root, any shape, x != 0. d/dx = grad / (3 cbrt(x)^2)."""

    name = "my_cbrt"
    cases = (Case(x=nonzero()),)

    def forward(self, ctx: Context, x: Any) -> Any:
        y = np.cbrt(x)
        ctx.save(y)
        return y

    def backward(self, ctx: Context, grad: Any) -> Any:
        (y,) = ctx.saved
        return grad / (3 * y * y)


@wrong_operation("stability", twin=Cbrt, cause=r"NaN where x < 0")
class CbrtNegative(Cbrt):
    # NaN for negative x (fractional power)
    def forward(self, ctx: Context, x: Any) -> Any:
        ctx.save(x)
        return np.cbrt(x)

    def backward(self, ctx: Context, grad: Any) -> Any:
        (x,) = ctx.saved
        return grad / (3 * x ** (2 / 3))


@wrong_operation("state", twin=Cbrt, cause=r"another call|self")
class CbrtState(Cbrt):
    # second derivative: own saved state reused: exponent treated wrong in second order (where on raw)
    def __init__(self) -> None:
        self.y: Any = None

    def forward(self, ctx: Context, x: Any) -> Any:
        self.y = np.cbrt(x)
        return self.y

    def backward(self, ctx: Context, grad: Any) -> Any:
        return grad / (3 * self.y * self.y)


class Power(Operation):
    """x^y, broadcast, x > 0. d/dx = grad y x^(y-1), d/dy = grad x^y log(x)."""

    name = "my_power"
    broadcasts = True
    cases = (Case(x=between(0.1, 5), y=between(-3, 3)),)

    def forward(self, ctx: Context, x: Any, y: Any) -> Any:
        ctx.save(x, y)
        return x**y

    def backward(self, ctx: Context, grad: Any) -> Any:
        x, y = ctx.saved
        return grad * y * x ** (y - 1), grad * x**y * np.log(x)


@wrong_operation("formula", twin=Power, cause=r"log\(x\)")
class PowerNoLog(Power):
    # log(x) missing in input 1
    def backward(self, ctx: Context, grad: Any) -> Any:
        x, y = ctx.saved
        return grad * y * x ** (y - 1), grad * x**y


@wrong_operation("formula", twin=Power, cause=r"x times|factor")
class PowerExponent(Power):
    # exponent y, not y - 1
    def backward(self, ctx: Context, grad: Any) -> Any:
        x, y = ctx.saved
        return grad * y * x**y, grad * x**y * np.log(x)


@wrong_operation("stability", twin=Power, cause=r"precision")
class PowerHalf(Power):
    # float32 gradients computed in float16
    def backward(self, ctx: Context, grad: Any) -> Any:
        x, y = ctx.saved
        logs = np.log(x.astype(np.float16)).astype(x.dtype) if x.dtype == np.float32 else np.log(x)
        return grad * y * x ** (y - 1), grad * x**y * logs


class ArcSinh(Operation):
    """asinh(x), any shape. d/dx = grad / sqrt(1 + x^2)."""

    name = "my_asinh"
    broadcasts = True

    def forward(self, ctx: Context, x: Any) -> Any:
        ctx.save(x)
        return np.arcsinh(x)

    def backward(self, ctx: Context, grad: Any) -> Any:
        return grad / np.hypot(1, ctx.saved[0])


@wrong_operation("stability", twin=ArcSinh, cause=r"precision")
class ArcSinhCancels(ArcSinh):
    # precision: log(x + sqrt(x^2+1)) cancels for negative x
    def forward(self, ctx: Context, x: Any) -> Any:
        ctx.save(x)
        return np.log(x + np.hypot(x, 1))


@wrong_operation("coverage", twin=ArcSinh, cause=r"\|x\| > 6")
class ArcSinhCut(ArcSinh):
    # wrong only for |x| > 6 (cut off)
    def backward(self, ctx: Context, grad: Any) -> Any:
        (x,) = ctx.saved
        return np.where(np.abs(x) > 6, 0, grad / np.hypot(1, x))
