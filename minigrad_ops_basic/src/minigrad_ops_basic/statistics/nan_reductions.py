"""`nansum`, `nanmean`, `nanvar`, `nancumsum` and their kin. A NaN has the gradient 0."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from minigrad_core import Array, Context, Operation, Tensor
from minigrad_core.cases import Case, axis_of, real

from ..axes import Axis, restore_axes
from ..dtypes import detach
from ..mask import apply_mask
from ..mathematics.cumulative import pull_back_cumprod, pull_back_cumsum
from ..mathematics.products import pull_back_prod
from ..mathematics.sums import spread
from .means import apply_in_single, check_variance_settings, pull_back_mean, pull_back_variance

_CASES = (
    Case(x=real("n k")),
    Case(x=real("n k"), axis=axis_of("x"), keepdims=True),
    Case(x=real("2 3 2"), axis=(0, -1)),
)
_MASK = np.array([True, False, True])


def find_valid(x: Any, where: Any) -> Any:
    """Return the mask of what counts."""
    known = np.logical_not(np.isnan(x))
    return known if where is True else np.logical_and(known, where)


def _pull_back_sum(grad: Array, x: Array, axis: Axis, keepdims: bool, _: float, where: Any) -> Array:
    return spread(restore_axes(grad, axis, x.ndim, keepdims), x.shape, where)


class NanReduction(Operation):
    """`nansum` and `nanprod`: the sum or product over `axis` (None: all) of what is not NaN.

    d/dx = as for `sum` and `prod`; 0 for NaN.
    """

    cases = (*_CASES, Case(x=real("2 3"), axis=1, where=_MASK, initial=2.0))

    def __init__(self, function: Any, initial: float, rule: Any) -> None:
        self.name = function.__name__
        self.function, self.initial, self.rule = function, initial, rule
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
        start = self.initial if initial is None else initial
        ctx.save(x, axis, keepdims, start, where)
        return self.function(x, axis=axis, keepdims=keepdims, initial=start, where=where, dtype=dtype)

    def backward(self, ctx: Context, grad: Array) -> Array:
        """Return the gradient of the sum or product of what counts."""
        x, *settings, where = ctx.saved
        return self.rule(grad, x, *settings, find_valid(detach(x), where))


class NanMean(Operation):
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
        ctx.save(x, axis, keepdims, where)
        return np.nanmean(x, axis=axis, keepdims=keepdims, where=where, dtype=dtype)

    def backward(self, ctx: Context, grad: Array) -> Array:
        x, axis, keepdims, where = ctx.saved
        return pull_back_mean(grad, x.shape, axis, keepdims, find_valid(detach(x), where))


class NanVariance(Operation):
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

    def __init__(self, function: Any, plain: Any) -> None:
        self.name = function.__name__
        self.function, self.plain = function, plain
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
        given = check_variance_settings(x.shape, mean, ddof, correction)
        function, counts = self.function, where
        if isinstance(mean, Tensor):  # whose function NumPy would not ask
            function, counts = self.plain, find_valid(detach(x), where)
        y = apply_in_single(function, x, dtype, axis=axis, keepdims=keepdims, where=counts, **given)
        ctx.save(x, mean, axis, given["ddof"], keepdims, where, y if self.plain is np.std else None)
        return y

    def backward(self, ctx: Context, grad: Array) -> tuple[Array | None, ...]:
        """Return the gradients of the values that count and, if it was given, of the mean."""
        x, mean, axis, ddof, keepdims, where, deviation = ctx.saved
        known = find_valid(detach(x), where)
        return pull_back_variance(ctx.needs, grad, x, mean, axis, ddof, keepdims, known, deviation)


class NanCumulative(Operation):
    """`nancumsum` and `nancumprod`: the running sum or product with NaN as 0 or 1.

    d/dx = as for `cumsum`, `cumprod`; 0 for NaN.
    """

    cases = (Case(x=real("n k")), Case(x=real("n k"), axis=axis_of("x")))

    def __init__(self, function: Any, rule: Any) -> None:
        self.name = function.__name__
        self.function, self.rule = function, rule
        self.implements = (function,)

    def forward(
        self, ctx: Context, x: Array, *, axis: int | None = None, dtype: DTypeLike | None = None
    ) -> Array:
        ctx.save(x, axis)
        return self.function(x, axis=axis, dtype=dtype)

    def backward(self, ctx: Context, grad: Array) -> Array:
        """Return the gradient of the running sum or product of what is not NaN."""
        x, axis = ctx.saved
        known = find_valid(detach(x), True)
        return apply_mask(self.rule(grad, np.where(known, x, 1), axis), known)


nancumsum = NanCumulative(np.nancumsum, pull_back_cumsum)
nancumprod = NanCumulative(np.nancumprod, pull_back_cumprod)
nansum = NanReduction(np.nansum, 0, _pull_back_sum)
nanprod = NanReduction(np.nanprod, 1, pull_back_prod)
nanmean = NanMean()
nanvar = NanVariance(np.nanvar, np.var)
nanstd = NanVariance(np.nanstd, np.std)
