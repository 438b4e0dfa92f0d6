"""Time the contract kit: each subject in this process, then the whole of `minigrad check`.

    uv run python -m benchmarks.contract_kit [NAMESPACE | NS::NAME ...]

Processor time is what counts on a machine that does other things too; wall time is there for comparison.
"""

from __future__ import annotations

import resource
import statistics
import subprocess
import sys
from time import perf_counter, process_time
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from minigrad_core.testing.registered import Subject, subjects

if TYPE_CHECKING:
    from collections.abc import Sequence

SLOWEST = 10


def main(selectors: Sequence[str]) -> None:
    """Print the tables."""
    console = Console()
    found = subjects(selectors)
    found[0].check()  # what is imported and cached once is no cost of a subject
    seconds = {subject: _processor_seconds(subject) for subject in found}
    console.print(_by_kind(seconds))
    console.print(_slowest(seconds))
    console.print(_whole(selectors))


def _processor_seconds(subject: Subject) -> float:
    start = process_time()
    subject.check()
    return process_time() - start


def _by_kind(seconds: dict[Subject, float]) -> Table:
    table = Table(title="processor time of one subject, ms", title_justify="left")
    for column in ("", "subjects", "mean", "median", "largest", "all, s"):
        table.add_column(column, justify="right" if column else "left")
    for kind in dict.fromkeys(subject.kind for subject in seconds):
        own = [each * 1e3 for subject, each in seconds.items() if subject.kind == kind]
        numbers = (statistics.mean(own), statistics.median(own), max(own))
        table.add_row(kind, str(len(own)), *(f"{n:.1f}" for n in numbers), f"{sum(own) / 1e3:.1f}")
    return table


def _slowest(seconds: dict[Subject, float]) -> Table:
    table = Table("subject", "ms", title=f"the slowest {SLOWEST}", title_justify="left")
    for subject, each in sorted(seconds.items(), key=lambda pair: -pair[1])[:SLOWEST]:
        table.add_row(subject.name, f"{each * 1e3:.0f}")
    return table


def _whole(selectors: Sequence[str]) -> Table:
    """Return the cost of the command with its workers, from the start of the process to its end."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", "from minigrad_core.cli import main; main()", "check", *selectors],
        capture_output=True,
        text=True,
        check=False,
    )
    wall, after = perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    processor = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    table = Table("", "processor, s", "wall, s", title="minigrad check", title_justify="left")
    table.add_row(done.stdout.strip().splitlines()[-1], f"{processor:.1f}", f"{wall:.1f}")
    return table


if __name__ == "__main__":
    main(sys.argv[1:])
