"""Hypotheses on a factor: one for all values, or a known function of them."""

from __future__ import annotations

from itertools import combinations_with_replacement, permutations
from typing import TYPE_CHECKING, Any

import numpy as np

from .facts import FIT, Facts, as_number, ratio_of
from .quantities import quantities

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray


def factor(facts: Facts) -> Iterator[str]:
    """Yield the constant factor between the two gradients."""
    ratio = ratio_of(facts.mine, facts.true)
    if ratio is not None and abs(ratio - 1) < 1e-5:
        yield from _nearly_one(facts)
        return
    if ratio is None:
        return
    scalar = float(facts.grad.flat[0]) if facts.grad.size == 1 else 0.0
    if scalar and np.isclose(ratio * scalar, 1, rtol=FIT):
        yield "grad is ignored: the gradient is the right one for grad = 1"
    elif np.isclose(ratio, -1, rtol=FIT):
        yield "the sign is wrong: the gradient is minus the numeric one"
    elif np.isclose(ratio, 2, rtol=FIT):
        yield "the gradient is twice the numeric one (a factor of 2)"
    else:
        if not _lasts(ratio, facts):
            yield from _by_output(ratio, facts)
            return
        hint = _size_hint(ratio, facts) + _setting_hint(ratio, facts)
        yield f"the gradient is {as_number(ratio)} times the numeric one (a constant factor{hint})"


def _by_output(ratio: float, facts: Facts) -> Iterator[str]:
    """Another factor for other values, of an operation with one value: a function of that."""
    for told, value in quantities(facts) if facts.output.size == 1 else ():
        for kind, number in (("too many", value.flat[0]), ("missing", 1 / value.flat[0])):
            if not np.ptp(value) and np.isclose(ratio, number, rtol=FIT):
                yield f"a factor {kind}: {told}, here {as_number(float(value.flat[0]))}"


def _nearly_one(facts: Facts) -> Iterator[str]:
    """A factor of 1.000001, which rounding to single precision is not: that differs from value to value."""
    with np.errstate(all="ignore"):
        off = facts.mine / facts.true - 1
    if off.size > 2 and np.isfinite(off).all() and np.ptp(off) < 0.01 * np.abs(off).max():
        yield f"the gradient is {1 + float(off.mean()):.9g} times the numeric one (a constant factor)"


def _lasts(ratio: float, facts: Facts) -> bool:
    """Whether other values give the same factor: a determinant, say, is the same for all entries once."""
    other = facts.again()
    found = None if other is None else ratio_of(other.mine, other.true)
    return other is None or not other.true.any() or (found is not None and bool(np.isclose(found, ratio)))


def _setting_hint(ratio: float, facts: Facts) -> str:
    for name, value in facts.settings.items():
        if isinstance(value, bool) or not isinstance(value, int | float) or value in (0, 1, -1):
            continue
        for told, number in ((name, value), (f"1/{name}", 1 / value), (f"{name}**2", value**2)):
            if np.isclose(ratio, number, rtol=FIT):
                return f": {told}"
    return ""


def _size_hint(ratio: float, facts: Facts) -> str:
    if facts.output.size == facts.x.size:
        return ""  # no sum and no mean is at work
    sizes = {f"axis {k} of the input": n for k, n in enumerate(facts.x.shape)} | {"the input": facts.x.size}
    sizes |= {f"axis {k} of grad": n for k, n in enumerate(facts.grad.shape)}
    for name, n in sizes.items():
        if n > 1 and (np.isclose(ratio, n, rtol=FIT) or np.isclose(ratio, 1 / n, rtol=FIT)):
            kind = "a mean for a sum" if ratio < 1 else "a sum for a mean"
            return f": {kind}? {name} has {n} values"
    for (name, n), (other, m) in permutations(sizes.items(), 2):
        if min(n, m) > 1 and n != m and np.isclose(ratio, n / m, rtol=FIT):
            return f": {name} has {n} values, {other} has {m}: is one counted for the other?"
    return ""


def missing_factor(facts: Facts) -> Iterator[str]:
    """The gradient is off by a factor that is a known function of x, y or grad: an inner derivative, say."""
    ratio = _ratio(facts)
    if ratio is None:
        yield from _of_one(facts)
        return
    known = [(told, v) for told, v in quantities(facts) if np.isfinite(v).all() and v.all()]
    for told, values in known:
        if (c := _constant(ratio / values)) is not None:
            yield f"a factor too many: the gradient is {_times(c, told)} times the numeric one"
        elif (c := _constant(ratio * values)) is not None:
            if abs(c) == 1:
                kind = "a factor is missing:" if c > 0 else "sign and a factor are wrong: minus"
                yield f"{kind} the gradient times {told} is the numeric one"
            else:
                times = f"{as_number(c)} times the numeric one"
                yield f"a factor is missing: the gradient times {told} is {times}"
    for (a, u), (b, v) in combinations_with_replacement(known, 2):
        product = (u * v, f"{a} {b}"), (1 / (u * v), f"1 / ({a} {b})")
        for quotient, told in ((u / v, f"{a} / {b}"), (v / u, f"{b} / {a}"), *product):
            if (c := _constant(ratio / quotient)) is not None:
                yield f"a wrong factor: the gradient is {_times(c, told)} times the numeric one"


def _of_one(facts: Facts) -> Iterator[str]:
    """A factor of a single value, the same function of it for other values."""
    other = facts.again()
    if facts.true.size != 1 or other is None or not (facts.true.all() and other.true.all()):
        return
    here, there = (float((f.mine / f.true).flat[0]) for f in (facts, other))
    for (told, v), (_, w) in zip(quantities(facts), quantities(other), strict=True):
        for kind, one, two in (("too many", v, w), ("missing", 1 / v, 1 / w)):
            if np.isclose(here, one.flat[0], rtol=FIT) and np.isclose(there, two.flat[0], rtol=FIT):
                yield f"a factor {kind}: {told}"


def row_factor(facts: Facts) -> Iterator[str]:
    """Another factor in each row: a norm, a sum, a mean that is missing."""
    ratio = _ratio(facts)
    if ratio is None:
        return
    for axis, n in enumerate(ratio.shape):
        if n < 3 or np.ptp(ratio, axis=axis).max() > FIT * np.abs(ratio).max():
            continue
        for told, values in _row_statistics(facts, axis):
            if values.shape == ratio.shape[:axis] + ratio.shape[axis + 1 :] and values.all():
                kept = np.expand_dims(values, axis)
                if _constant(ratio / kept) is not None:
                    yield f"a factor too many: the gradient is {told} over axis {axis} times the numeric one"
                elif _constant(ratio * kept) is not None:
                    yield f"a factor is missing: {told} over axis {axis}"
        if not np.isclose(ratio, 1, rtol=FIT).any():
            yield f"along axis {axis} the gradient is a multiple of the numeric one, another in each row"


def _row_statistics(facts: Facts, axis: int) -> Iterator[tuple[str, NDArray[Any]]]:
    for name, v in {facts.name: facts.x, "grad": facts.grad, **facts.inputs}.items():
        if axis < v.ndim:
            yield f"the norm of {name}", np.sqrt((v * v).sum(axis))
            yield f"the sum of {name}", v.sum(axis)
            yield f"the sum of {name}**2", (v * v).sum(axis)
            yield f"the largest {name}", v.max(axis)


def epsilon(facts: Facts) -> Iterator[str]:
    """The relative error grows as 1 / x: a small number is added to x in one of forward and backward."""
    with np.errstate(all="ignore"):
        off = facts.mine / facts.true - 1
    if (
        off.size < 3
        or not np.isfinite(off).all()
        or not 0 < np.abs(off).max() < 1e-2
        or facts.x.shape != off.shape
    ):
        return
    for power in (1, 2):
        size = off * facts.x**power
        if np.ptp(size) < 1e-2 * np.abs(size).max():
            told = facts.name if power == 1 else f"{facts.name}**2"
            yield (
                f"an epsilon of {abs(float(size.mean())):.1g} is added to {told} in forward or backward alone"
            )


def _ratio(facts: Facts) -> NDArray[Any] | None:
    """Return the factor of each value; None if it is one for all, or unknown somewhere."""
    with np.errstate(all="ignore"):
        ratio = facts.mine / facts.true
    if ratio.size < 3 or not np.isfinite(ratio).all() or not ratio.all():
        return None
    return None if np.ptp(ratio) < FIT * np.abs(ratio).max() else ratio


def _constant(values: NDArray[Any]) -> float | None:
    """Return the one small fraction that all values are, None if they are not."""
    c = float(values.flat[0])
    if not np.isfinite(values).all() or np.ptp(values) > FIT * abs(c):
        return None
    for k in (1, 2, 3, 4, 6):
        n = round(c * k)
        if n and abs(n) <= 12 and abs(c * k - n) < FIT * abs(c * k):
            return n / k
    return None


def _times(c: float, told: str) -> str:
    return told if c == 1 else f"minus {told}" if c == -1 else f"{as_number(c)} {told}"
