"""Values that lie close together, far from zero, and values close to the edge of a domain.

What depends on differences loses all digits here if it squares or divides before it subtracts: a variance by
E[x^2] - E[x]^2 at 1000 +- 1, `log(1 + x)` near zero, `arccosh(1 + d)` from its definition.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from ...contracts.cases import Dominant, Floats
from .sample import Sample, Undrawable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from ..subjects.subject import Subject
    from .sample import Recipe

NEAR = 1e-12
SMALL = "values within 1e-6 of zero, or of an edge"
TINY = {"a tiny first input": 0, "a tiny second input": 1}  # label: of which input


def offsets(recipe: Recipe, subject: Subject) -> Iterator[Recipe]:
    """Yield 1000 +- 1, inputs that nearly equal one another, and values near zero or an edge."""
    del subject
    for told, then in (
        ("values of 1000 +- 1", partial(_everywhere, _far)),
        ("inputs close to one another", _close),
        *((told, partial(_everywhere, _tiny, only=only)) for told, only in TINY.items()),
        (SMALL, partial(_everywhere, _small)),
    ):
        yield recipe.but(then=then, promised=False, label=told)


def _everywhere(
    make: Callable[[NDArray[Any], Floats], NDArray[Any] | None], sample: Sample, only: int | None = None
) -> Sample:
    if only is not None and len(sample.floats) <= only:
        raise Undrawable("there is no such input")
    chosen = sample.floats if only is None else sample.floats[only : only + 1]
    changed: dict[int, Any] = {}
    for i in chosen:
        domain = sample.domains[i]
        if isinstance(domain, Floats) and not isinstance(domain, Dominant):
            new = make(sample.inputs[i], domain)
            if new is not None:
                changed[i] = new
    if not changed:
        raise Undrawable("no domain has such values")
    return sample.but(changed)


def _far(x: NDArray[Any], domain: Floats) -> NDArray[Any] | None:
    """Return 1000 with a spread of 1, in the order of the usual values; the digits fill the mantissa."""
    if not domain.low < 990 or not domain.high > 1010:
        return None
    rank = x.ravel().argsort().argsort().reshape(x.shape)
    return 1000.0 + np.sqrt(2.0) * (2 * (rank + 0.5) / max(x.size, 1) - 1) + 0.1 * np.sin(x)


def _small(x: NDArray[Any], domain: Floats) -> NDArray[Any] | None:
    """Return values at a distance at which float64 has lost half of its digits, and long double has not."""
    return _tiny(x, domain, 1e-6)


def _tiny(x: NDArray[Any], domain: Floats, distance: float = NEAR) -> NDArray[Any] | None:
    """Return values whose distance from zero, or from a finite edge of the domain, is about so much."""
    small = (0.2 + np.minimum(np.abs(x), 3.0)) * distance
    if domain.low < 0 < domain.high:
        near = np.sign(x) * small
        if domain.high > 3:
            return near
        edge = domain.high - small * max(domain.high, 1.0)
        return np.where(np.arange(x.size).reshape(x.shape) % 2, edge, near)
    if np.isfinite(domain.low):
        return domain.low + small * max(abs(domain.low), 1.0)
    return domain.high - small * max(abs(domain.high), 1.0)


def _close(sample: Sample) -> Sample:
    """Return inputs that equal the first, or its rows as far as they go, but for a millionth."""
    changed: dict[int, Any] = {}
    for i in sample.floats[1:]:
        first = sample.floats[0]
        x, other = sample.inputs[i], sample.inputs[first]
        same = x.ndim == other.ndim and x.shape[1:] == other.shape[1:] and other.size
        if same and _alike(sample.domains[i], sample.domains[first]):
            changed[i] = np.resize(other, x.shape) * (1 + 1e-6 * np.tanh(x))
    if not changed:
        raise Undrawable("no two inputs of one shape and domain")
    return sample.but(changed)


def _alike(domain: Any, other: Any) -> bool:
    return (
        isinstance(domain, Floats)
        and isinstance(other, Floats)
        and ((domain.low, domain.high, domain.nonzero) == (other.low, other.high, other.nonzero))
    )
