"""Run the contract kit over everything registered with many seeds: no correct operation may be accused.

    uv run python -m benchmarks.kit_false_alarms [SEEDS]

Prints each accusation, and at the end how many reports there were.
"""

from __future__ import annotations

import os
import sys
from collections import Counter
from time import perf_counter

from minigrad_core.testing.registered import subjects
from minigrad_core.testing.workers import reports


def main(seeds: int = 200) -> int:
    """Return the number of accusations."""
    found = subjects()
    accused: Counter[str] = Counter()
    start, runs = perf_counter(), 0
    for seed in range(1, seeds + 1):
        for report in reports(found, jobs=os.cpu_count() or 1, timeout=60.0, seed=seed):
            runs += 1
            for failure in report.failures:
                accused[f"{failure.subject}::{failure.check}"] += 1
                print(
                    f"seed {seed}: {failure.subject}::{failure.check} {failure.message.splitlines()[0]}",
                    flush=True,
                )
        print(f"{seed} of {seeds} seeds in {perf_counter() - start:.0f} s", file=sys.stderr, flush=True)
    total = sum(accused.values())
    print(f"{runs} reports in {perf_counter() - start:.0f} s, {total} accusations of {len(accused)} checks")
    for name, times in accused.most_common():
        print(f"  {times:4d} {name}")
    return total


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 200) > 0)
