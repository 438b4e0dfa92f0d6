"""Stop a run between two steps: after a signal, or because a plugin ends it.

On several ranks, all stop after the same step.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from ..distributed.ranks import Ranks
from ..errors import EndedRun
from ..hooks import Callbacks

# SIGINT comes from Ctrl-C; SIGTERM from `kill`, `timeout`, or a shutdown, which leaves some seconds; SIGHUP
# from a terminal that is closed, or a lost connection. Windows has no SIGHUP.
SIGNALS = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]


class Interrupted(SystemExit):
    """Raised after a signal. If uncaught, the exit status is 128 plus the number of the signal."""

    def __init__(self, number: int) -> None:
        super().__init__(128 + number)


class PendingInterrupt:
    """The first deferred signal.

    Attributes
    ----------
    status : int
        The exit status for the signal; 0 if no signal has come.
    """

    def __init__(self) -> None:
        self.status = 0
        self._process = os.getpid()
        self._terminals = [number for number in (1, 2) if os.isatty(number)]

    def raise_if_pending(self) -> None:
        """Raise `Interrupted` if a signal has come."""
        if self.status:
            raise Interrupted(self.status - 128)

    def note_signal(self, number: int, _frame: FrameType | None) -> None:
        """Note a first signal; raise `Interrupted` at a second one, except for SIGHUP.

        A closed terminal may send SIGHUP twice: the shell sends one, and the kernel another when the shell
        ends.

        A process that a plugin forked has this handler, too. `Process.terminate` ends it; Ctrl-C, which
        reaches all processes of a terminal, does not: a pool waits for ever for the task of a lost worker.
        """
        if number == signal.SIGTERM and os.getpid() != self._process:
            signal.signal(number, signal.SIG_DFL)
            os.kill(os.getpid(), number)
        for lost in (each for each in self._terminals if not os.isatty(each)):
            with open(os.devnull, "wb") as nowhere:  # an output to a closed terminal is an error
                os.dup2(nowhere.fileno(), lost)
        if not self.status:
            self.status = 128 + number
        elif signal.Signals(number).name != "SIGHUP":
            raise Interrupted(number)


@contextmanager
def defer_interrupts() -> Iterator[PendingInterrupt]:
    """Defer the first SIGINT, SIGTERM or SIGHUP until the body calls `raise_if_pending`.

    So weights are never half updated and files never half written. A second signal raises at once, for a step
    that takes too long. The handlers stay as they are in a thread other than the main one, where Python
    allows no handlers, and for a signal that is ignored, as in the background jobs of a shell.

    Raises
    ------
    Interrupted
        In `raise_if_pending` after one signal; anywhere after two.
    """
    interrupt = PendingInterrupt()
    in_main = threading.current_thread() is threading.main_thread()
    deferred = [number for number in SIGNALS if in_main and signal.getsignal(number) is not signal.SIG_IGN]
    handlers = {number: signal.signal(number, interrupt.note_signal) for number in deferred}
    try:
        yield interrupt
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)


class StopCheck:
    """Ends a run on one process after a signal, or if a plugin requests the end."""

    came_in_last_batch = False  # one process stops after the batch

    def __init__(self, interrupt: PendingInterrupt, callbacks: Callbacks) -> None:
        self.interrupt, self.callbacks = interrupt, callbacks
        self.after_batch = interrupt.raise_if_pending

    def after_epoch(self) -> None:
        """Raise `Interrupted` after a signal, `EndedRun` if a plugin ends the run."""
        self.interrupt.raise_if_pending()
        self.callbacks.release()


class SharedStopCheck:
    """Ends a run on all ranks if one of them has to stop.

    Attributes
    ----------
    came_in_last_batch : bool
        Whether the signal came to a rank in the last batch of the epoch, after the ranks had agreed to
        continue; equal on all ranks.
    """

    def __init__(self, interrupt: PendingInterrupt, callbacks: Callbacks, ranks: Ranks) -> None:
        self.interrupt, self.callbacks, self.ranks = interrupt, callbacks, ranks
        ranks.stop_requested = lambda: interrupt.status != 0
        self.status_after_batch = 0
        self.came_in_last_batch = False

    def after_batch(self) -> None:
        """Raise `Interrupted` on all ranks if a signal came to one of them before the last step."""
        if self.ranks.stopping:
            self._raise_interrupted(self.ranks.comm.allgather(self.interrupt.status))
        self.status_after_batch = self.interrupt.status

    def after_epoch(self) -> None:
        """Raise `Interrupted` or `EndedRun` on all ranks if one of them has to stop."""
        state = self.interrupt.status, self.status_after_batch, self._find_end_reason()
        statuses, earlier, reasons = zip(*self.ranks.comm.allgather(state), strict=True)
        self.came_in_last_batch = any(earlier)
        self._raise_interrupted(statuses)
        for reason in filter(None, reasons):
            raise EndedRun(reason)

    def _raise_interrupted(self, statuses: list[int] | tuple[int, ...]) -> None:
        # A signal that came after the exchange is known to this rank only: it waits for the next exchange.
        if status := max(statuses):
            self.interrupt.status = status
            self.interrupt.raise_if_pending()

    def _find_end_reason(self) -> str:
        try:
            self.callbacks.release()
        except EndedRun as end:
            return str(end) or "a plugin ends it"
        return ""
