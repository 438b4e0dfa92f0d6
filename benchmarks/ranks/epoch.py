"""Measure an epoch of `minigrad train`: the plain command, and one and two ranks under mpiexec, in turns.

uv run python -m benchmarks.ranks epoch [ROUNDS]
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from .launching import on_ranks

MODELS = {"mlp": 3, "cnn": 1, "transformer": 1}  # epochs per measurement
CONTENDERS = {"plain": 0, "one rank": 1, "two ranks": 2}


def main(arguments: list[str]) -> None:
    """Print for each model the median seconds, and the median ratio to the plain command within a round."""
    rounds = int(arguments[0]) if arguments else 5
    print(f"seconds for an epoch, median of {rounds} rounds")
    for model in arguments[1:] or MODELS:
        times: dict[str, list[float]] = {name: [] for name in CONTENDERS}
        for _ in range(rounds):
            for name, ranks in CONTENDERS.items():
                times[name].append(_seconds(model, MODELS[model], ranks))
        plain = times["plain"]
        shown = [
            f"{name} {statistics.median(own):.2f} ({_ratio(own, plain):.3f} of plain)"
            for name, own in times.items()
        ]
        print(f"{model:12} {'   '.join(shown)}", flush=True)


def _ratio(own: list[float], plain: list[float]) -> float:
    return statistics.median(a / b for a, b in zip(own, plain, strict=True))


def _seconds(model: str, epochs: int, ranks: int) -> float:
    """Return the seconds of the fastest epoch, from the run's `metrics.jsonl`."""
    with TemporaryDirectory() as folder:
        minigrad = str(Path(sys.executable).with_name("minigrad"))
        arguments = [minigrad, "train", "--model", model, "--epochs", str(epochs), "--out", f"{folder}/run"]
        if ranks:
            on_ranks(ranks, arguments)
        else:
            subprocess.run(arguments, check=True, stdout=subprocess.DEVNULL)
        lines = Path(folder, "run", "metrics.jsonl").read_text().splitlines()
    return min(float(json.loads(line)["seconds"]) for line in lines)
