"""Time the contract kit: each subject in this process, then the whole of `minigrad check`.

    uv run python -m benchmarks.contract_kit [NAMESPACE | NS::NAME ...]

The tables show processor time, which does not depend on other programs, and wall time for comparison. Each
subject is checked twice and the second check is measured, since the first may import SciPy. The garbage
collector is set as in the workers of `minigrad check`, which the last table measures with all imports. The
time of an operation has two parts: the time inside of its `forward` and `backward`, and the time of the kit,
which draws samples, computes differences and compares. The command runs twice and the second run is
measured, since the first may compile modules to bytecode.
"""

from __future__ import annotations

import gc
import os
import resource
import signal
import statistics
import subprocess
import sys
from collections.abc import Sequence
from time import perf_counter, process_time
from types import CodeType, FrameType

from rich.console import Console
from rich.table import Table

from minigrad_core.dispatch.tables import OPERATIONS
from minigrad_core.testing.registered_subjects import RegisteredSubject, find_subjects

SLOWEST = 10
INTERVAL = 1e-3  # seconds of processor time between two samples; the system may use 4 ms


def main(selectors: Sequence[str]) -> None:
    """Print the tables."""
    console = Console()
    found = find_subjects(selectors)
    for subject in found:
        subject.check()
    gc.freeze()
    gc.set_threshold(50_000)
    seconds, inside = _measure_subjects(found)
    console.print(_by_kind(seconds))
    console.print(_of_operations(seconds, inside))
    console.print(_slowest(seconds))
    console.print(_whole(selectors))


def _measure_subjects(found: Sequence[RegisteredSubject]) -> tuple[dict[RegisteredSubject, float], float]:
    """Return the processor seconds of each subject, and the share of the time inside of the operations.

    The share is estimated by sampling the stack: wrapping the two methods would hide their code from the kit.
    """
    seconds: dict[RegisteredSubject, float] = {}
    own: set[CodeType] = set()
    samples = [0, 0]

    def sample(signum: int, frame: FrameType | None) -> None:
        del signum
        while frame is not None and frame.f_code not in own:
            frame = frame.f_back
        samples[frame is not None] += bool(own)

    signal.signal(signal.SIGPROF, sample)
    signal.setitimer(signal.ITIMER_PROF, INTERVAL, INTERVAL)
    for subject in found:
        own = _code(subject)
        start = process_time()
        subject.check()
        seconds[subject] = process_time() - start
    signal.setitimer(signal.ITIMER_PROF, 0)
    return seconds, samples[1] / max(sum(samples), 1)


def _code(subject: RegisteredSubject) -> set[CodeType]:
    """Return the code objects of the two methods of an operation; none for other subjects."""
    if subject.kind != "operation":
        return set()
    kind = type(OPERATIONS[subject.name])
    return {method.__code__ for method in (kind.forward, kind.backward) if hasattr(method, "__code__")}


def _by_kind(seconds: dict[RegisteredSubject, float]) -> Table:
    table = Table(title="processor time of one subject, ms", title_justify="left")
    for column in ("", "subjects", "mean", "median", "largest", "all, s"):
        table.add_column(column, justify="right" if column else "left")
    for kind in dict.fromkeys(subject.kind for subject in seconds):
        own = [each * 1e3 for subject, each in seconds.items() if subject.kind == kind]
        numbers = (statistics.mean(own), statistics.median(own), max(own))
        table.add_row(kind, str(len(own)), *(f"{n:.1f}" for n in numbers), f"{sum(own) / 1e3:.1f}")
    return table


def _of_operations(seconds: dict[RegisteredSubject, float], inside: float) -> Table:
    own = [each * 1e3 for subject, each in seconds.items() if subject.kind == "operation"]
    mean = statistics.mean(own) if own else 0.0
    table = Table("", "mean, ms", title="of an operation's, by samples", title_justify="left")
    table.add_row("inside its forward and backward", f"{mean * inside:.1f}")
    table.add_row("the kit's own", f"{mean * (1 - inside):.1f}")
    return table


def _slowest(seconds: dict[RegisteredSubject, float]) -> Table:
    table = Table("subject", "ms", title=f"the slowest {SLOWEST}", title_justify="left")
    for subject, each in sorted(seconds.items(), key=lambda pair: -pair[1])[:SLOWEST]:
        table.add_row(subject.name, f"{each * 1e3:.0f}")
    return table


def _whole(selectors: Sequence[str]) -> Table:
    """Return the time of the command with its workers, from the start of the process to its end."""
    command = [sys.executable, "-c", "from minigrad_core.cli import main; main()", "check", *selectors]
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    subprocess.run(command, capture_output=True, check=False, env=environment)
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    wall, after = perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    processor = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    table = Table("", "processor, s", "wall, s", title="minigrad check", title_justify="left")
    table.add_row(done.stdout.strip().splitlines()[-1], f"{processor:.1f}", f"{wall:.1f}")
    return table


if __name__ == "__main__":
    main(sys.argv[1:])
