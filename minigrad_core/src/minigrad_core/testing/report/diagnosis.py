"""What is wrong with a gradient, in a line: hypotheses fitted to the analytic and the numeric Jacobian."""

from collections.abc import Iterator
from itertools import permutations
from math import comb
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .facts import FIT, Facts, as_number, differing, fits, ratio_of


def diagnose(facts: Facts) -> str | None:
    """Return the first hypothesis that fits, None if none does."""
    mine, true = facts.gradient, facts.expected
    if not np.isfinite(mine).all():
        wrong = next(_threshold(facts.x, ~np.isfinite(mine), facts.sample.names[facts.index]), "")
        return f"the gradient is {'NaN' if np.isnan(mine).any() else 'infinite'}{wrong}"
    if fits(mine, 0 * true):
        return "the gradient is zero"
    if fits(mine, true):  # to six digits: everything would fit
        return None
    return next(
        (told for fit in (_factor, _through, _exchanged, _rearranged, _lost, _partly) for told in fit(facts)),
        None,
    )


def _factor(facts: Facts) -> Iterator[str]:
    """One factor for all: a sign, a 2, a size."""
    ratio = ratio_of(*facts.pair)
    if ratio is not None and np.isclose(ratio, -1, rtol=FIT):
        yield "the sign is wrong: the gradient is minus the numeric one"
    elif ratio is not None:
        shapes = [a.shape for a in (facts.x, *facts.cotangents)] if facts.x.size != facts.g.size else []
        sizes = [n for shape in shapes for n in shape if n > 1]  # else no sum is at work
        means = {"a mean for a sum": 1 / ratio, "a sum for a mean": ratio}
        hints = [f": {told}?" for told, factor in means.items() if np.isclose(factor, sizes, rtol=FIT).any()]
        yield f"the gradient is {as_number(ratio)} times the numeric one (a constant factor{''.join(hints)})"


def _exchanged(facts: Facts) -> Iterator[str]:
    """It is the gradient for another input, or at another one transposed."""
    names, inputs = facts.sample.names, facts.sample.inputs
    for j in [j for j in facts.sample.floats if j != facts.index]:
        others = {f"of input {j}: the inputs are swapped": facts.at(index=j)}
        for turned in _transposed(inputs[j][None]):
            sample = facts.sample.but({j: turned[0].copy()})
            others[f"with {names[j]} transposed"] = facts.at(sample=sample)
        for told, other in others.items():
            if other is not None and fits(facts.gradient, other.expected):
                yield f"it is the gradient {told}"


def _rearranged(facts: Facts) -> Iterator[str]:
    """The gradient, or grad, is transposed, or summed and repeated."""
    (mine, true), x, g = facts.pair, facts.x, facts.cotangents[0]
    sides = [("the gradient", mine.reshape(-1, *x.shape), true.reshape(-1, *x.shape))]
    if len(mine) == g.size:
        sides.append(("grad", mine.T.reshape(-1, *g.shape), true.T.reshape(-1, *g.shape)))
    for what, m, t in sides:
        yield from (f"{what} is transposed" for turned in _transposed(t) if fits(m, turned))
        for axis in [*range(1, t.ndim), None] if len(mine) > 1 else ():
            axes, over = ((axis,), f"axis {axis - 1}") if axis else (tuple(range(1, t.ndim)), "all axes")
            for told, made in (("sum", t.sum), ("mean", t.mean)):
                if fits(m, np.broadcast_to(made(axes, keepdims=True), t.shape)):
                    yield f"{what} is the {told} over {over} of the right one, repeated"


def _transposed(a: NDArray[Any]) -> Iterator[NDArray[Any]]:
    """Yield transposes of some arrays (n, *shape) that have the same shape."""
    axes = tuple(range(1, a.ndim))
    for order in permutations(axes):
        if order != axes and a.transpose(0, *order).shape == a.shape:
            yield a.transpose(0, *order)


def _lost(facts: Facts) -> Iterator[str]:
    """Of several contributions to one value some are missing."""
    mine, true = facts.pair
    gone = differing(mine, true)
    kept = ~gone & (mine != 0)
    if gone.any() and not mine[gone].any() and kept.any(0)[gone.any(0)].all():
        cause = "assigned in the place of added, as where an index repeats, or a term is missing"
        yield f"of several contributions to one value not all count: {cause}"


def _through(facts: Facts) -> Iterator[str]:
    """Wrong in what comes back through one of several outputs."""
    ends = np.cumsum([g.size for g in facts.cotangents])[:-1]
    rows = np.split(differing(*facts.pair).any(1), ends) if len(ends) else []
    wrong = [k for k, row in enumerate(rows) if row.any()]
    if len(wrong) == 1:
        yield f"wrong only in what comes back through output {wrong[0]}{_how(facts)}"


def _partly(facts: Facts) -> Iterator[str]:
    """Wrong only beyond a threshold, or at places along an axis."""
    bad, g = differing(*facts.pair), facts.cotangents[0]
    columns = np.reshape(bad.any(0), facts.x.shape)
    places: list[str] = []
    if comb(bad.shape[1], int(columns.sum())) >= 15:  # few values are often separated by chance
        for i in sorted(facts.sample.floats, key=lambda i: i != facts.index):
            places += _threshold(facts.sample.inputs[i], columns, facts.sample.names[i])
    places += _along(columns)
    if len(bad) == g.size:
        places += [f"{place} of grad" for place in _along(np.reshape(bad.any(1), g.shape))]
    yield from (f"wrong only{place}{_how(facts)}" for place in places)


def _threshold(values: NDArray[Any], bad: NDArray[Any], name: str) -> Iterator[str]:
    """Yield the conditions on the values that separate the bad ones from the rest."""
    if values.shape != bad.shape or not bad.any() or bad.all():
        return
    for told, v in ((name, values), (f"|{name}|", np.abs(values))):
        for sign, low, high in ((">", v[~bad].max(), v[bad].min()), ("<", v[bad].max(), v[~bad].min())):
            if low < high:
                rounded = (n for digits in range(-3, 8) for n in (round(low, digits), round(high, digits)))
                between = next((n for n in (0, *rounded) if low < n < high), (low + high) / 2)
                yield f" where {told} {sign} {between:.3g}"


def _along(bad: NDArray[Any]) -> Iterator[str]:
    """Yield which places along one axis are all that is wrong, and wrong as a whole."""
    for axis, n in enumerate(bad.shape):
        rest = tuple(k for k in range(bad.ndim) if k != axis)
        wrong, whole = np.asarray(bad.any(axis=rest)), np.asarray(bad.all(axis=rest))
        if wrong.any() and not wrong.all() and np.array_equal(wrong, whole):
            yield f" at {', '.join(map(str, np.flatnonzero(wrong)))} along axis {axis} (of {n})"


def _how(facts: Facts) -> str:
    """Return what the wrong entries are: zero, or a multiple."""
    bad = differing(*facts.pair)
    mine, true = (matrix[bad] for matrix in facts.pair)
    if fits(mine, 0 * true):
        return ": zero there"
    ratio = ratio_of(mine, true)
    return "" if ratio is None or fits(mine, true) else f": {as_number(ratio)} times there"
