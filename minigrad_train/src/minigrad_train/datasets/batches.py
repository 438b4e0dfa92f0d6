"""One pass over the examples, in mini-batches."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, TypeAlias

from numpy.typing import NDArray

from minigrad_core.errors import InputError

if TYPE_CHECKING:
    import numpy as np

    Indices: TypeAlias = slice | NDArray[np.intp]


def batches(
    images: NDArray[Any], labels: NDArray[Any], size: int | None, rng: np.random.Generator | None
) -> Iterator[tuple[NDArray[Any], NDArray[Any]]]:
    """Yield every example once, in batches of `size`, in an order drawn from `rng`, or as they stand.

    The last batch is shorter if `size` does not divide the number of examples; it is never dropped. With
    `size` None the only batch is everything as it stands: no order to draw, no copy.

    Parameters
    ----------
    images : array of (n, ...)
    labels : array of (n, ...)
    size : int or None
        At least 1.
    rng : Generator or None
        Advances by one permutation of n for each pass.

    Raises
    ------
    InputError
        A size below 1, or another number of images than of labels.

    Examples
    --------
    >>> import numpy as np
    >>> [len(labels) for _, labels in batches(np.zeros((7, 4)), np.zeros(7), 3, np.random.default_rng(0))]
    [3, 3, 1]
    """
    if len(images) != len(labels):
        raise InputError(f"expected as many images as labels, got {len(images)} and {len(labels)}")
    if size is None:
        yield images, labels
        return
    for chosen in batch_indices(len(labels), size, rng):
        yield images[chosen], labels[chosen]


def batch_indices(count: int, size: int | None, rng: np.random.Generator | None) -> Iterator[Indices]:
    """Yield which of `count` examples each of the batches has, as a slice or as indices.

    Raises
    ------
    InputError
        A size below 1.
    """
    if size is None:
        yield slice(0, count)
        return
    if not hasattr(size, "__index__") or size < 1:
        raise InputError(f"the size of a batch is a whole number from 1 up, or None for all; got {size!r}")
    order = None if rng is None else rng.permutation(count)
    for start in range(0, count, size):
        stop = min(start + size, count)
        yield slice(start, stop) if order is None else order[start:stop]
