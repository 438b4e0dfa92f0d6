"""Ctrl-C between two steps rather than in the middle of one."""

from __future__ import annotations

import signal
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType


@contextmanager
def held_interrupt() -> Iterator[Callable[[], None]]:
    """Hold the first SIGINT back until the body calls the function that it is given, which raises it.

    So weights are never half updated and files never half written. A second one goes through at once, for a
    step that takes too long. Signals are left as they are in another thread than the main one, where Python
    allows no handlers, and where they are ignored: a shell starts its background jobs so.

    Raises
    ------
    KeyboardInterrupt
        From the function, if a SIGINT has come; from anywhere, if a second one has.
    """
    pressed = False

    def hold(_signal: int, _frame: FrameType | None) -> None:
        nonlocal pressed
        if pressed:
            raise KeyboardInterrupt
        pressed = True

    def release() -> None:
        if pressed:
            raise KeyboardInterrupt

    in_main = threading.current_thread() is threading.main_thread()
    if not in_main or signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        yield release
        return
    before = signal.signal(signal.SIGINT, hold)
    try:
        yield release
    finally:
        signal.signal(signal.SIGINT, before)
