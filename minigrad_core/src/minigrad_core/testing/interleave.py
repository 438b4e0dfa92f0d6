"""Two threads in one operation, made deterministic.

Real races show once in a thousand runs. Here two threads run a call each, on other values, and take turns: a
trace function makes each wait at every line of the operation's own code, until the other has done a line too.
What a shared scratch variable would rarely suffer happens at once.
"""

from __future__ import annotations

import contextlib
import sys
from threading import Lock, Thread
from typing import TYPE_CHECKING, Any

import numpy as np

from .call import backward, forward
from .finding import Broken

if TYPE_CHECKING:
    from collections.abc import Callable

    from .call import Call
    from .sample import Sample
    from .study import Study

PATIENCE = 0.25  # seconds: an operation that holds a lock makes the other thread wait, and that is fine


def disturbed(study: Study, call: Call) -> str | None:
    """Return what goes wrong if another thread comes between two lines of the operation, None if nothing."""
    op, sample = call.op, call.sample
    backwards = study.differentiable and bool(sample.floats)
    others = next(iter(study.derived("styles")), call).sample

    def passed(sample: Sample) -> list[Any]:
        fresh = forward(op, sample)
        return [*fresh.outputs, *(backward(fresh, call.grads) if backwards else ())]

    try:
        beside = in_turns(_module_of(op), lambda: passed(sample), lambda: passed(others))
    except Broken as broken:
        return f"it fails when another thread comes between two of its lines: {broken.fact}"
    alone = (*call.outputs, *(call.received if backwards else ()))
    if all(_same(x, y) for x, y in zip(alone, beside, strict=True)):
        return None
    return "another thread that comes between two of its lines changes the result: shared state"


def _same(x: Any, y: Any) -> bool:
    return x is y if x is None else np.array_equal(x, y, equal_nan=True)


def in_turns(filename: str, run: Callable[[], Any], other: Callable[[], Any]) -> Any:
    """Return `run()`, with `other()` in another thread: they take turns at the lines of that file."""
    mine, theirs = _Turns(filename), _Turns(filename)
    mine.partner, theirs.partner = theirs, mine
    beside = Thread(target=theirs.second, args=(other,))
    beside.start()
    try:
        return mine.first(run)
    finally:
        beside.join()


class _Turns:
    """One of two threads: before each line that it comes to, it lets its partner do a line.

    Before the first time that it comes there: a loop does the same again.
    """

    partner: _Turns

    def __init__(self, filename: str) -> None:
        self.filename = filename
        self.met = set[int]()
        self.turn = Lock()  # held until it is this one's turn
        self.turn.acquire()
        self.waits = True

    def first(self, run: Callable[[], Any]) -> Any:
        """Return `run()`, and let the partner alone then."""
        previous = sys.gettrace()
        sys.settrace(self._call)
        try:
            return run()
        finally:
            sys.settrace(previous)
            self.partner.waits = False
            self.partner.go()

    def second(self, run: Callable[[], Any]) -> None:
        """Run it, begun when the partner has come to a line; that it fails shows elsewhere."""
        self.wait()
        with contextlib.suppress(Broken):
            self.first(run)

    def go(self) -> None:
        """Give it its turn."""
        if self.turn.locked():
            self.turn.release()

    def wait(self) -> None:
        """Wait for the turn, unless the partner is done, or is kept waiting by a lock of the operation."""
        if self.waits and not self.turn.acquire(timeout=PATIENCE):
            self.waits = False

    def _call(self, frame: Any, event: str, arg: Any) -> Any:
        del event, arg
        return self._line if frame.f_code.co_filename == self.filename else None

    def _line(self, frame: Any, event: str, arg: Any) -> Any:
        del arg
        if event == "line" and frame.f_lineno not in self.met:
            self.met.add(frame.f_lineno)
            self.partner.go()
            self.wait()
        return self._line


def _module_of(op: Any) -> str:
    code = getattr(getattr(type(op), "forward", None), "__code__", None)
    return code.co_filename if code is not None else ""
