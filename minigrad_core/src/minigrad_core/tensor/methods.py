"""NumPy's array methods on tensors: each resolves through the table, like `np.f(tensor)`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ..dispatch.functions import FUNCTIONS
from ..errors import ArgumentError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, DTypeLike

    from .tensor import Tensor

    Axis = int | tuple[int, ...] | None


def _along(function: Any, t: Any, axis: Any, more: tuple[Any, ...], settings: dict[str, Any]) -> Any:
    """Call a function of an axis; what stands behind it by position stands there in NumPy's function, too."""
    if more:
        return FUNCTIONS[function](t, axis, *more, **settings)
    return FUNCTIONS[function](t, axis=axis, **settings)


class Methods:
    """The methods that `ndarray` has. Other arguments go on to the operation, which knows or refuses them."""

    __slots__ = ()

    @property
    def T(self) -> Tensor:  # noqa: N802 - NumPy's name
        """The tensor with its axes reversed."""
        return FUNCTIONS[np.transpose](self)

    def sum(self, axis: Axis = None, *more: Any, **settings: Any) -> Tensor:
        """Return the sum over `axis`."""
        return _along(np.sum, self, axis, more, settings)

    def prod(self, axis: Axis = None, *more: Any, **settings: Any) -> Tensor:
        """Return the product over `axis`."""
        return _along(np.prod, self, axis, more, settings)

    def mean(self, axis: Axis = None, *more: Any, **settings: Any) -> Tensor:
        """Return the mean over `axis`."""
        return _along(np.mean, self, axis, more, settings)

    def max(self, axis: Axis = None, *more: Any, **settings: Any) -> Tensor:
        """Return the maximum over `axis`."""
        return _along(np.max, self, axis, more, settings)

    def min(self, axis: Axis = None, *more: Any, **settings: Any) -> Tensor:
        """Return the minimum over `axis`."""
        return _along(np.min, self, axis, more, settings)

    def var(self, axis: Axis = None, *more: Any, **settings: Any) -> Tensor:
        """Return the variance over `axis`."""
        return _along(np.var, self, axis, more, settings)

    def std(self, axis: Axis = None, *more: Any, **settings: Any) -> Tensor:
        """Return the standard deviation over `axis`."""
        return _along(np.std, self, axis, more, settings)

    def all(self, axis: Axis = None, *more: Any, **settings: Any) -> Any:
        """Return whether all are true, over `axis`."""
        return _along(np.all, self, axis, more, settings)

    def any(self, axis: Axis = None, *more: Any, **settings: Any) -> Any:
        """Return whether any is true, over `axis`."""
        return _along(np.any, self, axis, more, settings)

    def argmax(self, axis: int | None = None, *more: Any, **settings: Any) -> Any:
        """Return the index of the maximum along `axis`, a plain array."""
        return _along(np.argmax, self, axis, more, settings)

    def argmin(self, axis: int | None = None, *more: Any, **settings: Any) -> Any:
        """Return the index of the minimum along `axis`, a plain array."""
        return _along(np.argmin, self, axis, more, settings)

    def argsort(self, axis: int | None = -1, *more: Any, **settings: Any) -> Any:
        """Return the indices that sort along `axis`, a plain array."""
        return _along(np.argsort, self, axis, more, settings)

    def nonzero(self) -> Any:
        """Return the indices of the values that are not zero, plain arrays."""
        return FUNCTIONS[np.nonzero](self)

    def cumsum(self, axis: int | None = None, *more: Any, **settings: Any) -> Tensor:
        """Return the running sum along `axis`."""
        return _along(np.cumsum, self, axis, more, settings)

    def cumprod(self, axis: int | None = None, *more: Any, **settings: Any) -> Tensor:
        """Return the running product along `axis`."""
        return _along(np.cumprod, self, axis, more, settings)

    def reshape(self, *shape: Any, **settings: Any) -> Tensor:
        """Return the same values in another shape: `t.reshape(2, 3)` or `t.reshape((2, 3))`."""
        return FUNCTIONS[np.reshape](self, shape[0] if len(shape) == 1 else shape, **settings)

    def ravel(self, order: str = "C") -> Tensor:
        """Return the values in one axis."""
        return FUNCTIONS[np.ravel](self, order)

    def flatten(self, order: str = "C") -> Tensor:
        """Return the values in one axis."""
        return FUNCTIONS[np.ravel](self, order)

    def transpose(self, *axes: Any) -> Tensor:
        """Return the tensor with permuted axes: `t.transpose(1, 0)`, `t.transpose((1, 0))`; `()` reverses."""
        order = axes[0] if len(axes) == 1 and not isinstance(axes[0], int) else axes or None
        return FUNCTIONS[np.transpose](self, axes=order)

    def swapaxes(self, axis1: int, axis2: int) -> Tensor:
        """Return the tensor with two axes exchanged."""
        return FUNCTIONS[np.swapaxes](self, axis1, axis2)

    def squeeze(self, axis: Axis = None) -> Tensor:
        """Return the tensor without axes of size one."""
        return FUNCTIONS[np.squeeze](self, axis=axis)

    def astype(self, dtype: DTypeLike, *, copy: bool = True) -> Tensor:
        """Return the values in another type. The gradient comes back in this one; integers have none."""
        return FUNCTIONS[np.astype](self, dtype, copy=copy)

    def copy(self, order: str = "C") -> Tensor:
        """Return a copy, as part of the graph."""
        return FUNCTIONS[np.copy](self, order=order)

    def clip(self, min: Any = None, max: Any = None, *more: Any, **settings: Any) -> Tensor:  # noqa: A002 - NumPy's names
        """Return the values limited to [min, max]."""
        return FUNCTIONS[np.clip](self, min, max, *more, **settings)

    def round(self, decimals: int = 0, *more: Any, **settings: Any) -> Any:
        """Return the rounded values, a plain array: rounding has no gradient."""
        return FUNCTIONS[np.round](self, decimals, *more, **settings)

    def dot(self, b: ArrayLike | Tensor, *more: Any, **settings: Any) -> Tensor:
        """Return the dot product."""
        return FUNCTIONS[np.dot](self, b, *more, **settings)

    def take(self, indices: Any, axis: int | None = None, *more: Any, **settings: Any) -> Tensor:
        """Return the values at `indices` along `axis`."""
        return FUNCTIONS[np.take](self, indices, axis, *more, **settings)

    def repeat(self, repeats: Any, axis: int | None = None) -> Tensor:
        """Return each value repeated along `axis`."""
        return FUNCTIONS[np.repeat](self, repeats, axis=axis)

    def diagonal(self, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Tensor:
        """Return the diagonal of the two axes."""
        return FUNCTIONS[np.diagonal](self, offset=offset, axis1=axis1, axis2=axis2)

    def trace(self, offset: int = 0, axis1: int = 0, axis2: int = 1, *more: Any, **settings: Any) -> Tensor:
        """Return the sum of the diagonal of the two axes."""
        return FUNCTIONS[np.trace](self, offset, axis1, axis2, *more, **settings)

    def tolist(self) -> Any:
        """Return nested lists of Python scalars, cut from the graph."""
        return self.data.tolist()  # type: ignore[attr-defined]

    @property
    def mT(self) -> Tensor:  # noqa: N802 - NumPy's name
        """The matrices in the last two axes, transposed."""
        return FUNCTIONS[np.matrix_transpose](self)

    @property
    def real(self) -> Tensor:
        """The real part, copied."""
        return FUNCTIONS[np.real](self)

    @property
    def imag(self) -> Tensor:
        """The imaginary part, zeros of real numbers."""
        return FUNCTIONS[np.imag](self)

    def conjugate(self) -> Tensor:
        """Return the complex conjugate."""
        return FUNCTIONS[np.conjugate](self)

    conj = conjugate

    def argpartition(self, kth: Any, axis: int | None = -1, *more: Any, **settings: Any) -> Any:
        """Return the indices that partition along `axis`, a plain array."""
        return FUNCTIONS[np.argpartition](self, kth, axis, *more, **settings)

    def searchsorted(self, v: Any, *more: Any, **settings: Any) -> Any:
        """Return where to insert `v` to keep the order, a plain array."""
        return FUNCTIONS[np.searchsorted](self, v, *more, **settings)

    def compress(self, condition: Any, axis: int | None = None, *more: Any, **settings: Any) -> Tensor:
        """Return the slices along `axis` for which `condition` holds."""
        return FUNCTIONS[np.compress](condition, self, axis, *more, **settings)

    def choose(self, choices: Any, *more: Any, **settings: Any) -> Tensor:
        """Return the values that this tensor of numbers chooses among `choices`."""
        return FUNCTIONS[np.choose](self.data, choices, *more, **settings)  # type: ignore[attr-defined]

    def sort(self, *_: Any, **__: Any) -> None:
        """Refuse: ndarray.sort works in place, and tensors are not written to."""
        raise ArgumentError("tensors are not written to: use np.sort(t), which returns a new one")

    def partition(self, *_: Any, **__: Any) -> None:
        """Refuse: ndarray.partition works in place, and tensors are not written to."""
        raise ArgumentError(
            "tensors are not written to in place: use np.partition(t, kth), which returns a new one"
        )

    def fill(self, *_: Any, **__: Any) -> None:
        """Refuse: ndarray.fill works in place, and tensors are not written to."""
        raise ArgumentError(
            "tensors are not written to in place: use np.full_like(t, value), which returns a new one"
        )

    def put(self, *_: Any, **__: Any) -> None:
        """Refuse: ndarray.put works in place, and tensors are not written to."""
        raise ArgumentError(
            "tensors are not written to in place: use mg.ops.basic.setitem(t, values, index=...), "
            "which returns a new one"
        )
