"""Scripts for wrong gradients."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ..finding import Evidence, Script
from .parts import write_literal

MOVE = """\
directions = {directions}  # by the index of the input
def move(h):  # the outputs at a step along the directions
    return call(*[x + h * directions[k] if k in directions else x for k, x in enumerate(inputs)])[0]
"""
# If the function broadcasts, the engine sums a gradient to the shape of its input; here products are summed.
ANALYTIC = """\
received = call(*inputs)[1](*grads)
analytic = float(sum(np.sum(np.where(v == 0, 0, received[i] * v)) for i, v in directions.items()))
"""


def _write_move(directions: Mapping[int, Any]) -> str:
    items = ", ".join(f"{i}: {write_literal(np.asarray(v))}" for i, v in directions.items())
    return MOVE.format(directions=f"{{{items}}}")


def show_slopes(evidence: Evidence) -> Script:
    """Return the script for a wrong gradient: its slope along a direction differs from a numeric one."""
    # Half of the error: far above the error of a plain difference.
    tolerance = float(evidence.error / 2) if np.isfinite(evidence.error) else 1e-6
    code = f"""\
{_write_move({evidence.input: evidence.direction})}{ANALYTIC}\
h = 2.0**-17
numeric = float(sum(np.sum(g * (b - a)) for g, a, b in zip(grads, move(-h), move(h))) / (2 * h))
print("analytic:", analytic)
print("numeric: ", numeric)
wrong = not abs(analytic - numeric) <= {tolerance}
"""
    return Script(code, evidence.cotangents)


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
