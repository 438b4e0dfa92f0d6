"""A communicator whose ranks are threads of one process: for what needs no MPI."""

from __future__ import annotations

import copy
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any, TypeVar

T = TypeVar("T")


class ThreadComm:
    """One rank; `meeting` and `table` are those of all."""

    def __init__(self, rank: int, meeting: Barrier, table: list[Any]) -> None:
        self.rank, self.meeting, self.table = rank, meeting, table

    def Get_rank(self) -> int:
        return self.rank

    def Get_size(self) -> int:
        return len(self.table)

    def Allreduce(self, sendbuf: Any, recvbuf: Any, /) -> None:
        recvbuf[...] = sum(self.allgather(recvbuf if sendbuf is None else sendbuf))

    def bcast(self, obj: Any, /) -> Any:
        return self.allgather(obj)[0]

    def allgather(self, sendobj: Any, /) -> list[Any]:
        self.table[self.rank] = copy.deepcopy(sendobj)
        self.meeting.wait(timeout=60)
        found = copy.deepcopy(self.table)
        self.meeting.wait(timeout=60)
        return found


def run_on_ranks(count: int, call: Callable[[ThreadComm], T]) -> list[T | Exception]:
    """Call a function on each of so many ranks; return what each returned or raised."""
    meeting, table = Barrier(count), [None] * count

    def settle(rank: int) -> T | Exception:
        try:
            return call(ThreadComm(rank, meeting, table))
        except Exception as error:
            return error

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(settle, range(count)))
