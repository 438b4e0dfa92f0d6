"""The call that a script makes, and what judges do with the call. A script has the source of what it uses."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

Place: TypeAlias = tuple[int, int]  # 1 for gradients or 0 for outputs, and the index


@dataclass
class Example:
    """A function under test and its arguments. Results are NumPy arrays in every framework."""

    op: Any  # the function
    call: Callable[..., Any]  # takes inputs and `needs`; returns outputs, and a function to the gradients
    differentiate: Any  # takes weights; returns gradients, derivatives by inputs and by grads, and outputs
    inputs: Sequence[Any]
    settings: dict[str, Any]
    grads: Sequence[Any]  # one per output; none if the call has no backward pass
    needs: Sequence[bool]  # the inputs that need a gradient
    saved: Sequence[Any]  # what forward saved for backward, in the last call


def compute_results(
    example: Example, inputs: Any = None, grads: Any = None, needs: Any = None
) -> tuple[Any, Any]:
    """Return outputs, and gradients if there are any; the arguments take the place of the usual ones."""
    grads = example.grads if grads is None else grads
    outputs, pull = example.call(*(inputs or example.inputs), needs=needs or example.needs)
    if list(map(np.shape, grads)) != list(map(np.shape, outputs)):  # the outputs have other shapes
        grads = [np.ones_like(y) for y in outputs] if grads else ()
    return outputs, (pull(*grads) if grads else ())


def find_result(example: Example, place: Place, weights: Sequence[Any] = ()) -> Any:
    """Return a result by its place in `compute_results`, or with weights in `differentiate(weights)`."""
    results = example.differentiate(weights) if weights else compute_results(example)
    return results[place[0]][place[1]]


def move_inputs(example: Example, factor: float = 0.75) -> list[Any]:
    """Return other inputs."""
    return [x * factor if need else x for x, need in zip(example.inputs, example.needs, strict=True)]


def compare_values(actual: Any, expected: Any, tolerance: Any) -> Iterator[str]:
    """Yield a result and the right one if they differ; places of an infinite tolerance do not count."""
    is_same = actual is expected
    if actual is not None and expected is not None and np.shape(actual) == np.shape(expected):
        is_equal = (actual == expected) | (np.isnan(actual) & np.isnan(expected)) | np.isinf(tolerance)
        is_same = bool(np.all(is_equal | (np.abs(actual - (expected + 0.0)) <= tolerance)))
    if not is_same:
        yield f"result:\n{actual}\nexpected:\n{expected}"
