"""The lock over what threads share: the gradients of leaves, and the set of those that are watched."""

from __future__ import annotations

import os
from threading import Lock

lock = Lock()


def _free() -> None:
    """Make the lock anew in a forked child, where the thread that held it does not go on."""
    global lock
    lock = Lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_free)
