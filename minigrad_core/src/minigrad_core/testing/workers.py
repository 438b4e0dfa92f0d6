"""Checks in worker processes: a subject that never returns, or kills its process, ends only its own check.

The pools of the standard library have no time limit for one task, and break if one process dies.
"""

import ctypes
import gc
import multiprocessing
import signal
import sys
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import suppress
from multiprocessing.connection import wait
from time import monotonic
from typing import Any

from .registered_subjects import RegisteredSubject
from .report.report import Failure, Report

# A forked worker starts in 3 ms with everything loaded; a spawned one imports everything again. macOS cannot
# fork safely.
_START = "fork" if sys.platform == "linux" else "spawn"


def check_in_workers(
    subjects: Sequence[RegisteredSubject], *, jobs: int, timeout: float, seed: int = 0, start: str = _START
) -> Iterator[Report]:
    """Yield the report of each subject, in the order in which the checks end.

    subjects: the subjects; any object with `name`, `laws` and `check(seed)` that can be pickled.
    jobs: the number of processes.
    timeout: seconds that the check of one subject may take.
    seed: the seed of the checks.
    start: the start method of the processes: "spawn" if other threads may run, which a fork would lose.
    """
    waiting, context = deque(subjects), multiprocessing.get_context(start)
    busy: list[_Worker] = []
    try:
        while waiting or busy:
            while waiting and len(busy) < jobs:
                busy.append(_Worker(context, seed, waiting.popleft()))
            deadline = min(worker.started for worker in busy) + timeout
            ready = wait([worker.pipe for worker in busy], max(0.0, deadline - monotonic()))
            for worker in list(busy):
                if worker.pipe in ready or monotonic() - worker.started >= timeout:
                    yield worker.receive_report(timeout)
                    if worker.process.is_alive() and waiting:
                        worker.assign(waiting.popleft())
                    else:
                        busy.remove(worker)
                        worker.end()
    finally:
        for worker in busy:
            worker.end()


class _Worker:
    """A process that checks one subject after the other."""

    def __init__(self, context: Any, seed: int, subject: RegisteredSubject) -> None:
        self.pipe, child_end = context.Pipe()
        self.process = context.Process(target=_work, args=(self.pipe, child_end, seed), daemon=True)
        self.process.start()
        child_end.close()
        self.assign(subject)

    def assign(self, subject: RegisteredSubject) -> None:
        """Send a subject to the process."""
        self.subject, self.started = subject, monotonic()
        self.pipe.send(subject)

    def receive_report(self, timeout: float) -> Report:
        """Return the report of the process.

        If the process died or takes too long, this method ends it. The report then blames the first law, and
        skips the others.
        """
        try:
            if self.pipe.poll():
                return self.pipe.recv()
            code, fact = "timed-out", f"it took more than {timeout:g} s, and was ended"
        except (EOFError, OSError):
            self.process.join()
            code, fact = "died", f"its process ended with exit code {self.process.exitcode}"
        self.end()
        name, (law, *others) = self.subject.name, self.subject.laws
        return Report(name, (law,), (Failure(name, law, code, fact),), dict.fromkeys(others, fact))

    def end(self) -> None:
        """Kill the process."""
        self.process.kill()
        self.process.join()
        self.pipe.close()


def end_with_parent() -> None:
    """Let Linux kill this process when its parent dies: code that loops would go on without an end."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG


def _work(parent_end: Any, pipe: Any, seed: int) -> None:
    """Check the subjects that arrive, in a worker process."""
    end_with_parent()
    parent_end.close()  # this copy would keep the pipe open after the parent has closed its own
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches both processes: the parent ends this one
    # Objects that the fork shares are not garbage, and the heap of one check is small: saves 6 % of the time.
    gc.freeze()
    gc.set_threshold(50_000)
    with suppress(EOFError, OSError):  # the parent has ended
        while True:
            pipe.send(pipe.recv().check(seed))
