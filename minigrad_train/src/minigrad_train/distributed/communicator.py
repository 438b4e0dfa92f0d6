"""What is asked of a communicator: the methods of mpi4py's that are used, under their names."""

from __future__ import annotations

from typing import Any, Protocol


class Communicator(Protocol):
    """Ranks that exchange arrays and objects; each calls the same methods in the same order."""

    def Get_rank(self) -> int:  # noqa: N802 - mpi4py's names
        """Return which of the ranks this is, from 0."""
        ...

    def Get_size(self) -> int:  # noqa: N802
        """Return how many there are."""
        ...

    def Allreduce(self, sendbuf: Any, recvbuf: Any, /) -> None:  # noqa: N802
        """Put the sum of an array over all ranks into another one; for None, that of the other one itself."""

    def bcast(self, obj: Any, /) -> Any:
        """Return the object of rank 0."""

    def allgather(self, sendobj: Any, /) -> list[Any]:
        """Return the objects of all ranks, in their order."""
        ...
