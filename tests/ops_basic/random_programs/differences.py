"""Derivatives of a program along a direction, by differences in extended precision."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from .wide import Wide, wide

if TYPE_CHECKING:
    from .program import Program

# From values at seven points, -3 to 3 steps, the formulas of the highest order and of the next lower one; the
# last number divides the others (B. Fornberg, "Generation of finite difference formulas", 1988, table 1).
# First and second derivatives are right to about 1e-14, the third one to 1e-8.
STEP = Wide(2.0**-11)
_FORMULAS = {
    1: ((-1, 9, -45, 0, 45, -9, 1, 60), (0, 1, -8, 0, 8, -1, 0, 12)),
    2: ((2, -27, 270, -490, 270, -27, 2, 180), (0, -1, 16, -30, 16, -1, 0, 12)),
    3: ((1, -8, 13, 0, -13, 8, -1, 8), (0, -1, 2, 0, -2, 1, 0, 2)),
}


@dataclass(frozen=True)
class Slope:
    """Derivatives of first to third order, by their order.

    `doubt` is the difference between the two formulas: far more than the error where the program is smooth,
    and large where a kink lies between the points.
    """

    value: dict[int, float]
    doubt: dict[int, float]


def differentiate(program: Program, direction: Sequence[Any]) -> Slope:
    """Return the derivatives of the program's total along `direction`, one array for each input."""
    points, along = program.in_type(Wide), [d.astype(Wide) for d in direction]
    shifted = ([x + k * STEP * d for x, d in zip(points, along, strict=True)] for k in range(-3, 4))
    values = np.array([program.total(wide, *xs) for xs in shifted])
    assert values.dtype == Wide, "a step left extended precision"
    high, low = (
        {
            n: float(np.array(pair[i][:7], Wide) @ values / pair[i][7] / STEP**n)
            for n, pair in _FORMULAS.items()
        }
        for i in (0, 1)
    )
    return Slope(high, {n: abs(high[n] - low[n]) for n in _FORMULAS})
