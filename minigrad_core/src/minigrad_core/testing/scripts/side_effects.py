"""Judges of side effects of a call: a script has the source of a judge; see `results`."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from ..backward_pass import snapshot
from ..global_state import is_same_value, read_attributes, read_global_state
from .example import Example, compute_results, move_inputs


def judge_arguments(example: Example, needs: Sequence[bool]) -> Iterator[str]:
    """Yield that a call changes an argument or a cotangent."""
    arguments = [*example.inputs, *example.settings.values(), *example.grads]
    before = [*map(snapshot, arguments)]
    compute_results(example, needs=needs)
    for x, y in zip(arguments, before, strict=True):
        if snapshot(x) != y:
            yield f"an argument is now {x!r}"


def judge_kept_results(example: Example, needs: Sequence[bool]) -> Iterator[str]:
    """Yield that backward or a later call changes an array that was returned."""
    outputs, pull = example.call(*example.inputs, needs=needs)
    results = list_arrays(outputs)
    copies = [*map(np.copy, results)]
    results += list_arrays(pull(*example.grads) if example.grads else ())
    copies += map(np.copy, results[len(copies) :])
    compute_results(example, move_inputs(example), needs=needs)
    for x, y in zip(results, copies, strict=True):
        if not np.array_equal(x, y, equal_nan=x.dtype.kind in "fc"):
            yield f"result:\n{x}\nwhen it was returned:\n{y}"


def judge_memory(example: Example, needs: Sequence[bool]) -> Iterator[str]:
    """Yield that a result shares memory with another array of the call."""
    is_view = getattr(example.op, "returns_view", False)  # declared: outputs may be views
    for inputs in (example.inputs, move_inputs(example)):
        outputs, pull = example.call(*inputs, needs=needs)
        grads = example.grads if inputs is example.inputs else [*map(np.ones_like, outputs)]
        gradients = pull(*grads) if example.grads else ()
        if not is_view:
            yield from find_overlaps(outputs, inputs)
        yield from find_overlaps(gradients, [*inputs, *outputs, *example.saved, *([] if is_view else grads)])


def find_overlaps(results: Sequence[Any], others: Sequence[Any]) -> Iterator[str]:
    """Yield the results that share memory with other arrays, or with another result."""
    for k, x in enumerate(results):
        for y in list_arrays([*others, *results[:k]]):
            if x is y or (isinstance(x, np.ndarray) and np.shares_memory(x, y)):
                yield f"result {k} shares memory: {x!r}"


def list_arrays(values: Sequence[Any]) -> list[Any]:
    """Return the arrays among some values."""
    return [x for x in values if isinstance(x, np.ndarray)]


def judge_global_state(example: Example, needs: Sequence[bool]) -> Iterator[str]:
    """Yield that a call changes global state."""
    before = read_global_state()
    compute_results(example, needs=needs)
    if read_global_state() != before:
        yield "a call changes global state"


def judge_attributes(example: Example, needs: Sequence[bool]) -> Iterator[str]:
    """Yield that a call changes an attribute of the function."""
    before = read_attributes(example.op, copied=True)
    compute_results(example, needs=needs)
    after = read_attributes(example.op)
    if not is_same_value(before, after):
        yield f"attributes before: {before}, after: {after}"


JUDGES = {
    "writes-input": judge_arguments,
    "writes-grad": judge_arguments,
    "writes-output": judge_kept_results,
    "reuses-buffer": judge_kept_results,
    "returns-input": judge_memory,
    "output-shares-memory": judge_memory,
    "gradients-share-memory": judge_memory,
    "gradient-shares-memory": judge_memory,
    "changes-global-state": judge_global_state,
    "state-on-self": judge_attributes,
}
