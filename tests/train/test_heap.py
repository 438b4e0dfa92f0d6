from __future__ import annotations

import platform
import subprocess
import sys

import pytest

STEPS = """
import resource, sys
import numpy as np
from minigrad_train.heap import keep_freed_memory

if sys.argv[1] == "kept":
    keep_freed_memory()

def faults():
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for _ in range(10):
        arrays = [np.ones(125_000) for _ in range(20)]  # 20 of 1 MB, all freed in the next round
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before

faults()
print(faults())
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="the threshold is glibc's")
def test_arrays_made_anew_at_each_step_reuse_their_pages() -> None:
    done = subprocess.run([sys.executable, "-c", STEPS, "kept"], capture_output=True, text=True, check=True)
    assert int(done.stdout) < 100  # without: 250 pages for each array of each round
