"""`detrend` and `savgol_filter`: polynomials fitted to a signal."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import scipy

from minigrad_core import Array, Context, Operation
from minigrad_core.cases import Case, axis_of, real

from .. import ndimage
from ..composites import Composite
from ..precision import match_precision


class Projection(Composite):
    """An orthogonal projection of a signal: d/ddata = the same function of grad."""

    def backward(self, ctx: Context, grad: Array, *grads: Array) -> Any:
        (data,), settings = ctx.saved
        return match_precision(self.formula(grad, **settings), data.dtype)


@Projection.define(
    "signal.detrend",
    Case(data=real("3 4"), axis=axis_of("data")),
    Case(data=real("2 7"), bp=(3, 5)),
    Case(data=real("4 2 2"), axis=0),
    Case(data=real("3 4"), type="constant", axis=0),
)
def detrend(data: Any, *, axis: int = -1, type: str = "linear", bp: Any = 0) -> Any:
    """The signal less its mean, or less a fitted line between each two of the breakpoints `bp`."""
    if type in ("constant", "c"):
        return data - np.mean(data, axis=axis, keepdims=True)
    lines = np.moveaxis(data, axis, -1)
    ends = np.unique(np.concatenate([[0], np.atleast_1d(bp), [lines.shape[-1]]])).tolist()
    parts = []
    for start, stop in pairwise(ends):
        part = lines[..., start:stop]
        part = part - np.mean(part, axis=-1, keepdims=True)
        times = np.arange(stop - start) - (stop - start - 1) / 2
        if stop - start > 1:
            part = part - (part @ times)[..., None] * (times / (times @ times))
        parts.append(part)
    return np.moveaxis(np.concatenate(parts, axis=-1), -1, axis)


@Composite.define(
    "signal.savgol_filter",
    Case(x=real("2 7"), window_length=5, polyorder=2),
    Case(x=real("6 2"), window_length=4, polyorder=2, deriv=1, delta=0.5, axis=0),
    Case(x=real("2 5"), window_length=3, polyorder=1, mode="constant", cval=0.7),
    Case(x=real("5"), window_length=3, polyorder=1, mode="wrap"),
    Case(x=real("4 2 2"), window_length=3, polyorder=2, deriv=1, axis=0),
    Case(x=real("2 2 4"), window_length=1, polyorder=0),
    real=True,
)
def savgol_filter(
    x: Any,
    *,
    window_length: int,
    polyorder: int,
    deriv: int = 0,
    delta: float = 1.0,
    axis: int = -1,
    mode: str = "interp",
    cval: float = 0.0,
) -> Any:
    """The value, or a derivative, of a polynomial fitted to the `window_length` values around each point.

    mode "interp" fits one polynomial to the first and one to the last values; for others see `convolve1d`.
    """
    weights = scipy.signal.savgol_coeffs(window_length, polyorder, deriv=deriv, delta=delta)
    half = window_length // 2
    if mode != "interp" or half == 0:
        return ndimage.convolve1d(x, weights, axis, mode="constant" if mode == "interp" else mode, cval=cval)
    y = np.moveaxis(ndimage.convolve1d(x, weights, axis), axis, -1)
    lines = np.moveaxis(x, axis, -1)
    powers = np.vander(np.arange(window_length), polyorder + 1, increasing=True)
    slopes = np.polynomial.polynomial.polyder(np.eye(polyorder + 1), deriv)
    values = (powers[:, : len(slopes)] @ slopes @ np.linalg.pinv(powers) / delta**deriv).T
    first = lines[..., :window_length] @ values[:, :half]
    last = lines[..., lines.shape[-1] - window_length :] @ values[:, window_length - half :]
    return np.moveaxis(np.concatenate([first, y[..., half : y.shape[-1] - half], last], axis=-1), -1, axis)


OPERATIONS: tuple[Operation, ...] = (detrend, savgol_filter)
