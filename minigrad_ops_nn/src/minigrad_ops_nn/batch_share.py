"""The share of a batch that this process computes, when several processes compute one batch together.

Most layers treat each example by itself, and do not depend on the share. The others call `current_share`:
batch normalization sums over all shares, and dropout draws the mask that the whole batch would have.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from minigrad_core.errors import ArgumentError, InputError


@dataclass(frozen=True, slots=True)
class BatchShare:
    """Some examples of a batch, and a sum over all shares of the batch.

    Attributes
    ----------
    start, stop, total : int
        The share holds the examples [start, stop) of `total` examples, at least one.
    counted : bool
        False if the share is empty: it computes one example, since few operations accept none, but that
        example does not count.
    all_sum : callable
        Returns the sum of an array over all shares; every process has to call it.
    """

    start: int
    stop: int
    total: int
    counted: bool
    all_sum: Callable[[NDArray[Any]], NDArray[Any]]

    @property
    def count(self) -> int:
        """The number of examples that count."""
        return self.stop - self.start if self.counted else 0

    def sum(self, values: Any) -> NDArray[Any]:
        """Return the sum of an array over all shares; an empty share adds zeros."""
        if not isinstance(values, np.ndarray):
            raise ArgumentError("a batch that ranks share has no second derivatives; train on one rank")
        return self.all_sum(values if self.counted else np.zeros_like(values))

    def count_in_batch(self, count: int) -> int:
        """Return the number of values in the whole batch, if this share has `count` values.

        Raises
        ------
        InputError
            The values do not divide evenly among the examples.
        """
        each, rest = divmod(count, self.stop - self.start)
        if rest:
            raise InputError(f"{count} values do not divide evenly among {self.stop - self.start} examples")
        return each * self.total


_CURRENT: ContextVar[BatchShare | None] = ContextVar("batch share", default=None)
current_share = _CURRENT.get


@contextmanager
def use_share(share: BatchShare) -> Iterator[None]:
    """Set the share that `current_share` returns in the body of the `with` statement."""
    token = _CURRENT.set(share)
    try:
        yield
    finally:
        _CURRENT.reset(token)


def uniform(shape: tuple[int, ...], rng: np.random.Generator, axis: int = 0) -> NDArray[np.float32]:
    """Return float32 draws from [0, 1) for an array of `shape`, with examples along `axis`.

    In a share, each example gets the draws that it would get in the whole batch, and the generator advances
    as it would then. If the values do not divide evenly among the examples, all shares get the same draws.
    """
    share = current_share()
    if share is None or shape[axis] % (share.stop - share.start):
        return rng.random(shape, dtype=np.float32)
    each = shape[axis] // (share.stop - share.start)
    first, last, count = each * share.start, each * share.stop, each * share.total
    if prod(shape[:axis]) != 1:  # the values of an example are not contiguous
        whole = rng.random((*shape[:axis], count, *shape[axis + 1 :]), dtype=np.float32)
        return whole.swapaxes(0, axis)[first:last].swapaxes(0, axis)
    size = prod(shape[axis + 1 :])
    _skip_draws(rng, first * size)
    draws = rng.random(shape, dtype=np.float32)
    _skip_draws(rng, (count - last) * size)
    return draws


def _skip_draws(rng: np.random.Generator, count: int) -> None:
    """Advance by `count` float32 draws; a step of PCG64 gives two draws, and PCG64 can skip many steps."""
    bits = rng.bit_generator
    if count and isinstance(bits, np.random.PCG64 | np.random.PCG64DXSM):
        if bits.state["has_uint32"]:
            rng.random(dtype=np.float32)
            count -= 1
        bits.advance(count // 2)
        count %= 2
    rng.random(count, dtype=np.float32)
