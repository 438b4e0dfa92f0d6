"""The part of a batch that is computed here, where several processes compute one batch together.

Most layers treat each example by itself, and need not know. Those that do not ask for `current_share`: batch
normalization sums over all shares, and dropout leaves out what it would if the batch were in one piece.
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
    """Some examples of a batch, and the way to the others.

    Attributes
    ----------
    start, stop, total : int
        They are the examples [start, stop) of `total`, at least one.
    counted : bool
        False where the share is empty: one example is computed, since few operations take none, but nothing
        of it counts.
    all_sum : callable
        Returns the sum of an array over all shares; every one of them has to call it.
    """

    start: int
    stop: int
    total: int
    counted: bool
    all_sum: Callable[[NDArray[Any]], NDArray[Any]]

    @property
    def count(self) -> int:
        """How many examples count."""
        return self.stop - self.start if self.counted else 0

    def sum(self, values: Any) -> NDArray[Any]:
        """Return the sum of an array over all shares that count."""
        if not isinstance(values, np.ndarray):
            raise ArgumentError("batches that are shared out have no second derivatives; train on one rank")
        return self.all_sum(values if self.counted else np.zeros_like(values))

    def whole(self, count: int) -> int:
        """Return how many values the batch has, of which there are `count` here.

        Raises
        ------
        InputError
            Not every example has as many.
        """
        each, rest = divmod(count, self.stop - self.start)
        if rest:
            raise InputError(f"{count} values are not as many of each of {self.stop - self.start} examples")
        return each * self.total


_CURRENT: ContextVar[BatchShare | None] = ContextVar("batch share", default=None)
current_share = _CURRENT.get


@contextmanager
def use_share(share: BatchShare) -> Iterator[None]:
    """Let the layers that are called in the body, and their gradients, know of the share."""
    token = _CURRENT.set(share)
    try:
        yield
    finally:
        _CURRENT.reset(token)


def uniform(shape: tuple[int, ...], rng: np.random.Generator, axis: int = 0) -> NDArray[np.float32]:
    """Return float32 draws from [0, 1) for values whose `axis` counts examples.

    Of a share they are the draws that its examples get if the batch is in one piece, and the generator
    advances as it does then. Values that are not as many of each example get the same draws in all shares.
    """
    share = current_share()
    if share is None or shape[axis] % (share.stop - share.start):
        return rng.random(shape, dtype=np.float32)
    each = shape[axis] // (share.stop - share.start)
    first, last, count = each * share.start, each * share.stop, each * share.total
    if prod(shape[:axis]) != 1:  # the examples are not in one piece
        whole = rng.random((*shape[:axis], count, *shape[axis + 1 :]), dtype=np.float32)
        return whole.swapaxes(0, axis)[first:last].swapaxes(0, axis)
    size = prod(shape[axis + 1 :])
    _skip_draws(rng, first * size)
    draws = rng.random(shape, dtype=np.float32)
    _skip_draws(rng, (count - last) * size)
    return draws


def _skip_draws(rng: np.random.Generator, count: int) -> None:
    """Advance by so many float32 draws; PCG64 gives two for each of its own steps, and jumps over many."""
    bits = rng.bit_generator
    if count and isinstance(bits, np.random.PCG64 | np.random.PCG64DXSM):
        if bits.state["has_uint32"]:
            rng.random(dtype=np.float32)
            count -= 1
        bits.advance(count // 2)
        count %= 2
    rng.random(count, dtype=np.float32)
