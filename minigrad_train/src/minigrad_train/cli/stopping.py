"""What ends a run before its last epoch: a signal, or a plugin; on several ranks, at the same step of all."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zlib import crc32

from ..errors import EndedRun, RanksDifferError

if TYPE_CHECKING:
    from minigrad_core import Module

    from ..distributed.ranks import Ranks
    from ..hooks import Callbacks
    from .interrupt import PendingInterrupt


class StopCheck:
    """Ends a run as soon as somebody asked for it."""

    def __init__(self, interrupt: PendingInterrupt, callbacks: Callbacks) -> None:
        self.interrupt, self.callbacks = interrupt, callbacks
        self.after_batch = interrupt.raise_if_pending

    def after_epoch(self, model: Module) -> None:  # noqa: ARG002 - that of several ranks looks at it
        """Raise `Interrupted` or `EndedRun` if a signal came, or a plugin asked to."""
        self.interrupt.raise_if_pending()
        self.callbacks.release()


class SharedStopCheck:
    """The same for all ranks, whichever of them was asked."""

    def __init__(self, interrupt: PendingInterrupt, callbacks: Callbacks, ranks: Ranks) -> None:
        self.interrupt, self.callbacks, self.ranks = interrupt, callbacks, ranks
        ranks.stop_requested = lambda: interrupt.status != 0

    def after_batch(self) -> None:
        """Raise `Interrupted` on all ranks if a signal had come to one before the last step."""
        if self.ranks.stopping:
            self._release(self.ranks.comm.allgather(self.interrupt.status))

    def after_epoch(self, model: Module) -> None:
        """Raise `Interrupted` or `EndedRun` on all ranks if one was asked to.

        Raises
        ------
        RanksDifferError
            The weights are no longer the same.
        """
        report = self.interrupt.status, self._end_reason(), _checksum(model)
        statuses, ends, checksums = zip(*self.ranks.comm.allgather(report), strict=True)
        for rank, checksum in enumerate(checksums):
            if checksum != checksums[0]:
                raise RanksDifferError(
                    f"the weights of rank {rank} are no longer those of rank 0: something, such as a "
                    "plugin, changed them on some ranks only; --resume goes on from the last epoch"
                )
        self._release(statuses)
        for end in filter(None, ends):
            raise EndedRun(end)

    def _release(self, statuses: list[int] | tuple[int, ...]) -> None:
        # A signal that came meanwhile is of this rank alone: it waits until all have heard of it.
        if status := max(statuses):
            self.interrupt.status = status
            self.interrupt.raise_if_pending()

    def _end_reason(self) -> str:
        try:
            self.callbacks.release()
        except EndedRun as end:
            return str(end) or "a plugin ends it"
        return ""


def _checksum(model: Module) -> int:
    checksum = 0
    for parameter in model.parameters():
        checksum = crc32(parameter.data.tobytes(), checksum)
    return checksum
