"""Whether gradients are those of a function: the comparison at the heart of the kit.

A gradient claims what <weight, J v> is, along any direction v. All inputs are moved at once, and only where
the sum is off, each alone, by every oracle there is.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np

from ..finding import Broken
from .rounding import rounded
from .slopes import EPS, ORACLES, Slope, all_slopes, line, precise_slope, rough_slope

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from ..samples.sample import Sample
    from .slopes import Function, Line

    Oracle: TypeAlias = Callable[[Line, NDArray[Any]], Slope | None]
    # A weight for each value of the function, and the gradients of the weighted sum, by input.
    Pass: TypeAlias = tuple[NDArray[Any], Mapping[int, NDArray[Any]]]

UNSURE = 20  # times what rounding of the inputs moves


class Refuted(NamedTuple):
    """A claim that no valid oracle supports: of which input and pass, by which oracle, and by how much."""

    input: int
    turn: int
    slope: Slope
    error: float
    tolerance: float


@dataclass(eq=False)
class Claims:
    """What some backward passes say of one function.

    Attributes
    ----------
    function : takes the inputs that move, returns the function of these
    sample : the arguments
    vs : a direction for each input that can move
    y : the values there
    passes : what is claimed
    floor : how well each value of the function is known, absolutely
    at : returns the same claims for other arguments: what these say otherwise by rounding, nobody knows
    loose : how much less than usual is asked
    """

    function: Callable[[Sequence[int]], Function]
    sample: Sample
    vs: Mapping[int, NDArray[Any]]
    y: NDArray[Any]
    passes: Sequence[Pass]
    floor: float
    at: Callable[[Sample], Claims]
    loose: float = 1.0

    def __post_init__(self) -> None:
        self._products: dict[tuple[int, int], tuple[float, float]] = {}

    def product(self, i: int, turn: int) -> tuple[float, float]:
        """Return what a pass claims along the direction of an input, and the size of the terms."""
        if (i, turn) not in self._products:
            self._products[i, turn] = product(self.passes[turn][1][i], self.vs[i])
        return self._products[i, turn]

    def line(self, indices: Iterable[int]) -> Line:
        """Return the function along the directions of some inputs."""
        chosen = list(indices)
        xs = [self.sample.inputs[i] for i in chosen]
        return line(self.function(chosen), xs, [self.vs[i] for i in chosen])

    def off(self, slope: Slope, indices: Iterable[int], turn: int, more: float = 0.0) -> Any:
        """Return error and tolerance of what a pass claims, None if it is right as far as can be told."""
        weight, sums = self.passes[turn][0], [self.product(i, turn) for i in indices]
        theirs, sizes = float(weight @ slope.value), np.abs(weight)
        terms = sum(size for _, size in sums) + float(sizes @ np.abs(slope.value))
        error = abs(sum(value for value, _ in sums) - theirs)
        known = (slope.noise + self.floor) * float(sizes.sum())
        tolerance = self.loose * slope.rtol * terms + known + more if isfinite(terms) else 0.0
        return None if error <= tolerance else (error, tolerance)

    def wrong(self, *, derived: bool = False) -> Refuted | None:
        """Return the first claim that is refuted, None if all are right or nothing can be said.

        One difference does for all inputs, and for all passes. For a `derived` sample, of an operation whose
        cases were right, agreement to a millionth is enough.
        """
        turns, at = range(len(self.passes)), self.line(self.vs)
        rough = rough_slope(at, self.y)
        if rough is not None and not any(self.off(rough, self.vs, k) for k in turns):
            precise = None if derived else precise_slope(at, rough)
            if derived or (precise is not None and not any(self.off(precise, self.vs, k) for k in turns)):
                return None
        return next((found for i in self.vs for k in turns if (found := self._refuted(i, k))), None)

    def _refuted(self, i: int, turn: int) -> Refuted | None:
        """Return by how much a claim is off, None if one oracle supports it: in doubt, nobody is accused."""
        found = all_slopes(self.line([i]), self.y)
        if not found or found[0].value.shape != self.y.shape:  # the size depends on the values
            return None
        if not all(self.off(slope, [i], turn) for slope in found):
            return None
        unsure = UNSURE * self._unsure(found[0], i, turn)
        opinions = [(slope, self.off(slope, [i], turn, unsure)) for slope in found]
        if not all(off for _, off in opinions):
            return None
        slope, (error, tolerance) = opinions[0]
        return Refuted(i, turn, slope, error, tolerance)

    def _unsure(self, slope: Slope, i: int, turn: int) -> float:
        """Return how far both sides of a claim move where the inputs do by rounding."""
        here = self.product(i, turn)[0], float(self.passes[turn][0] @ slope.value)
        moves = [0.0]
        for sample in rounded(self.sample, EPS):
            try:
                other = self.at(sample)
            except Broken:
                continue
            weight, gradients = other.passes[turn]
            again = ORACLES[slope.oracle](other.line([i]))
            moves.append(abs(product(gradients[i], self.vs[i])[0] - here[0]))
            if again is not None and again.value.shape == slope.value.shape:
                moves.append(abs(float(weight @ again.value) - here[1]))
        return max((move for move in moves if isfinite(move)), default=0.0)


def product(g: Any, v: NDArray[Any]) -> tuple[float, float]:
    """Return <g, v> and the sum of the absolute values of its terms; what is not moved does not count."""
    size = float(np.abs(g).ravel() @ np.abs(v).ravel())
    if isfinite(size):
        return float((g.ravel() @ v.ravel()).real), size
    terms = np.where(v == 0, 0.0, g * v)
    return float(terms.sum().real), float(np.abs(terms).sum())
