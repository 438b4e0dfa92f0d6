"""Hold out examples for a split that a dataset lacks, the same share of each class."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import DatasetError
from .examples import Examples


def hold_out(
    examples: Examples, rng: np.random.Generator, source: str, *, by_class: bool = True
) -> tuple[Examples, Examples]:
    """Return five sixths of the examples in their order, and a random sixth.

    Parameters
    ----------
    examples : Examples
        At least six.
    rng : Generator
        Advances by one permutation.
    source : str
        The file, for messages.
    by_class : bool
        Whether each class gives a sixth of its examples, to one example. Otherwise the sixth is drawn from
        all.

    Raises
    ------
    DatasetError
        There are fewer than six examples.
    """
    count = len(examples.labels)
    if count < 6:
        raise DatasetError(
            f"{source}: {count} training examples are too few to hold a sixth out; give at least six"
        )
    order = rng.permutation(count)
    mask = np.zeros(count, bool)
    mask[_choose_by_class(examples.labels, order) if by_class else order[: count // 6]] = True
    part = getattr(examples.images, "part", examples.images.__getitem__)
    return Examples(part(~mask), examples.labels[~mask]), Examples(part(mask), examples.labels[mask])


def _choose_by_class(labels: NDArray[Any], order: NDArray[np.intp]) -> NDArray[np.intp]:
    """Return a sixth of the indices in `order`, of each class the first ones."""
    counts = np.bincount(labels)
    sizes = _apportion(counts, len(labels) // 6)
    grouped = order[np.argsort(labels[order], kind="stable")]
    rank_in_class = np.arange(len(labels)) - np.repeat(np.cumsum(counts) - counts, counts)
    return grouped[rank_in_class < np.repeat(sizes, counts)]


def _apportion(counts: NDArray[np.intp], total: int) -> NDArray[np.intp]:
    """Divide `total` among classes in proportion to their counts, by the largest remainders.

    A class of three or more examples that would get none is served first, so that each split has the class.
    """
    sizes, remainders = np.divmod(counts * total, counts.sum())
    absent = (sizes == 0) & (counts >= 3)
    served = np.lexsort((-remainders, ~absent))[: total - sizes.sum()]
    sizes[served] += 1
    return sizes
