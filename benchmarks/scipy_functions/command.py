"""The command: judge the functions, write the page, and print a summary."""

from __future__ import annotations

from argparse import ArgumentParser
from collections import Counter
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

from .calls import CALLS
from .judge import Judgement, Verdict, judge
from .page import write_page

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs/reference/scipy.md"
MODULES = """
    cluster.hierarchy cluster.vq constants differentiate fft integrate interpolate linalg ndimage optimize
    optimize.elementwise signal signal.windows spatial.transform special stats
""".split()  # noqa: SIM905 - a line for each would be longer


class Result(NamedTuple):
    """A function, by its public module and its name, and its class."""

    module: str
    name: str
    judgement: Judgement


def main() -> int:
    """Judge all functions and write the page, or judge those whose full name contains one of the arguments.

    Returns the exit code: 1 if a gradient is wrong, or silently lost.
    """
    parser = ArgumentParser(prog="python -m benchmarks.scipy_functions", description=main.__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help="a part of a full name: stats.kurtosis")
    parser.add_argument("--page", type=Path, default=PAGE, help="the page to write")
    arguments = parser.parse_args()
    names = arguments.names
    results = []
    for module, name, function in list_functions():
        full = f"{module}.{name}"
        if names and not any(each in full for each in names):
            continue
        call = CALLS.get(module, {}).get(name)
        judgement = judge(function, call) if call else Judgement(Verdict.OPEN, "no call is given")
        results.append(Result(module, name, judgement))
        if names or judgement.verdict in (Verdict.WRONG, Verdict.SILENT):
            print(f"{full}: {judgement.verdict.value} {judgement.reason}".rstrip())
    counts = Counter(result.judgement.verdict for result in results)
    for verdict in Verdict:
        print(f"{counts[verdict]:5} {verdict.value}")
    if not names:
        write_page(arguments.page, results)
    return 1 if counts[Verdict.WRONG] or counts[Verdict.SILENT] else 0


def list_functions() -> Iterator[tuple[str, str, Callable[..., Any]]]:
    """Yield module, name and function for each that SciPy declares for arrays other than NumPy's."""
    for module in MODULES:
        import_module(f"scipy.{module}")
    table = import_module("scipy._lib._array_api").xp_capabilities_table
    for function, capabilities in table.items():
        if not capabilities["np_only"] and not capabilities["out_of_scope"]:
            yield find_public_module(function.__module__), function.__qualname__, function


def find_public_module(name: str) -> str:
    """Return the public module of a private one: "scipy.stats" for "scipy.stats._variation"."""
    if name == "scipy.optimize._elementwise":
        return "scipy.optimize.elementwise"
    return ".".join(part for part in name.split(".") if not part.startswith("_"))
