"""NumPy's array methods on tensors: `t.f(...)` calls the operation that implements `np.f`, on `t`."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from numpy.typing import DTypeLike

from ..dispatch.functions import FUNCTIONS

if TYPE_CHECKING:
    from .tensor_class import Tensor


def _make_plain_method(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return the method that passes the tensor, and then its own arguments, to `function`."""

    def method(self: Methods, *args: Any, **settings: Any) -> Any:
        return FUNCTIONS[function](self, *args, **settings)

    name = method.__name__ = function.__name__
    method.__doc__ = f"Return `np.{name}(t, ...)` for this tensor `t`, with the same further arguments."
    return method


# The same, with the type of a function that always returns one tensor.
_make_method = cast("Callable[[Callable[..., Any]], Callable[..., Tensor]]", _make_plain_method)


class Methods:
    """The methods of `ndarray` that do not write to the array. For the others, `hints` names functions."""

    __slots__ = ()

    sum = _make_method(np.sum)
    prod = _make_method(np.prod)
    mean = _make_method(np.mean)
    max = _make_method(np.max)
    min = _make_method(np.min)
    var = _make_method(np.var)
    std = _make_method(np.std)
    cumsum = _make_method(np.cumsum)
    cumprod = _make_method(np.cumprod)

    ravel = _make_method(np.ravel)
    swapaxes = _make_method(np.swapaxes)
    squeeze = _make_method(np.squeeze)
    dot = _make_method(np.dot)
    clip = _make_method(np.clip)
    take = _make_method(np.take)
    repeat = _make_method(np.repeat)
    diagonal = _make_method(np.diagonal)
    trace = _make_method(np.trace)
    conj = conjugate = _make_method(np.conjugate)

    # These functions have no gradient: the results require none.
    all = _make_plain_method(np.all)
    any = _make_plain_method(np.any)
    argmax = _make_plain_method(np.argmax)
    argmin = _make_plain_method(np.argmin)
    argsort = _make_plain_method(np.argsort)
    argpartition = _make_plain_method(np.argpartition)
    nonzero = _make_plain_method(np.nonzero)
    searchsorted = _make_plain_method(np.searchsorted)
    round = _make_plain_method(np.round)

    @property
    def T(self) -> Tensor:  # noqa: N802 - NumPy's name
        """The tensor with its axes reversed."""
        return FUNCTIONS[np.transpose](self)

    @property
    def mT(self) -> Tensor:  # noqa: N802 - NumPy's name
        """The matrices in the last two axes, transposed."""
        return FUNCTIONS[np.matrix_transpose](self)

    @property
    def real(self) -> Tensor:
        """The real part, a view."""
        return FUNCTIONS[np.real](self)

    @property
    def imag(self) -> Tensor:
        """The imaginary part: zeros for real numbers."""
        return FUNCTIONS[np.imag](self)

    # Methods whose arguments differ from those of the function.

    def reshape(self, *shape: Any, **settings: Any) -> Tensor:
        """Return the same values in another shape: `t.reshape(2, 3)` or `t.reshape((2, 3))`."""
        return FUNCTIONS[np.reshape](self, shape[0] if len(shape) == 1 else shape, **settings)

    def transpose(self, *axes: Any) -> Tensor:
        """Return the tensor with permuted axes: `t.transpose(1, 0)`, `t.transpose((1, 0))`; `()` reverses."""
        order = axes[0] if len(axes) == 1 and not isinstance(axes[0], int) else axes or None
        return FUNCTIONS[np.transpose](self, axes=order)

    def astype(self, dtype: DTypeLike, *, copy: bool = True) -> Tensor:
        """Return the values as `dtype`. The gradient has the dtype of this tensor; integers have none."""
        return FUNCTIONS[np.astype](self, dtype, copy=copy)

    def copy(self, order: str = "C") -> Tensor:
        """Return a copy that is part of the graph."""
        return FUNCTIONS[np.copy](self, order=order)

    def flatten(self, order: str = "C") -> Tensor:
        """Return a copy with one axis; `ravel` returns a view if possible."""
        return FUNCTIONS[np.copy](FUNCTIONS[np.ravel](self, order))

    def compress(self, condition: Any, axis: int | None = None, *more: Any, **settings: Any) -> Tensor:
        """Return the slices along `axis` for which `condition` holds."""
        return FUNCTIONS[np.compress](condition, self, axis, *more, **settings)

    def choose(self, choices: Any, *more: Any, **settings: Any) -> Tensor:
        """Return the array whose element i is element i of `choices[self[i]]`."""
        return FUNCTIONS[np.choose](self.data, choices, *more, **settings)  # type: ignore[attr-defined]

    def tolist(self) -> Any:
        """Return nested lists of Python scalars, cut from the graph."""
        return self.data.tolist()  # type: ignore[attr-defined]
