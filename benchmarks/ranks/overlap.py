"""Measure whether summing gradients during the backward pass saves time.

    uv run python -m benchmarks.ranks overlap [RANKS]

Three kinds of steps are measured in turns: without a sum, with one `Allreduce` at the end, and with an
`Iallreduce` for each bucket of gradients, started as soon as the bucket is complete.
"""

from __future__ import annotations

import json
import statistics
import sys
from collections.abc import Callable
from time import perf_counter
from typing import TYPE_CHECKING, Any

import numpy as np

from minigrad_core import Array, Context, Operation, Parameter, Tensor
from minigrad_train.distributed.gradients import FlatGradients

from .launching import run_module
from .networks import NAMES, gradients, network

if TYPE_CHECKING:
    import minigrad_core as mg

ROUNDS, STEPS = 15, 10
BUCKET = 2**18  # minimum bytes


class Tap(Operation):
    """The identity; its `backward` adds the gradient to the buckets."""

    name = "tap"

    def __init__(self, buckets: Buckets) -> None:
        self.buckets = buckets

    def forward(self, ctx: Context, x: Array, *, parameter: int) -> Array:
        ctx.save(parameter)
        return x

    def backward(self, ctx: Context, grad: Array) -> Array:
        (parameter,) = ctx.saved
        self.buckets.add_gradient(parameter, grad)
        return grad


class Buckets:
    """Buckets of gradients, in the order of the backward pass; each bucket is summed on its own."""

    def __init__(self, model: mg.Module, comm: Any) -> None:
        self.comm = comm
        self.requests: list[Any] = []
        parameters = list(model.parameters())[::-1]
        total = sum(parameter.size for parameter in parameters)
        self.flat, self.sums = np.zeros(total, np.float32), np.zeros(total, np.float32)
        self.missing: dict[int, tuple[int, slice]] = {}
        self.buckets: list[list[int]] = [[0, 0, 0]]  # start, stop, and the number of missing gradients
        stop = 0
        for parameter in parameters:
            start, stop = stop, stop + parameter.size
            if (self.buckets[-1][1] - self.buckets[-1][0]) * 4 >= BUCKET:
                self.buckets.append([start, start, 0])
            self.buckets[-1][1] = stop
            self.buckets[-1][2] += 1
            self.missing[id(parameter)] = len(self.buckets) - 1, slice(start, stop)
        self.left = [bucket[2] for bucket in self.buckets]

    def add_gradient(self, parameter: int, grad: Any) -> None:
        """Copy a gradient into its bucket, and start the sum if the bucket is complete."""
        index, place = self.missing[parameter]
        self.flat[place] = grad.ravel()
        self.left[index] -= 1
        if self.left[index] == 0:
            start, stop, _ = self.buckets[index]
            self.requests.append(self.comm.Iallreduce(self.flat[start:stop], self.sums[start:stop]))

    def finish(self) -> None:
        """Wait for all sums."""
        for request in self.requests:
            request.Wait()
        self.requests = []
        self.left = [bucket[2] for bucket in self.buckets]


def main(arguments: list[str]) -> None:
    """Print the medians, and the ratios to the step without a sum."""
    ranks = int(arguments[0]) if arguments else 2
    for name in NAMES:
        for step_name, (milliseconds, ratio) in run_module(ranks, "overlap", name).items():
            print(f"{name:12} {step_name:12} {milliseconds:8.3f} ms   {ratio:.3f} of no sum")


def make_steps(name: str, comm: Any) -> dict[str, Callable[[], None]]:
    """Return the three kinds of steps, each with its own network."""
    (silent, batch), (blocking, _), (overlapped, _) = (network(name) for _ in range(3))
    share = -(-batch // comm.Get_size())
    flat, buckets = FlatGradients(blocking.parameters(), notes=0), Buckets(overlapped, comm)
    first, second, third = (gradients(model, share) for model in (silent, blocking, overlapped))
    _tap_parameters(overlapped, buckets)

    def one() -> None:
        second()
        flat.reduce(comm, ())

    def in_buckets() -> None:
        third()
        buckets.finish()

    return {"no sum": first, "one": one, "in buckets": in_buckets}


def _tap_parameters(model: mg.Module, buckets: Buckets) -> None:
    """Replace each parameter, where a layer reads it, by the output of a `Tap`."""
    tap = Tap(buckets)

    def make_property(name: str) -> property:
        def take(module: mg.Module) -> Tensor:
            parameter = vars(module)[name]
            return tap(parameter, parameter=id(parameter))

        return property(take)

    for module in model.modules():
        own = [name for name, value in vars(module).items() if isinstance(value, Parameter)]
        module.__class__ = type(
            type(module).__name__, (type(module),), {name: make_property(name) for name in own}
        )


def _report(name: str) -> None:
    from mpi4py import MPI

    comm = MPI.COMM_WORLD
    times: dict[str, list[float]] = {}
    steps = make_steps(name, comm)
    for _ in range(ROUNDS):
        for step_name, step in steps.items():
            comm.Barrier()
            start = perf_counter()
            for _ in range(STEPS):
                step()
            times.setdefault(step_name, []).append((perf_counter() - start) / STEPS)
    silent = times["no sum"]
    results = {
        step_name: (
            statistics.median(own) * 1e3,
            statistics.median(a / b for a, b in zip(own, silent, strict=True)),
        )
        for step_name, own in times.items()
    }
    if comm.Get_rank() == 0:
        print(json.dumps(results))


if __name__ == "__main__":
    _report(sys.argv[1])
