"""One rank of several that train together: its share of each batch, and the comparison of settings.

A communicator has methods of mpi4py's communicators, under their names.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from minigrad_ops_nn.batch_share import BatchShare

from ..datasets.batches import Indices
from ..errors import RanksDifferError


class Communicator(Protocol):
    """Ranks that exchange arrays and objects; each rank calls the same methods in the same order."""

    def Get_rank(self) -> int:  # noqa: N802 - mpi4py's names
        """Return the number of this rank, from 0."""
        ...

    def Get_size(self) -> int:  # noqa: N802
        """Return the number of ranks."""
        ...

    def Allreduce(self, sendbuf: Any, recvbuf: Any, /) -> None:  # noqa: N802
        """Write the sum of `sendbuf` over all ranks into `recvbuf`; if `sendbuf` is None, sum in place."""

    def bcast(self, obj: Any, /) -> Any:
        """Return the object of rank 0."""

    def allgather(self, sendobj: Any, /) -> list[Any]:
        """Return the objects of all ranks, in the order of the ranks."""
        ...


class Ranks:
    """The ranks of a communicator, seen from one of them.

    Parameters
    ----------
    comm : Communicator
    stop_requested : callable, optional
        Returns whether this rank has to end the run, because of a signal. It is called in each step.

    Attributes
    ----------
    rank, size : int
        The number of this rank, and the number of ranks.
    stopping : bool
        Whether `stop_requested` was true on any rank in the last step; equal on all ranks.
    """

    def __init__(self, comm: Communicator, stop_requested: Callable[[], bool] = lambda: False) -> None:
        self.comm, self.stop_requested = comm, stop_requested
        self.rank, self.size = comm.Get_rank(), comm.Get_size()
        self.stopping = False

    def Get_size(self) -> int:  # noqa: N802 - as a communicator has it
        """Return the number of ranks."""
        return self.size

    def gather(self, value: Any) -> list[Any]:
        """Return the values of all ranks, in the order of the ranks."""
        return self.comm.allgather(value)

    def all_sum(self, values: NDArray[Any]) -> NDArray[Any]:
        """Return the sum of an array over all ranks."""
        total = np.empty_like(values, order="C")
        self.comm.Allreduce(np.ascontiguousarray(values), total)
        return total

    def share(self, indices: Indices) -> tuple[Indices, BatchShare]:
        """Return this rank's part of the indices of a batch, split as `numpy.array_split` splits them.

        If there are fewer examples than ranks, a rank without an example computes the last one, which does
        not count.

        Parameters
        ----------
        indices : slice or array of int
            At least one example; a slice has a start and a stop.
        """
        total = indices.stop - indices.start if isinstance(indices, slice) else len(indices)
        size, longer = divmod(total, self.size)
        start = self.rank * size + min(self.rank, longer)
        stop = start + size + (self.rank < longer)
        counted = stop > start
        if not counted:
            start, stop = total - 1, total
        share = BatchShare(start, stop, total, counted, self.all_sum)
        if isinstance(indices, slice):
            return slice(indices.start + start, indices.start + stop), share
        return indices[start:stop], share

    def check_agreement(self, facts: Mapping[str, object]) -> None:
        """Compare named values that have to be equal on all ranks.

        Raises
        ------
        RanksDifferError
            A rank has another value than rank 0. All ranks raise it, with the same message.
        """
        texts = {name: str(fact) for name, fact in facts.items()}
        first, *others = self.comm.allgather(texts)
        for rank, other in enumerate(others, 1):
            for name in first | other:
                expected, got = first.get(name), other.get(name)
                if expected != got:
                    raise RanksDifferError(f"rank {rank} has {name} {got}, rank 0 has {expected}")
