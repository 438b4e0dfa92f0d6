"""Measure the CPU time that the kit takes for a function: `python -m benchmarks.findings.cpu_time torch jax`.

The functions run in this process, after a warm-up, except for functions that crash. The bounds are 25 ms for
PyTorch and 1 s for JAX.
"""

from __future__ import annotations

import sys
from statistics import mean, median
from time import process_time

from .results import load_findings
from .runs import ListedFunction, load_list


def main() -> None:
    """Print the mean, the median and the slowest functions of each list."""
    for framework in sys.argv[1:]:
        found = load_findings(framework)
        crashing = {f.function for f in found if f.shows == "signal"}
        names = [name for name in load_list(framework).entries if name.rstrip("'") not in crashing]
        ListedFunction(names[0], framework).check()
        times = {name: _measure(ListedFunction(name, framework)) for name in names}
        print(f"{framework}: {len(times)} sets of cases, mean {mean(times.values()):.1f} ms", end=", ")
        print(f"median {median(times.values()):.1f} ms of CPU; the slowest:")
        for name in sorted(times, key=times.__getitem__)[-5:]:
            print(f"  {times[name]:7.1f} ms {name}")


def _measure(entry: ListedFunction) -> float:
    before = process_time()
    entry.check()
    return 1e3 * (process_time() - before)


if __name__ == "__main__":
    main()
