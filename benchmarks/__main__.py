"""Run the benchmarks: `uv run --group bench python -m benchmarks [NAME ...]`.

The contenders of a table are measured in turns, on one thread; the numbers are ratios.
"""

from __future__ import annotations

import sys
from types import ModuleType

from rich.console import Console
from rich.table import Table

from . import (
    cnn_step,
    compiled,
    cross_entropy,
    lab_epoch,
    lstm,
    mlp_step,
    normalization,
    second_order,
    start_up,
    tiny_ops,
    transformer_block,
)
from .harness import Result, in_turns

BENCHMARKS: dict[str, ModuleType] = {
    m.__name__.rpartition(".")[2]: m
    for m in (
        tiny_ops,
        mlp_step,
        lab_epoch,
        cnn_step,
        transformer_block,
        lstm,
        normalization,
        cross_entropy,
        second_order,
        compiled,
        start_up,
    )
}


def main(names: list[str]) -> None:
    """Print a table for each benchmark named, or for all."""
    console = Console()
    if unknown := [name for name in names if name not in BENCHMARKS]:
        console.print(f"no benchmark {', '.join(unknown)}; there are {', '.join(BENCHMARKS)}")
        raise SystemExit(2)
    for name in names or BENCHMARKS:
        module = BENCHMARKS[name]
        for setting in module.SETTINGS:
            console.print(_table(f"{module.TITLE}, {setting}", in_turns(module.contenders(setting))))


def _table(title: str, results: dict[str, Result]) -> Table:
    """Return a table with the time of each contender, and the ratio of minigrad's time to it."""
    table = Table(title=title, title_justify="left", min_width=len(title))
    table.add_column("")
    for heading in ("ms", "minigrad takes"):
        table.add_column(heading, justify="right")
    for name, result in results.items():
        ratio = results["minigrad"].ratios[name]
        table.add_row(name, f"{result.seconds * 1e3:.3f}", "" if name == "minigrad" else f"{ratio:.2f} of it")
    return table


if __name__ == "__main__":
    main(sys.argv[1:])
