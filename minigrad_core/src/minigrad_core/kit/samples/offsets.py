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
TINY = {"tiny values": None, "a tiny first input": 0, "a tiny second input": 1}  # label: of which input


def offsets(recipe: Recipe, subject: Subject) -> Iterator[Recipe]:
    """Yield 1000 +- 1, inputs that nearly equal one another, and values near zero or an edge."""
    del subject
    for told, then in (
        ("values of 1000 +- 1", partial(_everywhere, _far)),
        ("inputs close to one another", _close),
        *((told, partial(_everywhere, _tiny, only=only)) for told, only in TINY.items()),
    ):
        yield recipe.but(then=then, promised=False, label=told)


def _everywhere(
    make: Callable[[NDArray[Any], Floats], NDArray[Any] | None], sample: Sample, only: int | None = None
) -> Sample:
    if only is not None and len(sample.floats) < 2:
        raise Undrawable("a single input")
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
    """Return 1000 with the usual spread, whose digits fill the mantissa."""
    if not domain.low < 990 or not domain.high > 1010:
        return None
    return 1000.0 + np.clip(x, -4, 4) * np.sqrt(0.7)


def _tiny(x: NDArray[Any], domain: Floats) -> NDArray[Any] | None:
    """Return values whose distance from zero, or from a finite edge of the domain, is about 1e-12."""
    small = (0.2 + np.abs(x)) * NEAR
    if domain.low < 0 < domain.high:
        return np.sign(x) * small
    if np.isfinite(domain.low):
        return domain.low + small * max(abs(domain.low), 1.0)
    return domain.high - small * max(abs(domain.high), 1.0)


def _close(sample: Sample) -> Sample:
    """Return inputs that equal the first of their shape but for a millionth."""
    changed: dict[int, Any] = {}
    for i in sample.floats[1:]:
        first = sample.floats[0]
        same = sample.inputs[i].shape == sample.inputs[first].shape
        if same and sample.domains[i] == sample.domains[first]:
            changed[i] = sample.inputs[first] * (1 + 1e-6 * np.tanh(sample.inputs[i]))
    if not changed:
        raise Undrawable("no two inputs of one shape and domain")
    return sample.but(changed)
