"""`array`, `astype` and `copy`."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from minigrad_core import Array, Context, Tensor
from minigrad_core.cases import Case, real
from minigrad_core.errors import DifferentiabilityError

from .. import references
from ..dtypes import take_real_part
from ..function import NumpyFunction


class Astype(NumpyFunction):
    """The values in the floating point or complex type `dtype`. d/dx = grad in the type of the input.

    A conversion to integers or booleans has no gradient: leave the graph with `x.numpy().astype(int)`.
    """

    reference = staticmethod(references.astype)
    takes_complex = True
    cases = (Case(x=real("n k"), dtype=np.float64), Case(x=real("n k"), dtype=np.complex128))

    def forward(self, ctx: Context, x: Array, *, dtype: Any, copy: bool = True) -> Array:
        ctx.save(x.dtype)
        if any(ctx.needs) and np.dtype(dtype).kind not in "fc":
            raise DifferentiabilityError(
                f"astype to {np.dtype(dtype)} has no gradient; leave the graph on purpose: x.numpy()"
            )
        return x.astype(dtype)

    def backward(self, ctx: Context, grad: Array) -> Array:
        (dtype,) = ctx.saved
        return take_real_part(grad, dtype).astype(dtype)


# Settings that a copy of a tensor satisfies anyway.
_HARMLESS = {"copy": (True, None), "subok": (True, False), "order": ("K", "A", "C", None)}


class Copy(NumpyFunction):
    """A copy of the values, in memory of the `order` "C", "F", "A" or "K". d/dx = grad."""

    broadcasts = True
    takes_complex = True

    def forward(self, ctx: Context, x: Array, *, order: Any = "K") -> Array:
        return np.copy(x, order)

    def backward(self, ctx: Context, grad: Array) -> Array:
        return grad.copy()


class AsArray(NumpyFunction):
    """A copy of the values in the type `dtype`, with axes of size one in front up to `ndmin` axes.

    `np.array([[t, 1.0], [u, 2.0]], like=t)` joins tensors in nested sequences; without `like`, NumPy does not
    dispatch to tensors. d/dx = grad, in the shape and type of the input.
    """

    reference = staticmethod(references.array)
    takes_complex = True
    cases = (Case(x=real("n k")), Case(x=real("3"), ndmin=2), Case(x=real(""), dtype=np.float64))

    @staticmethod
    def from_numpy(values: Any, dtype: DTypeLike | None = None, order: Any = "K", **settings: Any) -> Any:
        """Join nested sequences. A tensor is always copied, in memory of any order."""
        settings |= {"dtype": dtype, "order": order}
        return (_join_nested(values),), {
            name: value for name, value in settings.items() if value not in _HARMLESS.get(name, ())
        }

    def forward(self, ctx: Context, x: Array, *, dtype: DTypeLike | None = None, ndmin: int = 0) -> Array:
        ctx.save(x.shape)
        shape = (1,) * (ndmin - x.ndim) + x.shape
        return np.reshape(x, shape).astype(x.dtype if dtype is None else dtype, copy=True)

    def backward(self, ctx: Context, grad: Array) -> Array:
        return np.reshape(grad, ctx.saved[0]).copy()


def _join_nested(values: Any) -> Any:
    if not isinstance(values, (list, tuple)):
        return values
    parts = [_join_nested(v) for v in values]
    return np.stack(parts) if any(isinstance(p, Tensor) for p in parts) else np.asarray(values)


array = AsArray(np.array)
astype = Astype(np.astype)
copy = Copy(np.copy)
