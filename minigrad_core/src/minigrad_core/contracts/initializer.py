"""The contract of an initializer, and the one definition of fans."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from math import prod
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import DTypeLike, NDArray

from ..dispatch.tables import describe
from ..errors import ArgumentError, InputError
from ..tensor.ownership import copy_if_shared

if TYPE_CHECKING:
    from ..array import Shape


class Initializer(Protocol):
    """First values for a parameter: a pure function of shape, generator and settings.

    The contract kit verifies `std`, the standard deviation of the values under default settings; if `std`
    returns None, the kit does not check the standard deviation.

    The base class checks the values that `__call__` of a subclass returns. Values that no parameter can have
    raise an error that names the initializer and its plugin. An array that other code can reach is copied.

    Attributes
    ----------
    name : str
        An identifier, unique in its namespace.
    reference : callable, optional
        The same draw, slow and obvious, `reference(shape, *, rng) -> array`. The contract kit compares the
        two in distribution, also under the settings that `reference` takes by keyword. It is optional, so it
        is not a member of this protocol. `minigrad_core.testing.references` has published ones.
    """

    name: str

    def __call__(
        self, shape: Shape, *, rng: np.random.Generator, dtype: DTypeLike = np.float32
    ) -> NDArray[Any]:
        """Return a fresh, writable array of `shape` and `dtype`. Settings are keywords with defaults.

        Raises
        ------
        InputError
            The values are not an array of that shape and dtype, or have NaN or infinities.
        """
        ...

    def std(self, fan_in: int, fan_out: int) -> float | None:
        """Return the standard deviation of the values for these fans, or None if it is not specified."""
        ...

    if not TYPE_CHECKING:  # a type checker would demand it of every class that conforms

        def __init_subclass__(cls, **options: Any) -> None:
            super().__init_subclass__(**options)
            if "__call__" in vars(cls):
                cls.__call__ = _check_values(cls.__call__)

    def __repr__(self) -> str:
        return f"<initializer {self.name}>"


def fans(shape: Shape) -> tuple[int, int]:
    """Return (fan_in, fan_out) of a weight of `shape`.

    A matrix is (in, out), as in `x @ weight`. The weight of a convolution is `(out, in, *kernel)`, and both
    fans are multiplied by the size of its kernel. Both fans of a vector or a scalar are its size.

    Raises
    ------
    ArgumentError
        `shape` is not a tuple of sizes.

    Examples
    --------
    >>> fans((784, 100)), fans((32, 16, 3, 3)), fans((10,))
    ((784, 100), (144, 288), (10, 10))
    """
    if not isinstance(shape, (tuple, list)) or not all(hasattr(n, "__index__") and n >= 0 for n in shape):
        raise ArgumentError(f"shape: expected a tuple of sizes such as (784, 100), got {shape!r}")
    if len(shape) < 2:
        return prod(shape), prod(shape)
    if len(shape) == 2:
        return shape[0], shape[1]
    field = prod(shape[2:])
    return shape[1] * field, shape[0] * field


def _check_values(call: Callable[..., Any]) -> Callable[..., NDArray[Any]]:
    """Return a `__call__` that checks its values, and copies an array that other code can reach."""

    @wraps(call)
    def call_and_check(self: Initializer, shape: Shape, **settings: Any) -> NDArray[Any]:
        values = call(self, shape, **settings)
        if isinstance(values, np.generic):
            values = np.asarray(values)  # NumPy's arithmetic makes scalars of 0-d arrays
        if fault := _find_fault(
            values, np.broadcast_shapes(shape), np.dtype(settings.get("dtype", np.float32))
        ):
            raise InputError(f"{describe(self)} returned {fault}")
        return copy_if_shared(values)

    call_and_check.unchecked = call  # type: ignore[attr-defined]  # the contract kit judges this function
    return call_and_check


def _find_fault(values: object, shape: Shape, dtype: np.dtype[Any]) -> str | None:
    """Return why no parameter of this shape and dtype can have these values, or None."""
    wanted = f"expected an array of shape {shape} and type {dtype}"
    if not isinstance(values, np.ndarray):
        return f"{type(values).__name__}, {wanted}"
    if values.shape != shape or values.dtype != dtype:
        return f"one of shape {values.shape} and type {values.dtype}, {wanted}"
    return None if np.isfinite(values).all() else f"NaN or infinities for shape {shape}"
