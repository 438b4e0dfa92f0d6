"""Reports from worker processes: an operation that never returns, or kills its process, ends alone."""

import gc
import multiprocessing
import os
import signal
import sys
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from multiprocessing.connection import wait
from time import monotonic
from typing import Any

from .registered import Registered
from .report.report import Failure, Report

# A forked worker starts in 3 ms with everything loaded, a spawned one imports all again; macOS must not fork.
_START = "fork" if sys.platform == "linux" else "spawn"


def reports(
    subjects: Sequence[Registered], *, jobs: int, timeout: float, seed: int = 0, start: str = _START
) -> Iterator[Report]:
    """Yield the report of each subject as it comes.

    jobs: worker processes; timeout: seconds that a subject may take before its worker is ended; start: how
    processes start, "spawn" where threads may run that a fork would lose. Every other worker begins at the
    end: neighbours share modules, SciPy say, which two workers would import twice.
    """
    todo, context = deque(subjects), multiprocessing.get_context(start)
    takes = [todo.pop if k % 2 else todo.popleft for k in range(min(jobs, len(todo)))]
    workers = [_Worker(context, seed, take) for take in takes]
    try:
        for worker in workers:
            worker.give()
        while busy := [worker for worker in workers if worker.subject is not None]:
            deadline = min(worker.started for worker in busy) + timeout
            ready = wait([worker.pipe for worker in busy], max(0.0, deadline - monotonic()))
            for worker in busy:
                report = worker.heard() if worker.pipe in ready else worker.overdue(timeout)
                if report is not None:
                    yield report
                    if todo:
                        worker.give()
    finally:
        for worker in workers:
            worker.end()


@dataclass
class _Worker:
    context: Any
    seed: int
    take: Callable[[], Registered]
    subject: Registered | None = None
    started: float = 0.0

    def __post_init__(self) -> None:
        self._start()

    def _start(self) -> None:
        self.pipe, theirs = self.context.Pipe()
        self.check = self.context.RawArray("c", 64)  # which one runs: memory costs nothing, 9,000 messages do
        self.process = self.context.Process(target=_work, args=(theirs, self.check, self.seed), daemon=True)
        self.process.start()
        theirs.close()

    def give(self) -> None:
        self.subject, self.check.value, self.started = self.take(), b"", monotonic()
        self.pipe.send(self.subject)

    def heard(self) -> Report:
        """Return the report that came, or that the process died."""
        try:
            report: Report = self.pipe.recv()
        except (EOFError, OSError):
            self.process.join()
            return self._replaced("died", f"its process ended with exit code {self.process.exitcode}")
        self.subject = None
        return replace(report, seconds=monotonic() - self.started)

    def overdue(self, timeout: float) -> Report | None:
        """End the worker if its subject has taken too long."""
        if monotonic() - self.started < timeout:
            return None
        return self._replaced("timed-out", f"it took more than {timeout:g} s, and was ended")

    def _replaced(self, code: str, fact: str) -> Report:
        assert self.subject is not None
        name, check = self.subject.name, self.check.value.decode() or "load"
        self.end()
        self._start()
        self.subject = None
        return Report(name, (check,), (Failure(name, check, code, f"in the check {check}: {fact}"),))

    def end(self) -> None:
        self.process.kill()
        self.process.join()
        self.pipe.close()


def _work(pipe: Any, current: Any, seed: int) -> None:
    def progress(check: str) -> None:
        current.value = check.encode()

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches both: the parent tells, and ends this one
    # What the fork shares is no garbage, and the heap of one check is small: 6 % less processor time.
    gc.freeze()
    gc.set_threshold(50_000)
    parent = os.getppid()
    while True:
        try:
            while not pipe.poll(5.0):
                if os.getppid() != parent:
                    return  # it was killed; the other workers hold copies of its end of the pipe
            subject = pipe.recv()
        except (EOFError, OSError):
            return
        pipe.send(subject.check(seed, **({} if subject.kind == "plugin" else {"progress": progress})))
