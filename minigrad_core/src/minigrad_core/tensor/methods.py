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


class Methods:
    """The methods that `ndarray` has. Keywords go on to the operation, which knows or refuses them."""

    __slots__ = ()

    @property
    def T(self) -> Tensor:  # noqa: N802 - NumPy's name
        """The tensor with its axes reversed."""
        return FUNCTIONS[np.transpose](self)

    def sum(self, axis: Axis = None, **settings: Any) -> Tensor:
        """Return the sum over `axis`."""
        return FUNCTIONS[np.sum](self, axis=axis, **settings)

    def prod(self, axis: Axis = None, **settings: Any) -> Tensor:
        """Return the product over `axis`."""
        return FUNCTIONS[np.prod](self, axis=axis, **settings)

    def mean(self, axis: Axis = None, **settings: Any) -> Tensor:
        """Return the mean over `axis`."""
        return FUNCTIONS[np.mean](self, axis=axis, **settings)

    def max(self, axis: Axis = None, **settings: Any) -> Tensor:
        """Return the maximum over `axis`."""
        return FUNCTIONS[np.max](self, axis=axis, **settings)

    def min(self, axis: Axis = None, **settings: Any) -> Tensor:
        """Return the minimum over `axis`."""
        return FUNCTIONS[np.min](self, axis=axis, **settings)

    def var(self, axis: Axis = None, **settings: Any) -> Tensor:
        """Return the variance over `axis`."""
        return FUNCTIONS[np.var](self, axis=axis, **settings)

    def std(self, axis: Axis = None, **settings: Any) -> Tensor:
        """Return the standard deviation over `axis`."""
        return FUNCTIONS[np.std](self, axis=axis, **settings)

    def all(self, axis: Axis = None, **settings: Any) -> Any:
        """Return whether all are true, over `axis`."""
        return FUNCTIONS[np.all](self, axis=axis, **settings)

    def any(self, axis: Axis = None, **settings: Any) -> Any:
        """Return whether any is true, over `axis`."""
        return FUNCTIONS[np.any](self, axis=axis, **settings)

    def argmax(self, axis: int | None = None, **settings: Any) -> Any:
        """Return the index of the maximum along `axis`, a plain array."""
        return FUNCTIONS[np.argmax](self, axis=axis, **settings)

    def argmin(self, axis: int | None = None, **settings: Any) -> Any:
        """Return the index of the minimum along `axis`, a plain array."""
        return FUNCTIONS[np.argmin](self, axis=axis, **settings)

    def argsort(self, axis: int | None = -1, **settings: Any) -> Any:
        """Return the indices that sort along `axis`, a plain array."""
        return FUNCTIONS[np.argsort](self, axis=axis, **settings)

    def nonzero(self) -> Any:
        """Return the indices of the values that are not zero, plain arrays."""
        return FUNCTIONS[np.nonzero](self)

    def cumsum(self, axis: int | None = None, **settings: Any) -> Tensor:
        """Return the running sum along `axis`."""
        return FUNCTIONS[np.cumsum](self, axis=axis, **settings)

    def cumprod(self, axis: int | None = None, **settings: Any) -> Tensor:
        """Return the running product along `axis`."""
        return FUNCTIONS[np.cumprod](self, axis=axis, **settings)

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

    def copy(self) -> Tensor:
        """Return a copy, as part of the graph."""
        return FUNCTIONS[np.copy](self)

    def clip(self, min: Any = None, max: Any = None, **settings: Any) -> Tensor:  # noqa: A002 - NumPy's names
        """Return the values limited to [min, max]."""
        return FUNCTIONS[np.clip](self, min, max, **settings)

    def round(self, decimals: int = 0) -> Any:
        """Return the rounded values, a plain array: rounding has no gradient."""
        return FUNCTIONS[np.round](self, decimals)

    def dot(self, other: ArrayLike | Tensor) -> Tensor:
        """Return the dot product."""
        return FUNCTIONS[np.dot](self, other)

    def take(self, indices: Any, axis: int | None = None, **settings: Any) -> Tensor:
        """Return the values at `indices` along `axis`."""
        return FUNCTIONS[np.take](self, indices, axis=axis, **settings)

    def repeat(self, repeats: Any, axis: int | None = None) -> Tensor:
        """Return each value repeated along `axis`."""
        return FUNCTIONS[np.repeat](self, repeats, axis=axis)

    def diagonal(self, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Tensor:
        """Return the diagonal of the two axes."""
        return FUNCTIONS[np.diagonal](self, offset=offset, axis1=axis1, axis2=axis2)

    def trace(self, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Tensor:
        """Return the sum of the diagonal of the two axes."""
        return FUNCTIONS[np.trace](self, offset=offset, axis1=axis1, axis2=axis2)

    def tolist(self) -> Any:
        """Return nested lists of Python scalars, cut from the graph."""
        return self.data.tolist()  # type: ignore[attr-defined]

    @property
    def mT(self) -> Tensor:  # noqa: N802 - NumPy's name
        """The matrices in the last two axes, transposed."""
        return FUNCTIONS[np.matrix_transpose](self)

    @property
    def real(self) -> Tensor:
        """The tensor: it is real."""
        return FUNCTIONS[np.real](self)

    @property
    def imag(self) -> Any:
        """Return the imaginary part, zeros: a plain array."""
        return FUNCTIONS[np.imag](self)

    def conjugate(self) -> Tensor:
        """Return the tensor: it is real."""
        return FUNCTIONS[np.conjugate](self)

    conj = conjugate

    def argpartition(self, kth: Any, axis: int | None = -1, **settings: Any) -> Any:
        """Return the indices that partition along `axis`, a plain array."""
        return FUNCTIONS[np.argpartition](self, kth, axis=axis, **settings)

    def searchsorted(self, v: Any, **settings: Any) -> Any:
        """Return where to insert `v` to keep the order, a plain array."""
        return FUNCTIONS[np.searchsorted](self, v, **settings)

    def compress(self, condition: Any, axis: int | None = None) -> Tensor:
        """Return the slices along `axis` for which `condition` holds."""
        return FUNCTIONS[np.compress](condition, self, axis=axis)

    def choose(self, choices: Any, mode: str = "raise") -> Tensor:
        """Return the values that this tensor of numbers chooses among `choices`."""
        return FUNCTIONS[np.choose](self.data, choices, mode=mode)  # type: ignore[attr-defined]

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
