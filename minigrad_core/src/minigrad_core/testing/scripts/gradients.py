"""Scripts for wrong gradients."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ..finding import Evidence, Script
from .parts import write_literal

MOVE = """\
directions = {directions}  # by the index of the input
def move(h):  # the results at a step along the directions
    xs = [x + h * directions[k] if k in directions else x for k, x in enumerate(inputs)]
    return {results}
"""
# If the function broadcasts, the engine sums a gradient to the shape of its input; here products are summed.
ANALYTIC = """\
received = call(*inputs)[1](*grads)
analytic = float(sum(np.sum(np.where(v == 0, 0, received[i] * v)).real for i, v in directions.items()))
"""
SECOND_ORDER = """\
received = dict(zip(np.flatnonzero(needs), differentiate(weights)[1]))
analytic = float(sum(np.sum(received[i] * v) for i, v in directions.items()))
"""
GRADIENTS = "[g for g, need in zip(call(*xs)[1](*grads), needs) if need]"


def _write_move(directions: Mapping[int, Any], results: str = "call(*xs)[0]") -> str:
    items = ", ".join(f"{i}: {write_literal(np.asarray(v))}" for i, v in directions.items())
    return MOVE.format(directions=f"{{{items}}}", results=results)


def show_slopes(evidence: Evidence, weights: Sequence[Any] = ()) -> Script:
    """Return the script for a wrong gradient: its slope along a direction differs from a numeric one.

    weights: for a wrong second derivative, one array for each gradient.
    """
    directions = {evidence.input: evidence.direction}
    code = _write_move(directions) + ANALYTIC
    if weights:
        code = _write_move(directions, GRADIENTS) + SECOND_ORDER
    # Half of the error: far above the error of a plain difference. A NaN is beyond any tolerance.
    tolerance = float(evidence.error / 2) if np.isfinite(evidence.error) else 1e-3
    code += f"""\
h = 2.0**-17
terms = zip({"weights" if weights else "grads"}, move(-h), move(h))
numeric = float(sum(np.sum(w * (b - a)).real for w, a, b in terms) / (2 * h))
print("analytic:", analytic)
print("numeric: ", numeric)
wrong = not abs(analytic - numeric) <= {tolerance}
"""
    return Script(code, evidence.cotangents, weights)


def show_adjoint(weights: Sequence[Any], cotangents: Sequence[Any], gap: float) -> Script:
    """Return the script for a forward mode that is not the transpose of reverse mode."""
    code = f"""\
grads = [g.astype(y.dtype) for g, y in zip(grads, call(*inputs)[0])]
floats = [g for g in grads if g.dtype.kind in "fc"]
forward = sum(np.sum(g * jv).real for g, jv in zip(floats, differentiate(weights)[2]))
received = [g for g, need in zip(call(*inputs)[1](*grads), needs) if need]
reverse = sum(np.sum(g * w) for g, w in zip(received, weights))
print("<g, J v>:", forward, "<J^T g, v>:", reverse)
wrong = not abs(forward - reverse) <= {gap / 2}
"""
    return Script(code, cotangents, weights)


def show_kink(directions: Mapping[int, Any], cotangents: Sequence[Any], step: float) -> Script:
    """Return the script for a gradient that does not lie between the slopes on both sides of a kink."""
    code = f"""\
{_write_move(directions)}{ANALYTIC}\
def slopes(h):  # of each output value, on one side
    return np.concatenate([np.ravel(g * (b - a) / h) for g, a, b in zip(grads, move(0.0), move(h))])
sides = np.array([slopes(-{step}), slopes({step})])
low, high = sides.min(axis=0).sum(), sides.max(axis=0).sum()
print("analytic:", analytic, "slopes: from", low, "to", high)
tolerance = 1e-3 * (1 + np.abs(sides).sum())
wrong = not low - tolerance <= analytic <= high + tolerance
"""
    return Script(code, cotangents)


def show_slope(directions: Mapping[int, Any]) -> Script:
    """Return the script for an output that has a slope, and is declared to be flat."""
    code = f"""\
{_write_move(directions)}h = 2.0**-22
slopes = [np.max(np.abs((b - a) / h), initial=0.0) for a, b in zip(move(0.0), move(h))]
print("largest slopes:", slopes)
wrong = max(slopes) > 1e-3
"""
    return Script(code)


def show_form(cotangents: Sequence[Any], *, broadcasts: bool, needs: Sequence[bool] | None = None) -> Script:
    """Return the script for gradients of a wrong number, shape or type.

    broadcasts: whether the engine sums gradients to the shapes of the inputs.
    needs: the inputs that need a gradient, by default all float inputs.
    """
    shape = "np.broadcast_shapes(np.shape(g), np.shape(x))" if broadcasts else "np.shape(x)"
    code = f"""\
needs = {needs or "needs"}
received = call(*inputs, needs=needs)[1](*grads)
print("gradients:", received)
def fits(x, need, g):
    if not need:
        return g is None or x is None or x.dtype.kind not in "iub"
    return isinstance(g, (np.ndarray, np.generic)) and g.dtype.kind in "biufc" and np.shape(g) == {shape}
wrong = len(received) < sum(x is not None for x in inputs) or not all(map(fits, inputs, needs, received))
"""
    return Script(code, cotangents)


def show_accumulation(i: int, j: int, cotangents: Sequence[Any], tolerance: float) -> Script:
    """Return the script for a tensor that is used as inputs i and j, and does not get both gradients."""
    code = f"""\
from minigrad_core import Tensor
from minigrad_core.contracts.adapters import adapt_operation
tensor = Tensor(inputs[{i}].copy(), requires_grad=True)
arguments = [tensor if k in ({i}, {j}) else x for k, x in enumerate(inputs)]
outputs = adapt_operation(op)(*arguments, **settings)
for y, g in zip(outputs if isinstance(outputs, tuple) else [outputs], grads):
    y.backward(g, retain_graph=True)
inputs[{j}] = inputs[{i}].copy()
received = call(*inputs)[1](*grads)
wrong = differs(tensor.grad, received[{i}] + received[{j}], {tolerance})
"""
    return Script(code, cotangents)
