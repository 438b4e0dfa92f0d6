"""`full_like`, `linspace`, `logspace` and `geomspace`."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from minigrad_core import Array, Context
from minigrad_core.array import unbroadcast
from minigrad_core.cases import Case, between, positive, real

from ..composite import Composite
from ..dtypes import cast, detach, find_floating_type
from ..function import NumpyFunction

# Defaults of settings of NumPy's functions that the operations do not have.
_DEFAULTS = {"order": "K", "subok": True, "device": None}


class FullLike(NumpyFunction):
    """An array of x's shape (or `shape`) and type, filled with `fill_value`.

    d/dfill_value = grad, summed; d/dx = 0. `np.full_like` reads the shape and the type of x only, so that its
    result requires a gradient only if `fill_value` does.
    """

    takes_complex = True
    reference = staticmethod(np.full_like)
    cases = (
        Case(x=np.zeros((2, 3)), fill_value=real("")),
        Case(x=np.zeros((2, 3)), fill_value=real("2 3")),
        Case(x=np.zeros((2, 3)), fill_value=real("3"), shape=(4, 3)),
    )

    @staticmethod
    def from_numpy(
        a: Any,
        fill_value: Any,
        dtype: DTypeLike | None = None,
        order: str = "K",
        subok: bool = True,
        shape: Any = None,
        **settings: Any,
    ) -> Any:
        """Take `a` out of the graph. Settings at NumPy's defaults are left out, others refused by name."""
        given = {"order": order, "subok": subok, **settings}
        others = {name: x for name, x in given.items() if _DEFAULTS.get(name, _DEFAULTS) != x}
        return (detach(a), fill_value), {"dtype": dtype, "shape": shape, **others}

    def forward(
        self, ctx: Context, x: Array, fill_value: Array, *, dtype: DTypeLike | None = None, shape: Any = None
    ) -> Array:
        ctx.save(x.shape, np.shape(fill_value))
        whole = np.broadcast_to(fill_value, x.shape if shape is None else shape)
        return whole.astype(x.dtype if dtype is None else dtype)

    def backward(self, ctx: Context, grad: Array) -> tuple[Array | None, Array | None]:
        x_shape, value_shape = ctx.saved
        grad_value = unbroadcast(grad, value_shape).copy() if ctx.needs[1] else None
        return np.zeros(x_shape, grad.dtype) if ctx.needs[0] else None, grad_value


def _space_linearly(
    start: Any, stop: Any, *, num: int, endpoint: bool, axis: int, retstep: bool = False
) -> Any:
    steps = num - 1 if endpoint else num
    part = np.arange(num) / max(steps, 1)
    shape = np.broadcast_shapes(np.shape(start), np.shape(stop))
    weight = np.reshape(part, (-1,) + (1,) * len(shape))
    between = start * (1 - weight) + stop * weight
    # The ends are not sums of both values: a weight of 0 times an infinite gradient would be NaN.
    y = np.moveaxis(np.where(weight == 0, start, np.where(weight == 1, stop, between)), 0, axis)
    return (y, (stop - start) / max(steps, 1) if steps > 0 else np.asarray(np.nan)) if retstep else y


class Linspace(Composite):
    """`num` evenly spaced values from `start` to `stop`, along a new `axis`, in the type `dtype`.

    retstep: return the step, too.

    d/dstart = sum of grad (1 - w), d/dstop = sum of grad w, with w from 0 to 1.
    """

    takes_complex = True
    cases = (
        Case(start=real(""), stop=real(""), num=5),
        Case(start=real("2"), stop=real("3 1"), num=4, endpoint=False, axis=-1),
        Case(start=real(""), stop=real(""), num=3, dtype=np.float64),
        Case(start=real("2"), stop=real(""), num=3, retstep=True),
        Case(start=real(""), stop=real(""), num=1, endpoint=False, retstep=True),
    )

    def forward(
        self,
        ctx: Context,
        start: Array,
        stop: Array,
        *,
        num: int = 50,
        endpoint: bool = True,
        axis: int = 0,
        dtype: DTypeLike | None = None,
        retstep: bool = False,
    ) -> Any:
        settings: dict[str, Any] = {"num": num, "endpoint": endpoint, "axis": axis, "retstep": retstep}
        ctx.save(_space_linearly, (start, stop), settings)
        result = np.linspace(start, stop, dtype=dtype, **settings)
        # NumPy's step is a Python float if there is no step.
        return (result[0], np.positive(result[1])) if retstep else result


def _space_logarithmically(start: Any, stop: Any, *, base: Any, axis: int, **settings: Any) -> Array:
    # An array of bases broadcasts with start and stop, before the new axis is inserted.
    shape = np.broadcast_shapes(*map(np.shape, (start, stop, base)))
    exponents = _space_linearly(np.broadcast_to(start, shape), stop, axis=0, **settings)
    return np.moveaxis(np.power(base, exponents), 0, axis)


class Logspace(Composite):
    """`num` powers of `base`, with exponents evenly spaced from `start` to `stop`, along a new `axis`.

    base: a number, or an array that broadcasts with start and stop.

    d/dstart = sum of grad y log(base) (1 - w), d/dstop = sum of grad y log(base) w, with w from 0 to 1.
    """

    cases = (
        Case(start=real(""), stop=real(""), num=5),
        Case(start=real("2"), stop=real("3 1"), num=4, endpoint=False, base=2.0, axis=1),
        Case(start=real(""), stop=real("3"), num=3, base=np.array([2, 3, 9], np.int8), axis=-1),
    )

    def forward(
        self,
        ctx: Context,
        start: Array,
        stop: Array,
        *,
        num: int = 50,
        endpoint: bool = True,
        base: float = 10.0,
        axis: int = 0,
        dtype: DTypeLike | None = None,
    ) -> Array:
        settings: dict[str, Any] = {"num": num, "endpoint": endpoint, "axis": axis, "base": base}
        ctx.save(_space_logarithmically, (start, stop), settings)
        return np.logspace(start, stop, dtype=dtype, **settings)


def _space_geometrically(start: Any, stop: Any, *, num: int, endpoint: bool, axis: int) -> Array:
    dtype = find_floating_type(start, stop)  # bools have no sign, and -128 has no absolute value in int8
    start, stop = cast(start, dtype), cast(stop, dtype)
    part = np.arange(num) / max(num - 1 if endpoint else num, 1)
    weight = np.reshape(part, (-1,) + (1,) * max(np.ndim(start), np.ndim(stop)))
    # The ratio of stop and start may overflow where the values do not.
    y = np.sign(start) * abs(start) ** (1 - weight) * abs(stop) ** weight
    return np.moveaxis(y, 0, axis)


class Geomspace(Composite):
    """`num` values from `start` to `stop` in a geometric sequence, along a new `axis`.

    start and stop have the same sign. float32 stays float32, where NumPy gives double precision.

    d/dstart = sum of grad (1 - w) y / start, d/dstop = sum of grad w y / stop, with w from 0 to 1.
    """

    cases = (
        Case(start=positive(""), stop=positive(""), num=3),
        Case(start=positive(""), stop=positive(""), num=2),
        Case(start=positive("2"), stop=positive("3 1"), num=4, endpoint=False, axis=-1),
        Case(start=True, stop=positive(""), num=3),
        Case(start=np.array([-128, -2], np.int8), stop=between(-3, -1, "2"), num=3),
    )

    def forward(
        self,
        ctx: Context,
        start: Array,
        stop: Array,
        *,
        num: int = 50,
        endpoint: bool = True,
        axis: int = 0,
        dtype: DTypeLike | None = None,
    ) -> Array:
        settings: dict[str, Any] = {"num": num, "endpoint": endpoint, "axis": axis}
        ctx.save(_space_geometrically, (start, stop), settings)
        y = np.geomspace(start, stop, dtype=dtype, **settings)
        return y if dtype else y.astype(find_floating_type(start, stop), copy=False)


full_like = FullLike(np.full_like)
linspace = Linspace(np.linspace)
logspace = Logspace(np.logspace)
geomspace = Geomspace(np.geomspace)
