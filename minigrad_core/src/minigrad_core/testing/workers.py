"""Reports from worker processes: an operation that never returns, or kills its process, ends alone.

The pools of the standard library have no limit of time for one task, and end as a whole with one process.
"""

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

# A forked worker starts in 3 ms with everything loaded, a spawned one imports all again; macOS must not fork.
_START = "fork" if sys.platform == "linux" else "spawn"


def check_in_workers(
    subjects: Sequence[RegisteredSubject], *, jobs: int, timeout: float, seed: int = 0, start: str = _START
) -> Iterator[Report]:
    """Yield the report of each subject as it comes, by `jobs` processes.

    timeout: seconds that a subject may take; start: "spawn" where threads may run that a fork would lose.
    """
    todo, context = deque(subjects), multiprocessing.get_context(start)
    busy: list[_Worker] = []
    try:
        while todo or busy:
            while todo and len(busy) < jobs:
                busy.append(_Worker(context, seed, todo.popleft()))
            limit = min(worker.started for worker in busy) + timeout
            ready = wait([worker.pipe for worker in busy], max(0.0, limit - monotonic()))
            for worker in list(busy):
                if worker.pipe in ready or monotonic() - worker.started >= timeout:
                    yield worker.receive_report(timeout)
                    if worker.process.is_alive() and todo:
                        worker.assign(todo.popleft())
                    else:
                        busy.remove(worker)
                        worker.end()
    finally:
        for worker in busy:
            worker.end()


class _Worker:
    def __init__(self, context: Any, seed: int, subject: RegisteredSubject) -> None:
        self.pipe, child_end = context.Pipe()
        self.process = context.Process(target=_work, args=(self.pipe, child_end, seed), daemon=True)
        self.process.start()
        child_end.close()
        self.assign(subject)

    def assign(self, subject: RegisteredSubject) -> None:
        self.subject, self.started = subject, monotonic()
        self.pipe.send(subject)

    def receive_report(self, timeout: float) -> Report:
        """Return the report that came, or why none comes: the first law is blamed, the others are skipped."""
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
        self.process.kill()
        self.process.join()
        self.pipe.close()


def _work(parent_end: Any, pipe: Any, seed: int) -> None:
    parent_end.close()  # a copy, which would keep the pipe open after the parent's end
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches both: the parent tells, and ends this one
    # What the fork shares is no garbage, and the heap of one check is small: 6 % less processor time.
    gc.freeze()
    gc.set_threshold(50_000)
    with suppress(EOFError, OSError):  # it was killed
        while True:
            pipe.send(pipe.recv().check(seed))
