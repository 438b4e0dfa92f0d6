"""An epoch of `minigrad train`: the plain command, one rank and two ranks under mpiexec, in turns.

uv run python -m benchmarks.ranks epoch [ROUNDS]
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.table import Table

from .launching import on_ranks

MODELS = {"mlp": 3, "cnn": 1, "transformer": 1}  # and epochs for each measurement
CONTENDERS = {"plain": 0, "one rank": 1, "two ranks": 2}


def main(arguments: list[str]) -> None:
    """Print a table: the median of the seconds, and of the ratios to the plain command within each round."""
    rounds = int(arguments[0]) if arguments else 5
    table = Table(title=f"seconds for an epoch, median of {rounds} rounds", title_justify="left")
    for heading in ("", *CONTENDERS, "one / plain", "two / plain"):
        table.add_column(heading, justify="right")
    for model, epochs in MODELS.items():
        times: dict[str, list[float]] = {name: [] for name in CONTENDERS}
        for _ in range(rounds):
            for name, ranks in CONTENDERS.items():
                times[name].append(_seconds(model, epochs, ranks))
        plain = times["plain"]
        ratios = [statistics.median(a / b for a, b in zip(own, plain, strict=True)) for own in times.values()]
        seconds = [f"{statistics.median(own):.2f}" for own in times.values()]
        table.add_row(model, *seconds, *(f"{ratio:.3f}" for ratio in ratios[1:]))
    Console().print(table)


def _seconds(model: str, epochs: int, ranks: int) -> float:
    """Return the time of the fastest epoch, as the run's `metrics.jsonl` has it."""
    with TemporaryDirectory() as folder:
        minigrad = str(Path(sys.executable).with_name("minigrad"))
        arguments = [minigrad, "train", "--model", model, "--epochs", str(epochs), "--out", f"{folder}/run"]
        if ranks:
            on_ranks(ranks, arguments)
        else:
            subprocess.run(arguments, check=True, stdout=subprocess.DEVNULL)
        lines = Path(folder, "run", "metrics.jsonl").read_text().splitlines()
    return min(float(json.loads(line)["seconds"]) for line in lines)
