"""Print the seconds of a training step on all ranks by batch size, as JSON. Run under mpiexec.

The ranks share the batch, and sum the gradients as `fit` does.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from time import perf_counter

from mpi4py import MPI

from minigrad_ops_nn.optimizers import Adam
from minigrad_train.distributed.gradients import FlatGradients

from .networks import gradients, network

BUDGET = 0.5  # seconds per measurement


def time_step(step: Callable[[], object]) -> float:
    """Return the seconds of the fastest of many steps; all ranks take the same number of steps."""
    step()
    start = perf_counter()
    step()
    once = MPI.COMM_WORLD.allreduce(perf_counter() - start, MPI.MAX)
    times = []
    for _ in range(max(5, min(200, int(BUDGET / once)))):
        start = perf_counter()
        step()
        times.append(perf_counter() - start)
    return min(times)


def seconds(name: str, batch: int) -> float:
    """Return the seconds of a step on a batch of `batch` examples."""
    comm = MPI.COMM_WORLD
    model, _ = network(name)
    optimizer, flat = Adam(model.parameters()), FlatGradients(model.parameters(), notes=0)
    compute = gradients(model, -(-batch // comm.Get_size()))

    def step() -> None:
        compute()
        if comm.Get_size() > 1:
            flat.reduce(comm, ())
        optimizer.step()

    return time_step(step)


if __name__ == "__main__":
    name, *batches = sys.argv[1:]
    times = {batch: seconds(name, int(batch)) for batch in batches}
    if MPI.COMM_WORLD.Get_rank() == 0:
        print(json.dumps(times))
