"""`convolve`, `correlate` and `sliding_window_view`."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view as _windows

from minigrad_core import Array, Context
from minigrad_core.cases import Case, axis_of, real

from ..dtypes import conjugate
from ..function import NumpyFunction
from ..gather import Gather

_CASES = tuple(
    Case(a=real(a), v=real(v), mode=mode)
    for mode in ("full", "same", "valid")
    for a, v in (("5", "3"), ("4", "4"), ("2", "5"))
)


def _pad_to_full(grad: Array, n: int, m: int, mode: str) -> Array:
    """Return the gradient of the full convolution of n and m values, of which `mode` takes the middle."""
    taken = grad.shape[0]
    before = {"full": 0, "same": (min(n, m) - 1) // 2, "valid": min(n, m) - 1}[mode]
    after = n + m - 1 - taken - before
    return np.concatenate([np.zeros(before, grad.dtype), grad, np.zeros(after, grad.dtype)])


def _as_sequence(x: Array) -> Array:
    """Return `x`, a 0-d array as a sequence of one value, as in `np.convolve`."""
    return x if np.ndim(x) else np.reshape(x, (1,))


def _correlate_valid(whole: Array, x: Array) -> Array:
    """Return the dot product of `x` and each window of its length in `whole`."""
    return np.correlate(whole, conjugate(x), "valid")  # np.correlate conjugates its second argument


class Convolve(NumpyFunction):
    """c_k = sum over i of a_i v_(k-i).

    mode: "full", "same" (as long as the longer sequence), or "valid" (where the sequences overlap
    completely).

    d/da_i = sum over k of grad_k v_(k-i): the correlation of grad with v; d/dv: likewise with a.
    """

    takes_complex = True
    cases = (*_CASES, Case(a=real(""), v=real("3")))

    def forward(self, ctx: Context, a: Array, v: Array, *, mode: Any = "full") -> Array:
        ctx.save(a, v, mode)
        return np.convolve(a, v, mode)

    def backward(self, ctx: Context, grad: Array) -> tuple[Array | None, Array | None]:
        a, v, mode = ctx.saved
        whole = _pad_to_full(grad, np.size(a), np.size(v), mode)
        return (
            _correlate_valid(whole, _as_sequence(v)).reshape(a.shape) if ctx.needs[0] else None,
            _correlate_valid(whole, _as_sequence(a)).reshape(v.shape) if ctx.needs[1] else None,
        )


class Correlate(NumpyFunction):
    """c_k = sum over i of a_(i+k) conj(v_i): `convolve` with v reversed, conjugate. d/da, d/dv: likewise."""

    takes_complex = True
    cases = _CASES

    def forward(self, ctx: Context, a: Array, v: Array, *, mode: Any = "valid") -> Array:
        ctx.save(a, v, mode)
        return np.correlate(a, v, mode)

    def backward(self, ctx: Context, grad: Array) -> tuple[Array | None, Array | None]:
        a, v, mode = ctx.saved
        n, m = a.shape[0], v.shape[0]
        whole = _pad_to_full(grad, n, m, mode)
        if m > n and mode == "same":
            # NumPy exchanges the two and reverses the result, so it takes the other middle.
            whole = np.flip(_pad_to_full(np.flip(grad, 0), n, m, mode), 0)
        return (
            np.correlate(whole, np.flip(v, 0), "valid") if ctx.needs[0] else None,
            conjugate(np.flip(_correlate_valid(whole, a), 0)) if ctx.needs[1] else None,
        )


class SlidingWindowView(Gather):
    """The windows of `window_shape` along `axis` (None: all axes), as new last axes; a view.

    d/dx = grad summed over the windows.
    """

    returns_view = True
    takes_complex = True
    cases = (
        Case(x=real("5"), window_shape=3),
        Case(x=real("3 4"), window_shape=(2, 2)),
        Case(x=real("3 4"), window_shape=2, axis=axis_of("x")),
    )

    def forward(
        self, ctx: Context, x: Array, *, window_shape: int | tuple[int, ...], axis: Any = None
    ) -> Array:
        ctx.save(x.shape, lambda a: _windows(a, window_shape, axis))
        return _windows(x, window_shape, axis)


convolve = Convolve(np.convolve)
correlate = Correlate(np.correlate)
sliding_window_view = SlidingWindowView(_windows)
