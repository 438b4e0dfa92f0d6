"""Report the errors of hooks that occurred on ranks other than rank 0: only rank 0 prints."""

from __future__ import annotations

import warnings

from ..distributed.ranks import Ranks
from ..hooks import Callbacks


class HookFaults:
    """Exchanges the errors of hooks among the ranks; rank 0 warns of those that it does not have itself."""

    def __init__(self, callbacks: Callbacks, ranks: Ranks | None) -> None:
        self.callbacks, self.ranks = callbacks, ranks
        self._sent = 0

    def exchange(self) -> None:
        """Exchange the errors since the last exchange; every rank has to call the method."""
        if self.ranks is None:
            return
        own = self.callbacks.faults[self._sent :]
        self._sent += len(own)
        found: dict[str, list[int]] = {}
        for rank, faults in enumerate(self.ranks.comm.allgather(own)):
            for fault in faults:
                found.setdefault(fault, []).append(rank)
        for fault, where in found.items():
            if self.ranks.rank == 0 and 0 not in where:
                names = f"rank{'s' * (len(where) > 1)} {', '.join(map(str, where))}"
                warnings.warn(f"on {names}: {fault}", RuntimeWarning, stacklevel=2)
