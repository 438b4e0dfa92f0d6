"""The command: judge all functions, write the page, print a summary."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import minigrad_core as mg

from .calls import CALLS
from .judge import Judgement, Verdict, judge

MODULES = """
    cluster.hierarchy cluster.vq constants differentiate fft integrate interpolate linalg ndimage optimize
    optimize.elementwise signal signal.windows spatial.transform special stats
""".split()  # noqa: SIM905 - a line for each would be longer


def list_functions() -> Iterator[tuple[str, str, Callable[..., Any]]]:
    """Yield module, name and function for each that SciPy declares for arrays other than NumPy's."""
    for module in MODULES:
        import_module(f"scipy.{module}")
    table = import_module("scipy._lib._array_api").xp_capabilities_table
    for function, capabilities in table.items():
        if not capabilities["np_only"] and not capabilities["out_of_scope"]:
            yield find_public_module(function.__module__), function.__qualname__, function


def find_public_module(name: str) -> str:
    """Return the public module of a private one."""
    if name == "scipy.optimize._elementwise":
        return "scipy.optimize.elementwise"
    return ".".join(part for part in name.split(".") if not part.startswith("_"))


def main() -> None:
    wanted = sys.argv[1:]
    sys.path.insert(0, str(Path(__file__).parents[2] / "plugins_example/src"))
    for op in import_module("minigrad_scipy.plugin").minigrad_operations():
        mg.register(op)
    results = []
    for module, name, function in list_functions():
        if wanted and not any(w in f"{module}.{name}" for w in wanted):
            continue
        call = CALLS.get(module, {}).get(name)
        j = judge(function, call) if call else Judgement(Verdict.OPEN, "no call")
        results.append((module, name, j))
        print(f"{j.verdict.name:12} {module}.{name}  {j.reason[:230]}", flush=True)
    print(Counter(j.verdict.name for *_, j in results))
