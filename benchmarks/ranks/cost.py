"""Predict the speed-up of more ranks from the alpha-beta model of an `Allreduce` and measured steps.

    uv run python -m benchmarks.ranks cost [ALPHA BETA]

An `Allreduce` of n bytes over P ranks takes 2 ceil(log2 P) alpha + 2 (P - 1) / P n beta seconds (Thakur,
Rabenseifner and Gropp 2005): each message costs alpha, and every byte is sent twice at beta. Both are
measured between two ranks of this machine, or given as arguments: seconds, and seconds per byte.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, log2

import numpy as np
from rich.console import Console
from rich.table import Table

from .launching import run_module
from .networks import NAMES, network

RANKS = [2**exponent for exponent in range(11)]
BATCHES = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512]
WANTED = 0.8  # the required efficiency


@dataclass(frozen=True)
class Cost:
    """The time of a training step of a network.

    Attributes
    ----------
    steps : dict of int to float
        The seconds of a step on one rank, by batch size.
    bytes : int
        The size of the gradients.
    alpha, beta : float
        Seconds per message, and per byte.
    """

    steps: dict[int, float]
    bytes: int
    alpha: float
    beta: float

    def one_rank(self, batch: float) -> float:
        """Return the seconds of a step on one rank: measurements, interpolated or extrapolated linearly."""
        sizes, seconds = (np.array(list(part), float) for part in (self.steps, self.steps.values()))
        if batch <= sizes[-1]:
            return float(np.interp(batch, sizes, seconds))
        slope = (seconds[-1] - seconds[-2]) / (sizes[-1] - sizes[-2])
        return float(seconds[-1] + slope * (batch - sizes[-1]))

    def all_ranks(self, batch: int, ranks: int) -> float:
        """Return the seconds of a step on `ranks` ranks; the rank with the largest share decides."""
        summed = 2 * ceil(log2(ranks)) * self.alpha + 2 * (ranks - 1) / ranks * self.bytes * self.beta
        return self.one_rank(max(1, ceil(batch / ranks))) + summed

    def efficiency(self, batch: int, ranks: int) -> float:
        """Return the speed relative to `ranks` ranks without communication."""
        return self.one_rank(batch) / (ranks * self.all_ranks(batch, ranks))

    def batch_for(self, ranks: int) -> int:
        """Return the smallest power of two as batch size at which the efficiency is at least WANTED."""
        return next(2**n for n in range(40) if self.efficiency(2**n, ranks) >= WANTED)


def main(arguments: list[str]) -> None:
    """Measure, and print predictions for 1 to 1,024 ranks."""
    console = Console(width=110)
    alpha, beta = map(float, arguments) if arguments else _measure()
    console.print(f"alpha {alpha * 1e6:.1f} us a message, beta {beta * 1e9:.3f} ns a byte")
    for name in NAMES:
        model, batch = network(name)
        sizes = sorted({*BATCHES, batch})
        steps = {int(size): one for size, one in run_module(1, "steps", name, *map(str, sizes)).items()}
        cost = Cost(steps, sum(parameter.data.nbytes for parameter in model.parameters()), alpha, beta)
        console.print(_table(name, cost, batch))
        if not arguments:
            measured = run_module(2, "steps", name, str(batch))[str(batch)] / steps[batch]
            predicted = cost.all_ranks(batch, 2) / cost.one_rank(batch)
            console.print(f"two ranks take {predicted:.2f} of one as predicted, {measured:.2f} as measured\n")


def _measure() -> tuple[float, float]:
    """Return alpha and beta: an `Allreduce` of two ranks takes 2 alpha + n beta."""
    times = {int(size): seconds for size, seconds in run_module(2, "allreduce").items()}
    (small, shortest), (large, longest) = min(times.items()), max(times.items())
    return shortest / 2, (longest - shortest) / (large - small)


def _table(name: str, cost: Cost, batch: int) -> Table:
    sizes = f"{cost.bytes / 1e6:.2f} MB of gradients"
    title = f"{name}: {sizes}, {cost.one_rank(batch) * 1e3:.2f} ms a step of {batch}"
    table = Table(title=title, title_justify="left")
    headings = ("ranks", "ms a step", "efficiency", f"batch for {WANTED:.0%}", "speed-up with it")
    for heading in headings:
        table.add_column(heading, justify="right")
    for ranks in RANKS:
        larger = cost.batch_for(ranks)
        table.add_row(
            f"{ranks:,}",
            f"{cost.all_ranks(batch, ranks) * 1e3:.2f}",
            f"{cost.efficiency(batch, ranks):.1%}",
            f"{larger:,}",
            f"{ranks * cost.efficiency(larger, ranks):,.1f}",
        )
    return table
