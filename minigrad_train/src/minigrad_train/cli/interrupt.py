"""Ctrl-C or a SIGTERM between two steps rather than in the middle of one."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

# What a user presses; what `kill`, `timeout` and whoever shuts a machine down send, with seconds to spare.
SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Interrupted(SystemExit):
    """A signal asked the program to end; uncaught, it does so with the exit status that shells expect."""

    def __init__(self, number: int) -> None:
        super().__init__(128 + number)


class PendingInterrupt:
    """What has come so far of the signals that are held back.

    Attributes
    ----------
    status : int
        The exit status that tells of the first; 0 if none has come.
    """

    def __init__(self) -> None:
        self.status = 0

    def raise_if_pending(self) -> None:
        """Raise if a signal has come.

        Raises
        ------
        Interrupted
            One has.
        """
        if self.status:
            raise Interrupted(self.status - 128)

    def note_signal(self, number: int, _frame: FrameType | None) -> None:
        """Note a first signal; a second one raises at once."""
        if self.status:
            raise Interrupted(number)
        self.status = 128 + number


@contextmanager
def defer_interrupts() -> Iterator[PendingInterrupt]:
    """Hold the first SIGINT or SIGTERM back until the body calls `release`, which raises.

    So weights are never half updated and files never half written. A second one goes through at once, for a
    step that takes too long. Signals are left as they are in another thread than the main one, where Python
    allows no handlers, and where they are ignored: a shell starts its background jobs so.

    Raises
    ------
    Interrupted
        From `release`, if a signal has come; from anywhere, if a second one has.
    """
    interrupt = PendingInterrupt()
    in_main = threading.current_thread() is threading.main_thread()
    handled = [number for number in SIGNALS if in_main and signal.getsignal(number) is not signal.SIG_IGN]
    before = {number: signal.signal(number, interrupt.note_signal) for number in handled}
    try:
        yield interrupt
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
