"""Values that lie close together, far from zero, and values close to the edge of a domain.

What depends on differences loses all digits here if it squares or divides before it subtracts: a variance by
E[x^2] - E[x]^2 at 1000 +- 1, `log(1 + x)` near zero, `arccosh(1 + d)` from its definition.
"""

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...contracts.cases import Floats
from ..subjects.subject import Subject
from .changes import alike, changed, each
from .sample import Recipe, Sample

NEAR = 1e-12
FAR, CLOSE = "values of 1000 +- 1", "inputs close to one another"
SMALL = "values within 1e-6 of zero, or of an edge"
TINY = {"a tiny first input": 0, "a tiny second input": 1}  # label: of which input


def offsets(recipe: Recipe, subject: Subject) -> Iterator[Recipe]:
    """Yield 1000 +- 1, inputs that nearly equal one another, and values near zero or an edge."""
    del subject
    yield changed(recipe, FAR, each(_far))
    yield changed(recipe, CLOSE, _close)
    for told, k in TINY.items():
        yield changed(recipe, told, partial(_tiny_alone, k))
    yield changed(recipe, SMALL, each(partial(_tiny, distance=1e-6)))  # long double has digits left


def _far(x: NDArray[Any], domain: Floats) -> NDArray[Any] | None:
    """Return 1000 with a spread of 1, in the order of the usual values; the digits fill the mantissa."""
    if not domain.low < 990 or not domain.high > 1010:
        return None
    rank = x.ravel().argsort().argsort().reshape(x.shape)
    return 1000.0 + np.sqrt(2.0) * (2 * (rank + 0.5) / max(x.size, 1) - 1) + 0.1 * np.sin(x)


def _tiny_alone(k: int, sample: Sample) -> Mapping[int, Any]:
    return {i: x for i, x in each(_tiny)(sample).items() if sample.floats.index(i) == k}


def _tiny(x: NDArray[Any], domain: Floats, distance: float = NEAR) -> NDArray[Any]:
    """Return values whose distance from zero, or from a finite edge of the domain, is about so much."""
    small = (0.2 + np.minimum(np.abs(x), 3.0)) * distance
    if domain.low < 0 < domain.high:
        edge = domain.high - small * max(domain.high, 1.0)
        turns = np.arange(x.size).reshape(x.shape) % 2 if domain.high <= 3 else 0
        return np.where(turns, edge, np.sign(x) * small)
    if np.isfinite(domain.low):
        return domain.low + small * max(abs(domain.low), 1.0)
    return domain.high - small * max(abs(domain.high), 1.0)


def _close(sample: Sample) -> Mapping[int, Any]:
    """Return inputs that equal the first, or its rows as far as they go, but for a millionth."""

    def range_of(i: int) -> Any:
        d = sample.domains[i]
        return (d.low, d.high, d.nonzero) if isinstance(d, Floats) else None

    return {
        i: x * (1 + 1e-6 * np.tanh(sample.inputs[i]))
        for i, x in (alike(sample) if sample.floats else {}).items()
        if range_of(i) == range_of(sample.floats[0]) is not None
    }
