"""Run the contract kit on everything registered, with many seeds: it must report no failure.

    uv run python -m benchmarks.kit_false_alarms [SEEDS | FIRST LAST]

Prints each failure, and at the end the number of reports. To continue a long run, pass the first and the last
seed.
"""

from __future__ import annotations

import os
import sys
from collections import Counter
from time import perf_counter

from minigrad_core.testing.registered_subjects import find_subjects
from minigrad_core.testing.workers import check_in_workers


def main(first: int, last: int) -> int:
    """Return the number of failures with the seeds from `first` to `last`."""
    found = find_subjects()
    accused: Counter[str] = Counter()
    start, runs = perf_counter(), 0
    for seed in range(first, last + 1):
        for report in check_in_workers(found, jobs=os.cpu_count() or 1, timeout=60.0, seed=seed):
            runs += 1
            for failure in report.failures:
                accused[f"{failure.subject}::{failure.check}"] += 1
                print(
                    f"seed {seed}: {failure.subject}::{failure.check} {failure.message.splitlines()[0]}",
                    flush=True,
                )
        print(
            f"seeds {first} to {seed} of {last} in {perf_counter() - start:.0f} s",
            file=sys.stderr,
            flush=True,
        )
    total = sum(accused.values())
    print(f"{runs} reports in {perf_counter() - start:.0f} s, {total} accusations of {len(accused)} checks")
    for name, times in accused.most_common():
        print(f"  {times:4d} {name}")
    return total


if __name__ == "__main__":
    *given, last = [1, 200] if len(sys.argv) < 2 else map(int, sys.argv[1:])
    sys.exit(main(given[0] if given else 1, last) > 0)
