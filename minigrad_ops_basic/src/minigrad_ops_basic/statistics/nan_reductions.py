"""`nansum`, `nanmean`, `nanvar`, `nancumsum` and their kin. A NaN has the gradient 0."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from minigrad_core import Tensor
from minigrad_core.cases import Case, axis_of, real

from ..composition import Composed
from ..dtypes import single
from .means import in_single, spread_settings

if TYPE_CHECKING:
    from numpy.typing import DTypeLike

    from minigrad_core import Array, Context

    from ..axes import Axis

_CASES = (
    Case(x=real("n k")),
    Case(x=real("n k"), axis=axis_of("x"), keepdims=True),
    Case(x=real("2 3 2"), axis=(0, -1)),
)
_MASK = np.array([True, False, True])


def counted(x: Any, where: Any) -> Any:
    """Return the mask of what counts."""
    return np.logical_and(np.logical_not(np.isnan(x)), where)


def _in_type(x: Any, dtype: DTypeLike | None) -> Any:
    return x if dtype is None else x.astype(dtype)


def _sum(x: Any, *, where: Any = True, initial: float = 0, **settings: Any) -> Array:
    known = counted(x, where)
    return np.sum(np.where(known, x, 0), initial=initial, **settings)


def _prod(x: Any, *, where: Any = True, initial: float = 1, **settings: Any) -> Array:
    return np.prod(np.where(counted(x, where), x, 1), initial=initial, **settings)


def _mean(
    x: Any, *, where: Any = True, axis: Axis = None, keepdims: bool = False, dtype: DTypeLike | None = None
) -> Array:
    x = single(_in_type(x, dtype))
    known = counted(x, where)
    n = np.maximum(np.sum(known, axis=axis, keepdims=keepdims), 1).astype(x.dtype)
    return np.sum(np.where(known, x, 0), axis=axis, keepdims=keepdims) / n


def _var(
    x: Any,
    mean: Any = None,
    *,
    where: Any,
    axis: Axis,
    ddof: float,
    keepdims: bool,
    dtype: DTypeLike | None,
) -> Array:
    x = single(_in_type(x, dtype))
    known = counted(x, where)
    center = _mean(x, where=where, axis=axis, keepdims=True) if mean is None else mean
    distance = np.where(known, x - center, 0)
    n = np.sum(known, axis=axis, keepdims=keepdims)
    free = np.where(n > ddof, n - ddof, np.nan).astype(distance.dtype)
    return np.sum(distance * distance, axis=axis, keepdims=keepdims) / free


def _std(x: Any, mean: Any = None, **settings: Any) -> Array:
    return np.sqrt(_var(x, mean, **settings))


class NanReduction(Composed):
    """`nansum` and `nanprod`: the sum or product over `axis` (None: all) of what is not NaN.

    d/dx = as for `sum` and `prod`; 0 for NaN.
    """

    cases = (*_CASES, Case(x=real("2 3"), axis=1, where=_MASK, initial=2.0))

    def __init__(self, function: Any, formula: Any) -> None:
        self.name = function.__name__
        self.function, self.formula = function, formula
        self.implements = (function,)

    def forward(
        self,
        ctx: Context,
        x: Array,
        *,
        axis: Axis = None,
        keepdims: bool = False,
        initial: float | None = None,
        where: Any = True,
        dtype: DTypeLike | None = None,
    ) -> Array:
        """Return the sum or product."""
        settings: dict[str, Any] = {"axis": axis, "keepdims": keepdims, "where": where, "dtype": dtype}
        if initial is not None:
            settings["initial"] = initial
        ctx.save(self.formula, (x,), settings)
        return self.function(x, **settings)


class NanMean(Composed):
    """The mean over `axis` (None: all) of what is not NaN; NaN, with NumPy's warning, if nothing is.

    d/dx = grad / n; 0 for NaN.
    """

    name = "nanmean"
    implements = (np.nanmean,)
    cases = (*_CASES, Case(x=real("2 3"), axis=1, where=_MASK))

    def forward(
        self,
        ctx: Context,
        x: Array,
        *,
        axis: Axis = None,
        keepdims: bool = False,
        where: Any = True,
        dtype: DTypeLike | None = None,
    ) -> Array:
        """Return the mean."""
        settings: dict[str, Any] = {"axis": axis, "keepdims": keepdims, "where": where, "dtype": dtype}
        ctx.save(_mean, (x,), settings)
        return np.nanmean(x, **settings)


class NanSpread(Composed):
    """The rule of `nanvar` and `nanstd`, NumPy's functions of what is not NaN; see `var` for the settings.

    NumPy looks for tensors in `x` alone: beside an array, a tensor as `mean` meets NumPy's own code, and is
    refused there for its `out=`. `mg.ops.basic.nanvar(array, mean)` takes it.

    d/dx = as for `var` and `std`; 0 for NaN, and where std = 0.
    """

    cases = (
        *_CASES,
        Case(x=real("2 4"), axis=1, ddof=1),
        Case(x=real("2 3"), axis=1, where=_MASK),
        Case(x=real("2 3"), mean=real("2 1"), axis=1, correction=1),
    )

    def __init__(self, function: Any, formula: Any) -> None:
        self.name = function.__name__
        self.function, self.formula = function, formula
        self.implements = (function,)

    def forward(
        self,
        ctx: Context,
        x: Array,
        mean: Array | None = None,
        *,
        axis: Axis = None,
        ddof: float = 0,
        keepdims: bool = False,
        where: Any = True,
        correction: float | None = None,
        dtype: DTypeLike | None = None,
    ) -> Array:
        """Return the variance, or its root."""
        given = spread_settings(x.shape, mean, ddof, correction)
        settings: dict[str, Any] = {"axis": axis, "keepdims": keepdims, "where": where}
        of_formula = settings | {"ddof": given["ddof"], "dtype": dtype}
        ctx.save(self.formula, (x, mean), of_formula)
        if isinstance(mean, Tensor):  # whose function NumPy would not ask
            return self.formula(x, mean, **of_formula)
        return in_single(self.function, x, dtype, **settings, **given)


def _running(x: Any, *, running: Any, fill: float, axis: int | None, dtype: DTypeLike | None) -> Array:
    return running(np.where(np.isnan(x), fill, x), axis=axis, dtype=dtype)


class NanRunning(Composed):
    """`nancumsum` and `nancumprod`: the running sum or product with NaN as 0 or 1.

    d/dx = as for `cumsum`, `cumprod`; 0 for NaN.
    """

    cases = (Case(x=real("n k")), Case(x=real("n k"), axis=axis_of("x")))

    def __init__(self, function: Any, running: Any, fill: float) -> None:
        self.name = function.__name__
        self.function, self.running, self.fill = function, running, fill
        self.implements = (function,)

    def forward(
        self, ctx: Context, x: Array, *, axis: int | None = None, dtype: DTypeLike | None = None
    ) -> Array:
        """Return the running sum or product."""
        settings: dict[str, Any] = {"axis": axis, "dtype": dtype}
        ctx.save(_running, (x,), {"running": self.running, "fill": self.fill, **settings})
        return self.function(x, **settings)


nancumsum = NanRunning(np.nancumsum, np.cumsum, 0)
nancumprod = NanRunning(np.nancumprod, np.cumprod, 1)
nansum = NanReduction(np.nansum, _sum)
nanprod = NanReduction(np.nanprod, _prod)
nanmean = NanMean()
nanvar = NanSpread(np.nanvar, _var)
nanstd = NanSpread(np.nanstd, _std)
