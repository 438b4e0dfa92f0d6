"""What an operation hands out is its own memory."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import numpy as np

from ..finding import Broken, Check, Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..call import Call, Sweep
    from ..study import Study


def aliasing(study: Study) -> Iterator[Finding]:
    """Outputs share no memory with inputs, gradients with nothing: grad, each other, inputs, saved.

    An operation declares that its output is a view by `returns_view = True`, by `implements` of a NumPy
    function that returns one, or by saying "view" in its docstring; then outputs may share with inputs, and
    gradients with grad.
    Faults: one array returned for two inputs, the input itself where there is nothing to do, a saved array
    given away.
    Fix: `.copy()` it, or compute into a new array.
    """
    declared = declares_views(study.op)
    for call in _calls(study):
        if finding := next(_outputs(call, declared), None):
            yield finding
            return
        if study.differentiable and call.sample.floats:
            found = (_gradients(call, sweep, declared) for sweep in _sweeps(study, call))
            finding = next(filter(None, found), None)
            if finding:
                yield finding
                return


def declares_views(op: Any) -> bool:
    """Whether the operation says that its results may be views."""
    if getattr(op, "returns_view", False):
        return True
    text = type(op).__doc__ or ""
    return bool(re.search(r"\bviews?\b", text)) and not re.search(r"\b(no|not|never) an? view", text)


def _calls(study: Study) -> Iterator[Call]:
    yield from study.calls
    for family in ("styles", "axes", "settings", "sizes"):
        yield from study.derived(family)


def _outputs(call: Call, declared: bool) -> Iterator[Finding]:
    raw = call.raw if call.many else (call.raw,)
    for k, y in enumerate(raw):
        for i, x in enumerate(call.sample.inputs):
            if _share(x, y):
                if y is x and not declared and not _numpy_too(call, x):
                    yield Finding(
                        "returns-input", f"forward returns input {i} itself, not a new array", call.sample
                    )
                elif not declared and not _numpy_too(call, x):
                    yield Finding(
                        "output-shares-memory",
                        f"output {k} is a view: it shares memory with input {i}",
                        call.sample,
                    )
    for k, y in enumerate(() if declared else raw):
        for j in range(k):
            if _share(y, raw[j]):
                yield Finding("output-shares-memory", f"outputs {j} and {k} share memory", call.sample)


def _share(x: Any, y: Any) -> bool:
    both = isinstance(x, np.ndarray) and isinstance(y, np.ndarray)
    return both and np.may_share_memory(x, y) and np.shares_memory(x, y)  # the bounds decide nearly always


def _numpy_too(call: Call, x: Any) -> bool:
    """Whether the NumPy function that the operation answers for returns a view of the same input."""
    for function in getattr(call.op, "implements", ()):
        try:
            theirs = function(*call.sample.inputs, **call.sample.settings)
        except Exception:
            continue
        parts = theirs if isinstance(theirs, tuple | list) else (theirs,)
        if any(isinstance(part, np.ndarray) and np.shares_memory(part, x) for part in parts):
            return True
    return False


def _sweeps(study: Study, call: Call) -> Iterator[Sweep]:
    """Yield backward passes; what they raise, another check reports."""
    with suppress(Broken):
        yield call.swept
        if call is study.first:
            yield from call.plain


def _gradients(call: Call, sweep: Sweep, declared: bool) -> Finding | None:
    received = sweep.returned if isinstance(sweep.returned, tuple) else (sweep.returned,)
    others = {
        "input {}": call.sample.inputs,
        "output {}": call.outputs,
        "what forward saved (place {})": call.ctx.saved,
        "grad" if len(sweep.given) == 1 else "grad {}": () if declared else sweep.given,
    }
    for i, g in enumerate(received):
        if not isinstance(g, np.ndarray) or not g.size:
            continue
        for j in range(i):
            if _share(g, received[j]):
                fact = f"the array returned for input {j} is also the one returned for input {i}"
                return Finding("gradients-share-memory", fact, call.sample)
        for what, arrays in others.items():
            for j, other in enumerate(arrays):
                if _share(g, other):
                    fact = f"the gradient for input {i} shares memory with {what.format(j)}: return a copy"
                    return Finding("gradient-shares-memory", fact, call.sample)
    return None


CHECK = Check("aliasing", aliasing, after=("protocol",))
