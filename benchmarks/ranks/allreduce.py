"""Print the seconds of an `Allreduce` by the number of bytes, as JSON. Run under mpiexec."""

from __future__ import annotations

import json
from functools import partial

import numpy as np
from mpi4py import MPI

from .steps import time_step

SIZES = [2**exponent for exponent in range(3, 25, 3)]

if __name__ == "__main__":
    times = {}
    for size in SIZES:
        values = np.zeros(size // 4, np.float32)
        times[size] = time_step(partial(MPI.COMM_WORLD.Allreduce, None, values))  # in place, as `fit` does
    if MPI.COMM_WORLD.Get_rank() == 0:
        print(json.dumps(times))
