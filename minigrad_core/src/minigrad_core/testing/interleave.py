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

from .call import backward, cotangents, forward, signed
from .finding import Broken
from .sample import is_float

if TYPE_CHECKING:
    from .call import Call
    from .study import Study

LINES = 24  # interruptions of one call
PATIENCE = 0.25  # seconds: an operation that holds a lock makes the other thread wait, and that is fine


def disturbed(study: Study, call: Call, rng: np.random.Generator) -> str | None:
    """Return what goes wrong if another thread comes between two lines of the operation, None if nothing."""
    grads = cotangents(call, signed(rng))
    sample = call.sample
    other = sample.with_inputs(tuple(np.asarray(x * 0.7) if is_float(x) else x for x in sample.inputs))

    def run(chosen: Any) -> list[Any]:
        fresh = forward(study.op, chosen)
        received = backward(fresh, grads) if study.differentiable and sample.floats else []
        return [np.array(y) for y in (*fresh.outputs, *received) if y is not None]

    alone = run(sample)
    with ThreadPoolExecutor(1) as first, ThreadPoolExecutor(1) as second:
        tracer = _Tracer(_module_of(study.op), lambda: _interrupt(second, lambda: run(other)))
        try:
            together = first.submit(tracer.traced, lambda: run(sample)).result()
        except Broken as broken:
            return f"it fails when another thread comes between two of its lines: {broken.fact}"
    same = all(np.array_equal(x, y, equal_nan=True) for x, y in zip(alone, together, strict=True))
    return (
        None
        if same
        else "another thread that comes between two of its lines changes the result: shared state"
    )


class _Tracer:
    """Calls `act` before each line of the code in one file, in the thread that runs `traced`."""

    def __init__(self, filename: str, act: Any) -> None:
        self.filename, self.act, self.left = filename, act, LINES

    def traced(self, run: Any) -> Any:
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
        del frame, arg
        if event == "line" and self.left > 0:
            self.left -= 1
            sys.settrace(None)
            try:
                self.act()
            finally:
                sys.settrace(self._call)
        return self._line


def _interrupt(pool: ThreadPoolExecutor, run: Any) -> None:
    with contextlib.suppress(FutureTimeout, Broken):
        pool.submit(run).result(timeout=PATIENCE)


def _module_of(op: Any) -> str:
    code = getattr(getattr(type(op), "forward", None), "__code__", None)
    return code.co_filename if code is not None else ""
