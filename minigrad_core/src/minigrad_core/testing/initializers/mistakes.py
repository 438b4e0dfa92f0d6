"""Which mistake would give the variances that were measured."""

from __future__ import annotations

from dataclasses import dataclass
from math import log, prod
from typing import TYPE_CHECKING

from ...contracts import fans

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

CUT = 0.8796256610342398**2  # of the variance of a normal distribution, cut at two standard deviations
TOLERANCE = 0.03  # of the logarithm of a ratio


@dataclass(frozen=True)
class Spread:
    """The variance of a draw, its shares of zeros and of its largest value, and what was claimed for it."""

    shape: tuple[int, ...]
    claimed: float
    variance: float
    zeros: float
    edge: float
    wrong: bool


def mistake(spreads: Sequence[Spread]) -> str:
    """Return what explains every ratio of variance to claim, "" if nothing known does."""
    known = {
        told: of for told, of in MISTAKES.items() if all(abs(log(of(s))) > 2 * TOLERANCE for s in spreads)
    }
    fitting = {told: worst for told, of in known.items() if (worst := _worst(spreads, of)) < TOLERANCE}
    return f": {min(fitting, key=lambda told: fitting[told])}" if fitting else ""


def _worst(spreads: Sequence[Spread], ratio: Callable[[Spread], float]) -> float:
    """Return by how much a mistake is off at the worst of the shapes."""
    return max(
        abs(log(max(s.variance / s.claimed**2 if s.claimed else 0.0, 1e-300) / ratio(s))) for s in spreads
    )


def _fan_in(s: Spread) -> int:
    return fans(s.shape)[0]


def _fan_out(s: Spread) -> int:
    return fans(s.shape)[1]


def _mean(s: Spread) -> float:
    return sum(fans(s.shape)) / 2


# What the variance is, as a multiple of the claim's square.
MISTAKES: dict[str, Callable[[Spread], float]] = {
    "the fans are swapped": lambda s: _fan_in(s) / _fan_out(s),
    "the fans are swapped (the other way)": lambda s: _fan_out(s) / _fan_in(s),
    "fan in is used for the mean of the fans": lambda s: _mean(s) / _fan_in(s),
    "fan out is used for the mean of the fans": lambda s: _mean(s) / _fan_out(s),
    "the mean of the fans is used for fan in": lambda s: _fan_in(s) / _mean(s),
    "the mean of the fans is used for fan out": lambda s: _fan_out(s) / _mean(s),
    "the geometric mean of the fans is used": lambda s: _mean(s) / (_fan_in(s) * _fan_out(s)) ** 0.5,
    "the receptive field is ignored": lambda s: prod(s.shape[2:]),
    "one axis of the receptive field is counted, the others ignored": lambda s: prod(s.shape[3:]),
    "the receptive field is taken for a square": lambda s: prod(s.shape[3:]) / max(prod(s.shape[2:3]), 1),
    "the fan in is taken of (..., in, out), another layout": lambda s: _fan_in(s) / prod(s.shape[:-1]),
    "a factor 2 of the variance is missing": lambda _: 1 / 2,
    "the variance has a factor 2 too many": lambda _: 2,
    "it is half as wide": lambda _: 1 / 4,
    "it is twice as wide": lambda _: 4,
    "a bound was taken for a standard deviation (a root of 3 is missing)": lambda _: 1 / 3,
    "a standard deviation was taken for a bound (a root of 3 too many)": lambda _: 3,
    "what is cut off at two deviations makes it narrower: divide by 0.8796": lambda _: CUT,
    "divided by 0.8796, though nothing is cut off": lambda _: 1 / CUT,
    "multiplied by 0.8796, not divided": lambda _: CUT**2,
    "the variance was taken for the standard deviation": lambda s: s.claimed**2,
    "a variance is claimed for the standard deviation": lambda s: 1 / s.claimed,
}
