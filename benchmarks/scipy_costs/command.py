"""The command: measure the calls, print the ratios, and write the table."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path

from .calls import CALLS
from .measure import measure
from .page import is_above, write_table

TABLE = Path(__file__).parents[2] / "docs/extensions/scipy_costs.txt"


def main() -> int:
    """Measure all calls and write the table, or measure the calls whose name contains one of the arguments.

    Returns the exit code: 1 if a gradient costs more than the bound and no reason is given.
    """
    parser = ArgumentParser(prog="python -m benchmarks.scipy_costs", description=main.__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help="a part of a name: linalg.solve")
    parser.add_argument("--rounds", type=int, default=8, help="turns, of which the fastest counts")
    arguments = parser.parse_args()
    costs = []
    for call in CALLS:
        if arguments.names and not any(each in call.title for each in arguments.names):
            continue
        costs.append(measure(call, arguments.rounds))
        ratios = [f"{ratio:8.2f}" for ratio in costs[-1].ratios.values()]
        print(f"{call.title[:56]:56} {costs[-1].seconds * 1e3:8.3f} ms", *ratios, flush=True)
    if not arguments.names:
        write_table(TABLE, costs, arguments.rounds)
    missing = [cost for cost in costs if is_above(cost) and not cost.call.reason]
    for cost in missing:
        print(f"{cost.call.title}: {cost.ratios['SciPy']:.1f} times the value, and no reason is given")
    return 1 if missing else 0
