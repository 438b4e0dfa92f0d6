"""One process of those that train together: its share of the work, and what all have to agree about."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from minigrad_ops_nn.batch_share import BatchShare

from ..errors import RanksDifferError

if TYPE_CHECKING:
    from ..datasets.batches import Indices
    from .communicator import Communicator


class Ranks:
    """The ranks of a communicator, seen from one of them.

    Parameters
    ----------
    comm : Communicator
    stop_requested : callable, optional
        Returns whether this rank is asked to end the run. It is asked in each step.

    Attributes
    ----------
    rank, size : int
    stopping : bool
        Whether any rank was asked in the last step; the same on all of them.
    """

    def __init__(self, comm: Communicator, stop_requested: Callable[[], bool] = lambda: False) -> None:
        self.comm, self.stop_requested = comm, stop_requested
        self.rank, self.size = comm.Get_rank(), comm.Get_size()
        self.stopping = False

    def Get_size(self) -> int:  # noqa: N802 - as of a communicator
        """Return how many ranks there are."""
        return self.size

    def all_sum(self, values: NDArray[Any]) -> NDArray[Any]:
        """Return the sum of an array over all ranks."""
        total = np.empty_like(values, order="C")
        self.comm.Allreduce(np.ascontiguousarray(values), total)
        return total

    def share(self, chosen: Indices) -> tuple[Indices, BatchShare]:
        """Return this rank's part of the chosen examples, as `numpy.array_split` parts them.

        An empty share has the last example, which does not count.

        Parameters
        ----------
        chosen : slice or array of int
            At least one example; of a slice both ends are given.
        """
        total = chosen.stop - chosen.start if isinstance(chosen, slice) else len(chosen)
        size, longer = divmod(total, self.size)
        start = self.rank * size + min(self.rank, longer)
        stop = start + size + (self.rank < longer)
        counted = stop > start
        if not counted:
            start, stop = total - 1, total
        share = BatchShare(start, stop, total, counted, self.all_sum)
        if isinstance(chosen, slice):
            return slice(chosen.start + start, chosen.start + stop), share
        return chosen[start:stop], share

    def check_agreement(self, facts: Mapping[str, object]) -> None:
        """Compare what has to be the same on all ranks, by name.

        Raises
        ------
        RanksDifferError
            A rank has something else than rank 0: on all ranks, with one message.
        """
        texts = {name: str(fact) for name, fact in facts.items()}
        first, *others = self.comm.allgather(texts)
        for rank, other in enumerate(others, 1):
            for name in first | other:
                ours, theirs = first.get(name), other.get(name)
                if ours != theirs:
                    raise RanksDifferError(f"rank {rank} has {name} {theirs}, rank 0 has {ours}")
