"""Configures glibc to keep freed memory in the process, for the next arrays.

A training loop allocates and frees the same large arrays in each step. By default glibc returns large blocks
to the system at once, and the top of the heap when more than a threshold of it is free. The next sweep then
faults all these pages in again; docs/adr/0011-heap.md has the measurements.
"""

from __future__ import annotations

import numpy as np

# Freeing a mapped block of up to 32 MiB raises both thresholds: M_MMAP_THRESHOLD to the size of the block,
# and M_TRIM_THRESHOLD to twice that size; see mallopt(3).
JUST_UNDER_THE_LIMIT = 31 << 20

is_configured = False


def keep_freed_memory() -> None:
    """Make glibc keep up to 62 MiB of freed memory; with other C libraries, this does nothing.

    No page of the block is touched, so the call takes microseconds and no memory.
    """
    global is_configured
    is_configured = True
    try:
        np.empty(JUST_UNDER_THE_LIMIT, np.uint8)
    except MemoryError:  # the address space is limited (ulimit -v): sweeps are slower, but correct
        return
