"""Divide examples into mini-batches."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from minigrad_core.errors import InputError

Indices: TypeAlias = slice | NDArray[np.intp]


def batches(
    images: NDArray[Any],
    labels: NDArray[Any],
    size: int | None,
    rng: np.random.Generator | None,
    *,
    drop_last: bool = False,
) -> Iterator[tuple[NDArray[Any], NDArray[Any]]]:
    """Yield every example once, in batches of `size`, in an order drawn from `rng` or in their own order.

    The last batch is shorter if `size` does not divide the number of examples. With `drop_last` such a batch
    is left out; in a random order, it has other examples in each epoch. If `size` is None, there is one batch
    of all examples in their own order, without a copy, and `rng` does not advance.

    Parameters
    ----------
    images : array of (n, ...)
    labels : array of (n, ...)
    size : int or None
        At least 1.
    rng : Generator or None
        Advances by one permutation of n. None: the examples are in their own order.
    drop_last : bool
        Whether to leave out a last batch of fewer examples than `size`.

    Raises
    ------
    InputError
        The size is below 1, or the numbers of images and labels differ.

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
    for indices in iterate_batch_indices(len(labels), size, rng, drop_last=drop_last):
        yield images[indices], labels[indices]


def count_examples(count: int, size: int | None, *, drop_last: bool) -> int:
    """Return how many of `count` examples the batches of an epoch have."""
    return count - count % size if drop_last and size is not None else count


def iterate_batch_indices(
    count: int, size: int | None, rng: np.random.Generator | None, *, drop_last: bool = False
) -> Iterator[Indices]:
    """Yield a slice or an array of indices into `count` examples for each batch.

    Raises
    ------
    InputError
        The size is below 1.
    """
    if size is None:
        yield slice(0, count)
        return
    if not hasattr(size, "__index__") or size < 1:
        raise InputError(f"the size of a batch is a whole number from 1 up, or None for all; got {size!r}")
    order = None if rng is None else rng.permutation(count)
    for start in range(0, count_examples(count, size, drop_last=drop_last), size):
        stop = min(start + size, count)
        yield slice(start, stop) if order is None else order[start:stop]
