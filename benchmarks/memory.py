"""Measure the memory that training leaves in use, and its peak: `python -m benchmarks.memory [STEPS]`.

The garbage collector is off, so that a reference cycle shows as growth. The peak is the resident memory of a
separate process minus its memory before the first step (Linux only).
"""

from __future__ import annotations

import gc
import subprocess
import sys
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table

from minigrad_core import optimizers
from minigrad_ops_nn import MLP
from minigrad_ops_nn.losses import cross_entropy

from . import cnn_step, lstm, transformer_block
from . import cross_entropy as cross_entropy_benchmark

WARM_UP = 50
PEAK_STEPS = 20


def workloads() -> dict[str, Callable[[], object]]:
    """Return a step of each kind of network, and of each optimizer."""
    found = {
        module.TITLE: module.contenders(module.SETTINGS[0])["minigrad"]
        for module in (cnn_step, transformer_block, lstm)
    }
    for setting in cross_entropy_benchmark.SETTINGS[:3]:
        found[f"cross_entropy {setting}"] = cross_entropy_benchmark.contenders(setting)["minigrad"]
    return found | {
        f"optimizer {name}": _training(getattr(optimizers.nn, name)) for name in dir(optimizers.nn)
    }


def _training(optimizer_class: Any) -> Callable[[], object]:
    rng = np.random.default_rng(0)
    x, labels = rng.random((32, 20), dtype=np.float32), rng.integers(0, 10, 32)
    model = MLP([20, 30, 10], rng=rng)
    optimizer = optimizer_class(model.parameters(), lr=1e-3)

    def step() -> None:
        optimizer.zero_grad()
        cross_entropy(model(x), labels).backward()
        optimizer.step()

    return step


def growth(step: Callable[[], object], steps: int) -> dict[str, float]:
    """Return the growth over `steps` steps after a warm-up: bytes of arrays, live objects, resident bytes."""
    gc.collect()
    gc.disable()
    tracemalloc.start()
    try:
        for _ in range(WARM_UP):
            step()
        before = _measure_memory()
        for _ in range(steps):
            step()
        after = _measure_memory()
    finally:
        tracemalloc.stop()
        gc.enable()
    return {kind: after[kind] - before[kind] for kind in before}


def _measure_memory() -> dict[str, float]:
    arrays = tracemalloc.DomainFilter(inclusive=True, domain=np.lib.tracemalloc_domain)
    traces = tracemalloc.take_snapshot().filter_traces([arrays]).traces
    return {
        "array bytes": sum(trace.size for trace in traces),
        "objects": len(gc.get_objects()),
        "resident MB": _resident("VmRSS"),
    }


def _resident(field: str) -> float:
    """Return a line of /proc/self/status in MB."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith(field))


def peak(contender: str) -> float:
    """Return the peak memory of a training step of a convolutional network, in MB."""
    step = cnn_step.contenders("batch 64")[contender]
    gc.collect()
    Path("/proc/self/clear_refs").write_text("5")  # reset the peak
    before = _resident("VmRSS")
    for _ in range(PEAK_STEPS):
        step()
    return _resident("VmHWM") - before


def main(steps: int) -> None:
    """Print the growth of each workload, and the peaks."""
    console = Console()
    table = Table(title=f"left behind by {steps:,} steps", title_justify="left")
    for heading in ("", "array bytes", "objects", "resident MB"):
        table.add_column(heading, justify="right" if heading else "left")
    for name, step in workloads().items():
        left = growth(step, steps)
        table.add_row(name, *(f"{value:,.1f}".removesuffix(".0") for value in left.values()))
    console.print(table)
    for contender in cnn_step.contenders("batch 64"):
        command = [sys.executable, "-m", "benchmarks.memory", "peak", contender]
        found = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        console.print(f"peak of the CNN step, {contender}: {float(found):.1f} MB")


if __name__ == "__main__":
    if sys.argv[1:2] == ["peak"]:
        print(peak(sys.argv[2]))
    else:
        main(int(sys.argv[1]) if sys.argv[1:] else 1000)
