"""Arrays of objects, which NumPy makes of tensors in lists: it gives these no say in `np.array([t, u])`."""

from __future__ import annotations

from contextvars import ContextVar
from functools import partialmethod
from typing import TYPE_CHECKING, Any

import numpy as np

from ..dispatch.functions import FUNCTIONS
from ..errors import InputError

if TYPE_CHECKING:
    from types import TracebackType

    from numpy.typing import NDArray

    from .tensor import Tensor

JOINS = "np.stack([...]), np.concatenate([...]) or np.array([...], like=tensor) makes a tensor of a list"
_NOTE = f"NumPy made an array of objects of tensors in the differentiated function, where {JOINS}"
# Computed with one by one, a vector of 100 times a square matrix takes 0.16 s, and larger tensors refuse.
_FEW = 100
_NUMBERS = (int, float, complex, np.number, np.bool_, np.ndarray)

_context: ContextVar[Lists | None] = ContextVar("minigrad_lists", default=None)


class Lists:
    """A context in which tensors in lists become arrays of objects, or (`allowed=False`) do not.

    They do in a function that is being differentiated: it is somebody's NumPy code, and what it makes of an
    array stays in it, or comes back to the transform. Elsewhere, and in the code of operations, whoever makes
    an array of a tensor wants its numbers. Errors get a note, for NumPy's own say nothing of tensors.

    Attributes
    ----------
    made : bool
        Whether an array of objects was made.
    """

    __slots__ = ("_allowed", "_outer", "made")

    def __init__(self, *, allowed: bool = True) -> None:
        self.made = False
        self._allowed = allowed
        self._outer: Lists | None = None

    def __enter__(self) -> None:
        self._outer = _context.get()
        self.made = self._outer is not None and self._outer.made
        _context.set(self if self._allowed else None)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        _context.set(self._outer)
        if not (self.made and self._allowed):
            return
        if self._outer is not None:
            self._outer.made = True
        if error is not None and _NOTE not in getattr(error, "__notes__", ()):
            error.add_note(_NOTE)


def in_function() -> bool:
    """Return whether this is called from a function that is being differentiated."""
    return _context.get() is not None


def objects_made() -> bool:
    """Return whether there are arrays of objects in the function that is being differentiated."""
    lists = _context.get()
    return lists is not None and lists.made


def as_objects(tensor: Tensor, *, copied: bool) -> NDArray[Any] | None:
    """Return an array of the elements of `tensor`, or None where none is to be made.

    Of complex ones none is: NumPy takes the imaginary part of any objects for 0. One can be written to if a
    copy was asked for: np.asarray of an array is the array itself, and what is written there is in both.
    """
    lists = _context.get()
    if lists is None or tensor.data.dtype.kind != "f" or tensor.data.size > _FEW:
        return None
    lists.made = True
    array = np.empty(tensor.data.shape, object)
    for index in np.ndindex(array.shape):
        array[index] = tensor[index] if index else tensor
    array.flags.writeable = copied
    return array


def joined(x: Any) -> Any:
    """Return `x`, or if it is an array of objects, 0-d tensors and numbers, one tensor.

    Where tensors became objects, so did numbers in the same list, and those may be all that is left. In the
    array that there would be without tensors they are floating point. Others stay: a row in the place of an
    element, None, and subclasses, which have operators of their own.
    """
    if type(x) is not np.ndarray or x.dtype != object:
        return x
    elements = x.ravel().tolist()
    if any(not (isinstance(y, _NUMBERS) or hasattr(y, "tracked")) or np.ndim(y) for y in elements):
        return x
    if any(hasattr(y, "tracked") for y in elements):
        return FUNCTIONS[np.array](x.tolist())
    if not objects_made():
        return x
    return x.astype(complex if any(map(np.iscomplexobj, elements)) else float)


def ordered(answer: Any, x: Any, y: Any) -> Any:
    """Return `answer`, that of comparing `x` with `y`, unless NumPy may have asked in order to sort objects.

    Raises
    ------
    InputError
        One of two numbers is NaN, and there are arrays of objects, in whose maximum it would be lost.
    """
    if objects_made() and not (np.ndim(answer) or answer) and (x != x or y != y):
        raise InputError("a NaN is compared, and would be lost in the maximum or in the order of objects")
    return answer


class Elements:
    """The methods by which NumPy calls its functions of the elements of an array of objects."""

    __slots__ = ()


def _call(self: Elements, function: np.ufunc, *others: Any) -> Any:
    return FUNCTIONS[function](self, *others)


for _function in (
    np.arccos, np.arccosh, np.arcsin, np.arcsinh, np.arctan, np.arctan2, np.arctanh, np.cbrt, np.cos, np.cosh,
    np.deg2rad, np.degrees, np.exp, np.exp2, np.expm1, np.fabs, np.fmod, np.hypot, np.log, np.log10, np.log1p,
    np.log2, np.logical_xor, np.rad2deg, np.radians, np.rint, np.sin, np.sinh, np.sqrt, np.tan, np.tanh,
):  # fmt: skip
    setattr(Elements, _function.__name__, partialmethod(_call, _function))
