"""What a cause of a wrong gradient is compared with, and when arrays count as equal."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..finding import SubjectFailed
from ..oracle.compare import step_sizes
from ..oracle.slopes import IMAGINARY, LONGER, complex_slope, long_slope, real_slope, restrict_to_line
from ..samples.sample import Sample
from ..subjects.subject import Subject, as_function, flatten_floats
from ..trial import Trial

FIT = 1e-6  # relative; oracles are known to 1e-8 or better


@dataclass(frozen=True)
class Facts:
    """One call, and the input whose gradient is wrong; all that is computed here may raise Broken."""

    subject: Subject
    sample: Sample
    index: int  # of that input
    cotangents: Sequence[NDArray[Any]]  # one for each output
    oracle: str  # which method gives the numeric gradient

    def try_at(self, **changes: Any) -> "Facts | None":
        """Return the facts with other arguments, None if there are no two gradients to compare."""
        other = replace(self, **changes)
        with suppress(SubjectFailed):
            actual, true = other.gradient, other.expected
            if actual.dtype.kind == "f" and actual.shape == true.shape and np.isfinite(true).all():
                return other
        return None

    @property
    def x(self) -> NDArray[Any]:
        """The input whose gradient is wrong."""
        return np.asarray(self.sample.inputs[self.index])

    @cached_property
    def gradient(self) -> NDArray[Any]:
        """The analytic gradient."""
        return np.asarray(Trial(self.subject, self.sample).pull(self.cotangents)[self.index])

    @cached_property
    def expected(self) -> NDArray[Any]:
        """The numeric gradient."""
        return self.compute_gradient(self.cotangents)

    def compute_gradient(self, cotangents: Sequence[NDArray[Any]]) -> NDArray[Any]:
        """Return the numeric gradient for other cotangents."""
        return np.asarray((flatten_floats(cotangents) @ self.jacobian).reshape(self.x.shape))

    @cached_property
    def jacobian(self) -> NDArray[Any]:
        """The numeric Jacobian (outputs, values); NaN for a value that may not move."""
        x, f = self.x, as_function(self.subject, self.sample, [self.index])
        take = {IMAGINARY: complex_slope, LONGER: long_slope}.get(self.oracle, real_slope)
        found = np.full((flatten_floats(self.cotangents).size, x.size), np.nan)
        for j, scale in enumerate(step_sizes(x, self.sample.domains[self.index]).flat):
            at = restrict_to_line(f, [x], [scale * (np.arange(x.size) == j).reshape(x.shape)])
            # A longdouble that nothing moves cannot prove that it was one.
            slope = (take(at) or real_slope(at)) if scale else None
            if scale and (slope is None or slope.value.size != len(found)):
                raise SubjectFailed("no-jacobian", "there is no numeric Jacobian")
            if slope is not None:
                found[:, j] = slope.value / scale
        return found


def is_fit(actual: Any, true: Any) -> bool:
    """Return whether two arrays are equal as far as an oracle can tell."""
    scale = float(np.abs(true).max(initial=0.0))
    return np.shape(actual) == np.shape(true) and bool((np.abs(actual - true) <= FIT * scale + 1e-12).all())


def find_ratio(actual: Any, true: Any) -> float | None:
    """Return c if mine = c true, by more than chance, and c is not zero, else None."""
    size = np.abs(true)
    big = size > 1e-3 * size.max(initial=0.0)
    ratio = float(np.median(actual[big] / true[big])) if big.any() else 0.0
    by_chance = big.sum() == 1 and "." in format_ratio(ratio)  # one value is some multiple of any other
    return ratio if ratio and not by_chance and is_fit(actual, ratio * true) else None


def format_ratio(ratio: float) -> str:
    """Return a ratio as a fraction of small numbers, if it is one."""
    fraction = Fraction(ratio).limit_denominator(12)
    return str(fraction) if np.isclose(ratio, float(fraction), rtol=1e-7) else f"{ratio:.6g}"
