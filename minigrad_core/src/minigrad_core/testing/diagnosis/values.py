"""Hypotheses on what is left over: a term, too few digits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from .facts import FIT, Facts, as_number, fits, ratio_of
from .quantities import spread

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray


def residual(facts: Facts) -> Iterator[str]:
    """What is left over is proportional to something known."""
    rest = facts.mine - facts.true
    if rest.size < 3:
        return
    if np.ptp(rest) <= FIT * np.abs(rest).max():
        if facts.grad.size == 1:
            times = as_number(float(rest.flat[0] / facts.grad.flat[0]))
            yield f"a constant term is missing or too many: the difference is {times} times grad everywhere"
        yield f"a constant is added to the gradient: {float(rest.flat[0]):.4g} everywhere"
    for told, values in spread(facts):
        ratio = ratio_of(rest, values)
        if ratio is not None:
            kind = "a term is missing" if ratio < 0 else "a term too many"
            yield f"{kind}: the difference is {as_number(ratio)} times {told}"
        yield from _row_by_row(rest, told, values)
    for axis in range(rest.ndim):
        there = facts.true != 0
        count = there.sum(axis, keepdims=True)
        alike = there * (rest * there).sum(axis, keepdims=True) / np.maximum(count, 1)
        if rest.shape[axis] > 1 and (count != 1).all() and fits(rest, alike):
            yield f"a term summed over axis {axis} is missing or too many: the difference is constant there"


def statistics(facts: Facts) -> Iterator[str]:
    """Yield the axis along which the difference is a + b x: a mean or a variance that counts as constant."""
    rest = facts.mine - facts.true
    for axis, n in enumerate(rest.shape if rest.ndim else ()):
        if n < 4:
            continue
        columns = np.moveaxis(rest, axis, 0).reshape(n, -1)
        for told, v in spread(facts):
            known = np.moveaxis(v, axis, 0).reshape(n, -1)
            left = [_unexplained(c, k) for c, k in zip(columns.T, known.T, strict=True)]
            if np.abs(left).max() < FIT * np.abs(rest).max():
                yield (
                    f"a term is missing or too many: along axis {axis} the difference is a + b {told}; "
                    f"is a mean or variance over axis {axis} taken for a constant?"
                )


def _unexplained(values: NDArray[Any], v: NDArray[Any]) -> NDArray[Any]:
    """Return what the best a + b v leaves of the values."""
    known = np.stack([np.ones_like(v), v], axis=1)
    return values - known @ np.linalg.lstsq(known, values, rcond=None)[0]


def _row_by_row(rest: NDArray[Any], told: str, values: NDArray[Any]) -> Iterator[str]:
    """The difference is a multiple of something known, another multiple in each row."""
    for axis in range(rest.ndim):
        if rest.shape[axis] < 3 or np.ptp(values, axis=axis).max() == 0:
            continue
        scale = (rest * values).sum(axis, keepdims=True) / np.maximum(
            (values * values).sum(axis, keepdims=True), 1e-300
        )
        if fits(rest, scale * values):
            yield f"a term is missing or too many: along axis {axis} the difference is proportional to {told}"


def precision(facts: Facts) -> Iterator[str]:
    """Yield that all values are off a little: rounded to a coarser type, or by a small term in a formula."""
    errors = (facts.mine - facts.true) / (np.abs(facts.true).max(initial=0.0) or 1.0)
    worst = float(np.abs(errors).max(initial=0.0))
    if not 1e-9 < worst < 2e-3 or worst > 100 * np.median(np.abs(errors)):
        return
    told = f"the gradient is right to {worst:.1g} only"
    signs = np.sign(errors * facts.true)
    if errors.size > 3 and abs(signs.sum()) == errors.size:  # rounding goes both ways
        yield f"{told}, all in one direction: an epsilon, or a constant with too few digits?"
    else:
        if 1e-6 < worst < 5e-5:
            yield f"{told}: an epsilon, or a constant with too few digits?"
            return
        kind, cast = ("single", "float32") if worst < 1e-5 else ("half", "float16")
        yield f"{told}: {kind} precision, is something cast to {cast}?"
