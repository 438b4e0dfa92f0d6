"""The contract of an initializer, and the one definition of fans."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from ..dispatch.tables import describe
from ..errors import ArgumentError, InputError

if TYPE_CHECKING:
    from numpy.typing import DTypeLike, NDArray

    from ..array import Shape


class Initializer(Protocol):
    """First values for a parameter: a pure function of shape, generator and settings.

    `std` is the claim that the contract kit verifies: the standard deviation of the values under default
    settings, or None where the initializer makes no such claim.

    Attributes
    ----------
    name : str
        An identifier, unique in its namespace.
    reference : callable, optional
        The same draw, slow and obvious, `reference(shape, *, rng) -> array`: the contract kit compares the
        two in distribution, under the settings too that `reference` takes by keyword. Nobody owes one, so
        it is no member of this protocol; `minigrad_core.testing.references` has published ones.
    """

    name: str

    def __call__(
        self, shape: Shape, *, rng: np.random.Generator, dtype: DTypeLike = np.float32
    ) -> NDArray[Any]:
        """Return a fresh, writable array of `shape` and `dtype`. Settings are keywords with defaults."""
        ...

    def std(self, fan_in: int, fan_out: int) -> float | None:
        """Return the standard deviation that is claimed for these fans."""
        ...

    def __repr__(self) -> str:
        return f"<initializer {self.name}>"


def fans(shape: Shape) -> tuple[int, int]:
    """Return (fan_in, fan_out) of a weight of `shape`.

    A matrix is (in, out), as in `x @ weight`. A convolution is `(out, in, *kernel)`, and its receptive field
    counts for both. Vectors and scalars have as many of each as they have values.

    Raises
    ------
    ArgumentError
        `shape` is no tuple of sizes.

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


def initial_values(
    initializer: Initializer, shape: Shape, *, rng: np.random.Generator, dtype: DTypeLike, **settings: Any
) -> NDArray[Any]:
    """Return what an initializer gives for a parameter, once it is known to be fit for one.

    Raises
    ------
    InputError
        It is no array of that shape and type, or some of its values are no numbers.
    """
    values: object = initializer(shape, rng=rng, dtype=dtype, **settings)
    wanted = f"an array of shape {tuple(shape)} and type {np.dtype(dtype)}"
    if not isinstance(values, np.ndarray):
        raise InputError(f"{describe(initializer)} returned {type(values).__name__}, expected {wanted}")
    if values.shape != tuple(shape) or values.dtype != dtype:
        got = f"one of shape {values.shape} and type {values.dtype}"
        raise InputError(f"{describe(initializer)} returned {got}, expected {wanted}")
    if not np.isfinite(values).all():
        raise InputError(f"{describe(initializer)} returned NaN or infinities for shape {tuple(shape)}")
    return values
