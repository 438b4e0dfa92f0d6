"""Scripts for results that differ in a second call: another layout, another dtype, other calls between."""

import inspect
from collections.abc import Sequence
from typing import Any

import numpy as np

from ..finding import Comparison, Script
from .parts import COMPUTE, define_differs, write_index, write_literal


def show_variation(variation: Any, comparison: Comparison, outputs: int) -> Script:
    """Return the script for a result that depends on memory layouts, or on `needs`.

    variation: the `Variation`; `comparison` is the result under it, and the usual result.
    outputs: the number of outputs.
    """
    layouts = [layout for layout in (variation.inputs, variation.cotangents) if layout is not np.copy]
    inputs, grads = (
        layout.__name__ if layout in layouts else "np.array"
        for layout in (variation.inputs, variation.cotangents)
    )
    moves, needs = variation.needs or "[True] * len(inputs)", variation.needs or "needs"
    code = f"""\
moves = {moves}  # the inputs in another layout
varied = [{inputs}(x) if move and isinstance(x, np.ndarray) else x for x, move in zip(inputs, moves)]
varied_grads = [{grads}(g) for g in grads]
expected = compute(inputs, [np.array(g) for g in varied_grads]){write_index(comparison, outputs)}
actual = compute(varied, varied_grads, {needs}){write_index(comparison, outputs)}
wrong = differs(actual, expected)
"""
    sources = "".join(map(inspect.getsource, dict.fromkeys(layouts)))
    return Script(sources + COMPUTE + define_differs(comparison) + code, comparison.cotangents)


def show_repetition(comparison: Comparison, outputs: int, others: Sequence[Sequence[Any]]) -> Script:
    """Return the script for a result that changes if all is done again, after other calls.

    comparison, outputs: as in `show_variation`.
    others: the inputs of the other calls, which run before the call and between its two passes.
    """
    inputs = ", ".join(f"[{', '.join(map(write_literal, arrays))}]" for arrays in others)
    code = f"""\
others = [{inputs}]
def call_others():
    for other in others:
        outputs, pull = call(*other)
        if grads:
            pull(*[np.ones_like(y) for y in outputs])
expected = [np.copy(y) for y in compute(inputs, grads)]{write_index(comparison, outputs)}
wrong = False
for _ in range(20):
    call_others()
    outputs, pull = call(*inputs)
    call_others()
    actual = [*outputs, *(pull(*grads) if grads else ())]
    wrong = wrong or differs(actual{write_index(comparison, outputs)}, expected)
"""
    return Script(COMPUTE + define_differs(comparison) + code, comparison.cotangents)


def show_types(comparison: Comparison, outputs: int, dtypes: Sequence[str | None]) -> Script:
    """Return the script for a result that differs if inputs have other dtypes; None keeps a dtype.

    comparison, outputs: as in `show_variation`.
    """
    code = f"""\
others = [x if dtype is None else x.astype(dtype) for x, dtype in zip(inputs, {dtypes!r})]
actual, expected = (compute(arrays, grads){write_index(comparison, outputs)} for arrays in (inputs, others))
wrong = differs(actual, expected)
"""
    return Script(COMPUTE + define_differs(comparison) + code, comparison.cotangents)


def show_race(cotangents: Sequence[Any], file: str) -> Script:
    """Return the script for a result that changes if another thread comes between two lines of a file."""
    code = f"""\
import threading
others = [x * 0.75 if need else x for x, need in zip(inputs, needs)]
def trace(frame, event, argument):
    if frame.f_code.co_filename != {file!r}:
        return None
    if event == "line":
        thread = threading.Thread(target=compute, args=(others, grads), daemon=True)
        thread.start()
        thread.join(0.25)  # the function may hold a lock
    return trace
compute(others, grads)
expected = [None if y is None else np.copy(y) for y in compute(inputs, grads)]
sys.settrace(trace)
try:
    actual = compute(inputs, grads)
finally:
    sys.settrace(None)
wrong = not all(x is None or np.allclose(x, y, equal_nan=True) for x, y in zip(actual, expected))
"""
    return Script(COMPUTE + code, cotangents)
