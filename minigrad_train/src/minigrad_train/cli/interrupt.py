"""Ctrl-C or a SIGTERM between two steps rather than in the middle of one."""

from __future__ import annotations

import signal
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType

# What a user presses; what `kill`, `timeout` and whoever shuts a machine down send, with seconds to spare.
HELD = (signal.SIGINT, signal.SIGTERM)


class Interrupted(KeyboardInterrupt):
    """A signal asked the program to end.

    Attributes
    ----------
    status : int
        The exit status that shells report for a program that the signal ended.
    """

    def __init__(self, number: int) -> None:
        super().__init__()
        self.status = 128 + number


@contextmanager
def held_interrupt() -> Iterator[Callable[[], None]]:
    """Hold the first SIGINT or SIGTERM back until the body calls the function that it is given, which raises.

    So weights are never half updated and files never half written. A second one goes through at once, for a
    step that takes too long. Signals are left as they are in another thread than the main one, where Python
    allows no handlers, and where they are ignored: a shell starts its background jobs so.

    Raises
    ------
    Interrupted
        From the function, if a signal has come; from anywhere, if a second one has.
    """
    received: list[int] = []

    def hold(number: int, _frame: FrameType | None) -> None:
        received.append(number)
        if len(received) > 1:
            raise Interrupted(number)

    def release() -> None:
        if received:
            raise Interrupted(received[0])

    in_main = threading.current_thread() is threading.main_thread()
    held = [number for number in HELD if in_main and signal.getsignal(number) is not signal.SIG_IGN]
    before = {number: signal.signal(number, hold) for number in held}
    try:
        yield release
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
