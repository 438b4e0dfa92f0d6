"""Two threads in one operation, made deterministic.

Real races show once in a thousand runs. Here one thread runs the call with a trace function that, at every
line of the operation's own code, lets another thread run the whole call on other values. What a shared
scratch variable would rarely suffer happens at once.
"""

from __future__ import annotations

import contextlib
import sys
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeout
from typing import TYPE_CHECKING, Any

import numpy as np

from .call import backward, forward
from .finding import Broken
from .sample import is_float

if TYPE_CHECKING:
    from collections.abc import Callable

    from .call import Call
    from .study import Study

LINES = 24  # that are interrupted in one call
PATIENCE = 0.25  # seconds: an operation that holds a lock makes the other thread wait, and that is fine


def disturbed(study: Study, call: Call) -> str | None:
    """Return what goes wrong if another thread comes between two lines of the operation, None if nothing.

    It comes with another forward pass into the forward pass, and with another backward pass into the backward
    pass: what one leaves for the other is seen without threads.
    """
    op, sample = call.op, call.sample
    ahead = _smaller(call)
    backwards = study.differentiable and bool(sample.floats)
    try:
        with ThreadPoolExecutor(1) as thread:
            tracer = Tracer(_module_of(op), thread)
            fresh = tracer.traced(lambda: forward(op, sample), lambda: forward(op, ahead.sample))
            received = []
            if backwards:
                received = tracer.traced(
                    lambda: backward(fresh, call.grads), lambda: backward(ahead, call.grads)
                )
    except Broken as broken:
        return f"it fails when another thread comes between two of its lines: {broken.fact}"
    alone = (*call.outputs, *(call.received if backwards else ()))
    if all(_same(x, y) for x, y in zip(alone, (*fresh.outputs, *received), strict=True)):
        return None
    return "another thread that comes between two of its lines changes the result: shared state"


def _smaller(call: Call) -> Call:
    """Return the call on smaller values, or the same ones if it refuses those."""
    inputs = tuple(np.asarray(x * 0.7) if is_float(x) else x for x in call.sample.inputs)
    with contextlib.suppress(Broken):
        return forward(call.op, call.sample.with_inputs(inputs))
    return forward(call.op, call.sample)


def _same(x: Any, y: Any) -> bool:
    return x is y if x is None else np.array_equal(x, y, equal_nan=True)


class Tracer:
    """Runs something in another thread before each line of the code in one file that this thread comes to.

    Before the first time that it comes there: a loop does the same again.
    """

    def __init__(self, filename: str, thread: ThreadPoolExecutor) -> None:
        self.filename, self.thread = filename, thread

    def traced(self, run: Callable[[], Any], other: Callable[[], Any]) -> Any:
        """Return `run()`, with `other()` in the other thread before its lines."""
        self.other, self.met = other, set[int]()
        previous = sys.gettrace()
        sys.settrace(self._call)
        try:
            return run()
        finally:
            sys.settrace(previous)

    def _call(self, frame: Any, event: str, arg: Any) -> Any:
        del event, arg
        return self._line if frame.f_code.co_filename == self.filename else None

    def _line(self, frame: Any, event: str, arg: Any) -> Any:
        del arg
        if event == "line" and frame.f_lineno not in self.met and len(self.met) < LINES:
            self.met.add(frame.f_lineno)
            sys.settrace(None)
            try:
                with contextlib.suppress(FutureTimeout, Broken):
                    self.thread.submit(self.other).result(timeout=PATIENCE)
            finally:
                sys.settrace(self._call)
        return self._line


def _module_of(op: Any) -> str:
    code = getattr(getattr(type(op), "forward", None), "__code__", None)
    return code.co_filename if code is not None else ""
