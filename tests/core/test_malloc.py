"""Memory that is freed during backward is kept for later arrays (glibc)."""

from __future__ import annotations

import platform
import subprocess
import sys

import pytest

# 20 arrays of 1 MB, all freed in the next round, before and after the first backward.
ROUNDS = """
import resource
import numpy as np
import minigrad_core as mg

def faults():
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for _ in range(10):
        arrays = [np.ones(125_000) for _ in range(20)]
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before

x = mg.tensor(1.0, requires_grad=True)
faults()
print(faults())
x.backward()
faults()
print(faults())
"""
LIMITED = """
import resource
import minigrad_core as mg

room = [bytearray(100_000) for _ in range(20)]
del room[::2]  # for small allocations: up to 46 kB at once, for NumPy's data of each thread
resource.setrlimit(resource.RLIMIT_AS, (2**20, 2**20))  # what is mapped stays
x = mg.tensor(1.0, requires_grad=True)
x.backward()
print(x.grad)
"""


def _run(program: str) -> str:
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return done.stdout


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="the threshold is glibc's")
def test_backward_makes_later_arrays_reuse_freed_pages() -> None:
    before, after = map(int, _run(ROUNDS).split())
    assert after < 100 < before  # without: up to 250 pages for each array of each round


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="elsewhere the limit is not kept to")
def test_a_limited_address_space_is_no_obstacle() -> None:
    assert _run(LIMITED).split() == ["1.0"]
