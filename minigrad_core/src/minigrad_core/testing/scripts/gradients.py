"""Judges of gradients: a script has the source of a judge; see `results`."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np

from ...contracts.adapters import adapt_operation
from ...tensor import Tensor
from ..finding import Evidence, Script
from .example import Example, compare_values

Directions: TypeAlias = Mapping[int, Any]  # by the index of the input


def show_slope(evidence: Evidence, **values: Any) -> Script:
    """Return the script for a wrong gradient: its slope along a direction differs from a numeric one."""
    # Half of the error: far above the error of a plain difference. A NaN is beyond any tolerance.
    tolerance = float(evidence.error / 2) if np.isfinite(evidence.error) else 1e-3
    values = {"directions": {evidence.input: evidence.direction}, "tolerance": tolerance, **values}
    return Script(judge_slope, values, evidence.cotangents)


def move_along(example: Example, directions: Directions, h: float) -> list[Any]:
    """Return the inputs at a step along directions."""
    return [x + h * directions[k] if k in directions else x for k, x in enumerate(example.inputs)]


def sum_along(gradients: Any, directions: Directions) -> float:
    """Return the slope that gradients give along directions.

    If the function broadcasts, an engine sums a gradient to the shape of its input; here products are summed.
    """
    products = [np.where(v == 0, 0, gradients[i] * v) for i, v in directions.items()]
    return float(sum(np.sum(x).real for x in products))


def list_gradients(example: Example, inputs: Sequence[Any]) -> list[Any]:
    """Return the gradients for the inputs that need one."""
    gradients = example.call(*inputs)[1](*example.grads)
    # `backward` may leave out gradients at the end.
    return [g for g, need in zip(gradients, example.needs, strict=False) if need]


def judge_slope(
    example: Example, directions: Directions, tolerance: float, weights: Any = ()
) -> Iterator[str]:
    """Yield that the slope along directions is not a numeric one.

    weights: for second derivatives, one array for each gradient.
    """

    def compute(h: float) -> Any:
        inputs = move_along(example, directions, h)
        return list_gradients(example, inputs) if weights else example.call(*inputs)[0]

    if weights:
        gradients = dict(zip(np.flatnonzero(example.needs), example.differentiate(weights)[1], strict=True))
    else:
        gradients = example.call(*example.inputs)[1](*example.grads)
    analytic, h = sum_along(gradients, directions), 2.0**-17
    terms = zip(weights or example.grads, compute(-h), compute(h), strict=True)
    numeric = float(sum(np.sum(w * (b - a)).real for w, a, b in terms) / (2 * h))
    if not abs(analytic - numeric) <= tolerance:
        yield f"analytic {analytic}, numeric {numeric}"


def judge_adjoint(example: Example, weights: Sequence[Any], tolerance: float) -> Iterator[str]:
    """Yield that forward mode is not the transpose of reverse mode."""
    pairs = zip(example.grads, example.call(*example.inputs)[0], strict=True)
    example.grads = [g.astype(y.dtype) for g, y in pairs]
    floats = [g for g in example.grads if g.dtype.kind in "fc"]
    pairs = zip(floats, example.differentiate(weights)[2], strict=True)
    forward = sum(np.sum(g * jv).real for g, jv in pairs)
    pairs = zip(list_gradients(example, example.inputs), weights, strict=True)
    reverse = sum(np.sum(g * w) for g, w in pairs)
    if not abs(forward - reverse) <= tolerance:
        yield f"<g, J v> is {forward}, <J^T g, v> is {reverse}"


def judge_sides(example: Example, directions: Directions, step: float) -> Iterator[str]:
    """Yield that a gradient does not lie between the slopes on both sides of a kink."""
    analytic = sum_along(example.call(*example.inputs)[1](*example.grads), directions)

    def list_slopes(h: float) -> Any:  # of each output value, on one side
        at, moved = (example.call(*move_along(example, directions, s))[0] for s in (0.0, h))
        return np.concatenate(
            [np.ravel(g * (b - a) / h) for g, a, b in zip(example.grads, at, moved, strict=True)]
        )

    sides = np.array([list_slopes(-step), list_slopes(step)])
    low, high = sides.min(axis=0).sum(), sides.max(axis=0).sum()
    slack = 1e-3 * (1 + np.abs(sides).sum())
    if not low - slack <= analytic <= high + slack:
        yield f"analytic {analytic}, slopes from {low} to {high}"


def judge_flatness(example: Example, directions: Directions) -> Iterator[str]:
    """Yield that an output has a slope, and is declared to be flat."""
    h = 2.0**-22
    at, moved = (example.call(*move_along(example, directions, s))[0] for s in (0.0, h))
    slopes = [np.max(np.abs((b - a) / h), initial=0.0) for a, b in zip(at, moved, strict=True)]
    if max(slopes) > 1e-3:
        yield f"the largest slopes are {slopes}"


def judge_form(example: Example, *, broadcasts: bool, needs: Any = None) -> Iterator[str]:
    """Yield gradients of a wrong number, shape or type.

    broadcasts: whether the engine sums gradients to the shapes of the inputs.
    needs: the inputs that need a gradient, by default all float inputs.
    """
    inputs, needs = example.inputs, needs or example.needs
    gradients = example.call(*inputs, needs=needs)[1](*example.grads)
    if len(gradients) < sum(x is not None for x in inputs):
        yield f"{len(gradients)} gradients for {len(inputs)} inputs"
    for x, need, g in zip(inputs, needs, gradients):  # noqa: B905 - a missing input may have no gradient
        shape = np.broadcast_shapes(np.shape(g), np.shape(x)) if broadcasts and need else np.shape(x)
        is_array = isinstance(g, np.ndarray | np.generic) and g.dtype.kind in "biufc"
        if need and not (is_array and np.shape(g) == shape):
            yield f"a gradient is {g!r} for an input of shape {np.shape(x)}"
        elif not need and g is not None and x is not None and x.dtype.kind in "iub":
            yield f"a gradient is {g!r} for an input that can have none"


def judge_accumulation(example: Example, i: int, j: int, tolerance: float) -> Iterator[str]:
    """Yield that a tensor that is used as inputs i and j does not get both gradients."""
    tensor = Tensor(example.inputs[i].copy(), requires_grad=True)
    arguments = [tensor if k in (i, j) else x for k, x in enumerate(example.inputs)]
    outputs: Any = adapt_operation(example.op)(*arguments, **example.settings)
    outputs = outputs if isinstance(outputs, tuple) else (outputs,)
    for y, g in zip(outputs, example.grads, strict=True):
        y.backward(g, retain_graph=True)
    separate = [example.inputs[i].copy() if k == j else x for k, x in enumerate(example.inputs)]
    gradients = example.call(*separate)[1](*example.grads)
    yield from compare_values(tensor.grad, gradients[i] + gradients[j], tolerance)
