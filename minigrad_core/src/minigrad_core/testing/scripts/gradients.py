"""Scripts for wrong gradients."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ..finding import Evidence, Script
from .parts import write_directions, write_literal


def show_slopes(evidence: Evidence) -> Script:
    """Return the script for a wrong gradient: its slope along a direction differs from a numeric one."""
    index = evidence.input
    # Half of the error: far above the error of a plain difference.
    tolerance = float(evidence.error / 2) if np.isfinite(evidence.error) else 1e-6
    code = f"""\
v = {write_literal(np.asarray(evidence.direction))}  # the direction in x{index}
def move(h):
    return call(*[x + h * v if k == {index} else x for k, x in enumerate(inputs)])[0]
received = call(*inputs)[1](*grads)[{index}]
# If it broadcasts, the engine sums this gradient to the shape of x{index}; here the product is summed.
analytic = float(np.sum(np.where(v == 0, 0, received * v)))
h = 2.0**-17
numeric = float(sum(np.sum(g * (b - a)) for g, a, b in zip(grads, move(-h), move(h))) / (2 * h))
print("analytic:", analytic)
print("numeric: ", numeric)
wrong = not abs(analytic - numeric) <= {tolerance}
"""
    return Script(code, evidence.cotangents)


def show_kink(
    indices: Sequence[int], directions: Sequence[Any], cotangents: Sequence[Any], step: float
) -> Script:
    """Return the script for a gradient that does not lie between the slopes on both sides of a kink."""
    code = f"""\
directions = {write_directions(dict(zip(indices, directions, strict=True)))}
def slopes(h):  # of each output value, on one side
    moved = call(*[x + h * directions[k] if k in directions else x for k, x in enumerate(inputs)])[0]
    return np.concatenate([np.ravel(g * (b - a) / h) for g, a, b in zip(grads, call(*inputs)[0], moved)])
sides = np.array([slopes(-{step}), slopes({step})])
low, high = sides.min(axis=0).sum(), sides.max(axis=0).sum()
received = call(*inputs)[1](*grads)
analytic = float(sum(np.sum(np.where(v == 0, 0, received[i] * v)) for i, v in directions.items()))
print("analytic:", analytic, "slopes: from", low, "to", high)
tolerance = 1e-3 * (1 + np.abs(sides).sum())
wrong = not low - tolerance <= analytic <= high + tolerance
"""
    return Script(code, cotangents)


def show_slope(directions: Mapping[int, Any]) -> Script:
    """Return the script for an output that has a slope, and is declared to be flat."""
    code = f"""\
directions = {write_directions(directions)}
h = 2.0**-22
moved = call(*[x + h * directions[k] if k in directions else x for k, x in enumerate(inputs)])[0]
slopes = [np.max(np.abs((b - a) / h), initial=0.0) for a, b in zip(call(*inputs)[0], moved)]
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
