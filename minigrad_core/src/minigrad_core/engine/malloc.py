"""Keeps freed memory in the process, for the next arrays.

A program that takes gradients makes and frees the same large arrays again and again. glibc gives large blocks
back to the system at once, and the top of the heap when more than a threshold of it is free, so that each
sweep faults their pages in anew: docs/adr/0011-heap.md says more.
"""

from __future__ import annotations

import numpy as np

# Freeing a mapped block of up to 32 MiB raises both thresholds, to its size and to twice its size; see
# mallopt(3), M_MMAP_THRESHOLD and M_TRIM_THRESHOLD.
JUST_UNDER_THE_LIMIT = 31 << 20

is_configured = False


def keep_freed_memory() -> None:
    """Make glibc keep up to 62 MiB of freed memory for the next arrays; elsewhere this does nothing.

    No page of the block is touched, so it takes microseconds and no memory.
    """
    global is_configured
    is_configured = True
    try:
        np.empty(JUST_UNDER_THE_LIMIT, np.uint8)
    except MemoryError:  # the address space is limited (ulimit -v): slower, and not wrong
        return
