"""Scripts for results that differ in a second call: another layout, another dtype, other calls between."""

import inspect
from collections.abc import Sequence
from typing import Any

import numpy as np

from ..finding import Comparison, Script
from .parts import write_literal, write_place, write_test


def show_linearity(comparison: Comparison, terms: Sequence[Sequence[Any]], factor: float) -> Script:
    """Return the script for a gradient that is not `factor` times the sum of the gradients for some terms."""
    place = write_place(comparison)
    code = f"""\
terms = [{", ".join(f"[{', '.join(map(write_literal, term))}]" for term in terms)}]
expected = {factor} * sum(compute(inputs, term){place} for term in terms)
actual = compute(inputs, grads){place}
"""
    return Script(code + write_test(comparison), comparison.cotangents)


def show_second_pull(comparison: Comparison) -> Script:
    """Return the script for a gradient that differs if the pullback of one call runs a second time."""
    code = f"""\
outputs, pull = call(*inputs)
expected = np.copy(pull(*grads)[{comparison.result.position}])
call(*[x * 0.75 if need else x for x, need in zip(inputs, needs)])  # another call
actual = pull(*grads)[{comparison.result.position}]
"""
    return Script(code + write_test(comparison), comparison.cotangents)


def show_variation(variation: Any, comparison: Comparison) -> Script:
    """Return the script for a result that depends on memory layouts, or on `needs`.

    variation: the `Variation`; `comparison` is the result under it, and the usual result.
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
expected = compute(inputs, [np.array(g) for g in varied_grads]){write_place(comparison)}
actual = compute(varied, varied_grads, {needs}){write_place(comparison)}
"""
    sources = "".join(map(inspect.getsource, dict.fromkeys(layouts)))
    return Script(sources + code + write_test(comparison), comparison.cotangents)


def show_repetition(comparison: Comparison, others: Sequence[Sequence[Any]]) -> Script:
    """Return the script for a result that changes if all is done again, after other calls.

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
expected = np.copy(compute(inputs, grads){write_place(comparison)})
for _ in range(20):
    call_others()
    outputs, pull = call(*inputs)
    call_others()
    actual = (outputs, pull(*grads) if grads else ()){write_place(comparison)}
    {write_test(comparison)}\
    if wrong:
        break
"""
    return Script(code, comparison.cotangents)


def show_types(comparison: Comparison, dtypes: Sequence[str | None]) -> Script:
    """Return the script for a result that differs if inputs have other dtypes; None keeps a dtype."""
    code = f"""\
others = [x if dtype is None else x.astype(dtype) for x, dtype in zip(inputs, {dtypes!r})]
def compute_in_types(xs):
    needs = [isinstance(x, np.ndarray) and x.dtype.kind in "fc" for x in xs]
    outputs, pull = call(*xs, needs=needs)
    return outputs, pull(*[g.astype(y.dtype) for g, y in zip(grads, outputs)]) if grads else ()
actual, expected = (compute_in_types(xs){write_place(comparison)} for xs in (inputs, others))
"""
    return Script(code + write_test(comparison), comparison.cotangents)


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
def list_results():
    return [None if y is None else np.copy(y) for results in compute(inputs, grads) for y in results]
compute(others, grads)
expected = list_results()
sys.settrace(trace)
try:
    actual = list_results()
finally:
    sys.settrace(None)
wrong = not all(x is None or np.allclose(x, y, equal_nan=True) for x, y in zip(actual, expected))
"""
    return Script(code, cotangents)
