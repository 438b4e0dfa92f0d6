"""Count what the contract kit catches in the corpus, and how often its first line names the true cause.

    uv run python -m benchmarks.corpus_report [--verbose]

"Named" compares the first line of the first failure with the cause that the entry of the corpus expects.
The families in which the first line is meant to name the cause are marked with a star and counted apart.
"""

from __future__ import annotations

import argparse
import re
import warnings
from collections import defaultdict
from typing import Any

import numpy as np

from minigrad_core.testing import check_operation
from tests.contract import corpus

DIAGNOSED = ("formula", "coverage", "shape", "index", "dtype")


def first_lines() -> dict[str, list[tuple[Any, str | None]]]:
    """Return each family's faults, with the first line of the diagnosis, or None if a fault is missed."""
    found: dict[str, list[tuple[Any, str | None]]] = defaultdict(list)
    for fault in corpus.OPERATIONS:
        with warnings.catch_warnings(), np.errstate():  # some of the faults change them for good
            failures = check_operation(fault.wrong).failures
        found[fault.family].append((fault, failures[0].message.partition("\n")[0] if failures else None))
    return found


def named(fault: Any, line: str | None) -> bool:
    """Return whether the first line of the diagnosis names the true cause."""
    return line is not None and re.search(fault.cause, line, re.IGNORECASE) is not None


def main() -> None:
    """Print the table; with `--verbose` also every fault that was missed or not named."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--verbose", action="store_true", help="list what is missed, and what is not named")
    verbose = parser.parse_args().verbose
    found = first_lines()
    print(f"{'family':16}{'faults':>8}{'caught':>8}{'named':>8}")
    for family, entries in found.items():
        star = "*" if family in DIAGNOSED else ""
        row = (
            len(entries),
            sum(line is not None for _, line in entries),
            sum(named(*entry) for entry in entries),
        )
        print(f"{family + star:16}" + "".join(f"{count:8}" for count in row))
    counted = [entry for family in DIAGNOSED for entry in found[family]]
    share = sum(named(*entry) for entry in counted) / len(counted)
    print(f"\nnamed in the families with a star: {share:.0%} of {len(counted)}")
    for fault, line in (
        entry for entries in found.values() for entry in entries if verbose and not named(*entry)
    ):
        print(f"{fault.id}: {line or 'MISSED'}")


if __name__ == "__main__":
    main()
