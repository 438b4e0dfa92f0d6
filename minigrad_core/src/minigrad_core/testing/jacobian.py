"""The numeric Jacobian, and the gradient compared with it entry by entry."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from .call import flat
from .gradient import along, as_function, direction, floor, steps
from .oracle import complex_slope, long_slope, quick_slope, real_slope

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from .call import Call
    from .gradient import Evidence
    from .oracle import Function, Slope


class Numeric:
    """The Jacobian of one input, computed once for all the gradients it is compared with.

    Parameters
    ----------
    call : Call
        The forward pass.
    i : int
        The input.
    rng : np.random.Generator
        Draws a direction, to choose the oracle.
    """

    def __init__(self, call: Call, i: int, rng: np.random.Generator) -> None:
        self.call, self.i = call, i
        self.x, self.domain = call.sample.inputs[i], call.sample.domains[i]
        f, v = as_function(call.op, call.sample, [i]), direction(self.x, self.domain, rng)
        self.matrix: NDArray[Any] | None = None
        self.slope = quick_slope(f, [self.x], [v], call.flat)
        if self.slope is not None:
            # Where each output depends on one value, the slope along one direction is the whole Jacobian.
            self.matrix = (
                _diagonal(v, self.slope)
                if call.elementwise
                else jacobian(f, self.x, steps(self.x, self.domain), self.slope.oracle)
            )

    def contradicts(self, received: NDArray[Any], grads: Sequence[NDArray[Any]]) -> Evidence | None:
        """Return the evidence that `received` is wrong, where it is furthest off."""
        if self.slope is None or self.matrix is None:
            return None
        wrong = self._worst(self.slope, self.matrix, received, grads)
        return None if wrong is None else along(self.call, self.i, wrong, received, grads)

    def _worst(
        self, slope: Slope, matrix: NDArray[Any], received: NDArray[Any], grads: Sequence[NDArray[Any]]
    ) -> NDArray[Any] | None:
        """Return the direction of the entry that is furthest off, None if all are right."""
        g, scale = flat(grads), np.ravel(steps(self.x, self.domain))
        with np.errstate(all="ignore"):
            numeric = g @ matrix
            terms = np.abs(g) @ np.abs(np.nan_to_num(matrix))
            error = np.abs(np.ravel(received) - numeric)
            worst = float(np.nanmax(np.abs(matrix), initial=0.0) * np.abs(g).max(initial=0.0))
            tolerance = slope.rtol * (terms + worst) + floor(slope, self.call, g) / scale
        bad = ~(error <= tolerance) & np.isfinite(numeric)
        if not bad.any():
            return None
        j = int(np.argmax(np.where(bad, np.nan_to_num(error, nan=np.inf) / (tolerance + 1e-300), 0)))
        v = np.zeros(self.x.size)
        v[j] = scale[j]
        return v.reshape(self.x.shape)


def _diagonal(v: NDArray[Any], slope: Slope) -> NDArray[Any]:
    with np.errstate(all="ignore"):
        return np.diag(np.where(np.ravel(v) == 0, np.nan, slope.value / np.ravel(v)))


def jacobian(f: Function, x: NDArray[Any], scale: NDArray[Any], oracle: str) -> NDArray[Any] | None:
    """Return the numeric Jacobian (outputs, values of `x`); NaN for a value that may not move."""
    take = {"complex step": complex_slope, "longdouble central difference": long_slope}.get(
        oracle, real_slope
    )
    columns: list[Any] = []
    for j in range(x.size):
        if not scale.flat[j]:
            columns.append(None)
            continue
        unit = np.zeros(x.size)
        unit[j] = scale.flat[j]
        slope = take(f, [x], [unit.reshape(x.shape)])
        if slope is None:
            return None
        columns.append(slope.value / scale.flat[j])
    known = next((column for column in columns if column is not None), None)
    if known is None:
        return None
    return np.stack([known * np.nan if column is None else column for column in columns], axis=1)
