"""Freed memory that stays with the process."""

from __future__ import annotations

import numpy as np

# glibc gives free memory at the top of the heap back to the system once there is more than a threshold of
# it: twice the largest mapped block of up to 32 MiB that was ever freed (mallopt(3), M_TRIM_THRESHOLD).
JUST_UNDER_THE_LIMIT = 31 << 20


def keep_freed_memory() -> None:
    """Make glibc keep up to 62 MiB of freed memory for the next arrays; elsewhere it does nothing.

    A training step makes and frees the same arrays again and again. If their memory is given back in between,
    each step faults their pages in anew: see docs/adr/0020-heap.md for what that costs. The price is memory
    that the process holds and does not use, so this is for programs that train, and no import does it.
    """
    np.empty(JUST_UNDER_THE_LIMIT, np.uint8)
