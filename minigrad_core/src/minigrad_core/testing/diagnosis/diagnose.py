"""What is wrong with a gradient, in a line: hypotheses fitted to the analytic and the numeric Jacobian.

The first that fits is told, the special ones first.
"""

from collections.abc import Iterator
from itertools import permutations
from math import comb
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .facts import FIT, Facts, as_number, differing, fits, ratio_of

ZERO = ": zero there"


def diagnose(facts: Facts) -> str | None:
    """Return the first hypothesis that fits, None if none does."""
    mine, true = facts.gradient, facts.expected
    if not np.isfinite(mine).all():
        where = threshold(facts.x.ravel(), ~np.isfinite(mine).ravel(), facts.sample.names[facts.index])
        told = f"the gradient is {'NaN' if np.isnan(mine).any() else 'infinite'}"
        return f"{told} where {where}" if where else told
    if fits(mine, 0 * true):
        return "the gradient is zero"
    if fits(mine, true):  # to six digits: everything would fit
        return None
    hypotheses = (constant, outputs, exchanged, rearranged, diagonal, lost, region, placed, of_values)
    return next((told for hypothesis in hypotheses for told in hypothesis(facts)), None)


def constant(facts: Facts) -> Iterator[str]:
    """One factor for all: a sign, a 2, a size, a setting."""
    ratio = ratio_of(*facts.pair)
    if fits(facts.gradient.ravel(), facts.jacobian.sum(0)):
        yield "grad is ignored: the gradient is that of a sum (grad = 1)"
    elif ratio is not None and np.isclose(ratio, -1, rtol=FIT):
        yield "the sign is wrong: the gradient is minus the numeric one"
    elif ratio is not None:
        hint = "".join(f": {told}" for told in _hints(ratio, facts))
        yield f"the gradient is {as_number(ratio)} times the numeric one (a constant factor{hint})"


def _hints(ratio: float, facts: Facts) -> Iterator[str]:
    """Yield which setting or size the factor is."""
    for name, value in facts.sample.settings.items():
        if isinstance(value, int | float) and abs(value) not in (0, 1):
            hints = {name: value, f"1/{name}": 1 / value}
            yield from (told for told, number in hints.items() if np.isclose(ratio, number, rtol=FIT))
    for told, a in (("the input", facts.x), ("grad", facts.cotangents[0])):
        for axis, n in enumerate(a.shape if facts.x.size != facts.g.size else ()):  # else no sum is at work
            if n > 1 and np.isclose(max(ratio, 1 / ratio), n, rtol=FIT):
                kind = "a mean for a sum" if ratio < 1 else "a sum for a mean"
                yield f"{kind}? axis {axis} of {told} has {n} values"


def of_values(facts: Facts) -> Iterator[str]:
    """A factor of its own for each value: an inner derivative, say."""
    mine, true = facts.gradient, facts.expected
    for name, v in facts.values.items():
        if v.shape == true.shape and (c := ratio_of(mine, true * v)) is not None:
            yield f"a factor too many: {as_number(c)} * {name}"
        if v.shape == true.shape and (c := ratio_of(true, mine * v)) is not None:
            yield f"a factor is missing: the gradient times {as_number(c)} * {name} is the right one"


def exchanged(facts: Facts) -> Iterator[str]:
    """It is the gradient for another input, or at other values of one."""
    names, inputs = facts.sample.names, facts.sample.inputs
    others: list[tuple[str, Facts | None]] = []
    for j in [j for j in facts.sample.floats if j != facts.index]:
        others.append((f"of input {j}: the inputs are swapped", facts.at(index=j)))
        others += [
            (f"with {names[j]} {told}", facts.at(sample=facts.sample.but({j: changed[0].copy()})))
            for told, changed in _moves(inputs[j][None])
        ]
    for told, other in others:
        if other is not None and fits(facts.gradient, other.expected):
            yield f"it is the gradient {told}"


def rearranged(facts: Facts) -> Iterator[str]:
    """The values of the gradient, or those of grad, are in the wrong places or summed."""
    (mine, true), x, g = facts.pair, facts.x, facts.cotangents[0]
    sides = [("the gradient", mine.reshape(-1, *x.shape), true.reshape(-1, *x.shape))]
    if len(mine) == g.size:
        sides.append(("grad", mine.T.reshape(-1, *g.shape), true.T.reshape(-1, *g.shape)))
    for what, m, t in sides:
        before, after = (m, t) if what == "grad" else (t, m)  # mine = moved(true), but moved(mine.T) = true.T
        yield from (f"{what} is {told}" for told, changed in _moves(before) if fits(changed, after))
        sums = _sums(t) if len(mine) > 1 else ()
        yield from (f"{what} is {told}" for told, changed in sums if fits(m, changed))


def _moves(a: NDArray[Any]) -> Iterator[tuple[str, NDArray[Any]]]:
    """Yield other orders of the values of some arrays (n, *shape)."""
    axes = range(1, a.ndim)
    for order in permutations(axes):
        if order != tuple(axes) and a.transpose(0, *order).shape == a.shape:
            yield "transposed", a.transpose(0, *order)
    for axis in axes:
        yield f"reversed along axis {axis - 1}", np.flip(a, axis)
        for shift in range(1, a.shape[axis]):
            yield f"shifted by {shift} along axis {axis - 1}", np.roll(a, shift, axis)


def _sums(a: NDArray[Any]) -> Iterator[tuple[str, NDArray[Any]]]:
    """Yield sums and means of some arrays (n, *shape) over an axis or all, repeated."""
    for axis in [*range(1, a.ndim), None]:
        axes, over = ((axis,), f"axis {axis - 1}") if axis else (tuple(range(1, a.ndim)), "all axes")
        for told, made in (("sum", a.sum), ("mean", a.mean)):
            values = np.broadcast_to(made(axes, keepdims=True), a.shape)
            yield f"the {told} over {over} of the right one, repeated", values


def outputs(facts: Facts) -> Iterator[str]:
    """Wrong in what comes back through one of several outputs."""
    ends = np.cumsum([g.size for g in facts.cotangents])[:-1]
    rows = np.split(differing(*facts.pair).any(1), ends) if len(ends) else []
    wrong = [k for k, row in enumerate(rows) if row.any()]
    if len(wrong) == 1 and (how := _how(facts)):
        told = f"wrong only in what comes back through output {wrong[0]}"
        yield told + how.replace(ZERO, ": its grad is ignored")


def placed(facts: Facts) -> Iterator[str]:
    """Wrong at all of some places along an axis, of the gradient or of grad."""
    bad, g = differing(*facts.pair), facts.cotangents[0]
    yield from (f"wrong only {told}{_how(facts)}" for told in _along(_columns(facts)))
    for told in _along(np.reshape(bad.any(1), g.shape)) if len(bad) == g.size else ():
        how = _how(facts)
        yield f"grad is ignored {told}" if how == ZERO else f"wrong only {told} of grad{how}"


def _columns(facts: Facts) -> NDArray[Any]:
    return np.asarray(differing(*facts.pair).any(0)).reshape(facts.x.shape)


def _along(bad: NDArray[Any]) -> Iterator[str]:
    """Yield which places along one axis are all that is wrong, and wrong as a whole."""
    for axis, n in enumerate(bad.shape):
        rest = tuple(k for k in range(bad.ndim) if k != axis)
        wrong, whole = np.asarray(bad.any(axis=rest)), np.asarray(bad.all(axis=rest))
        if wrong.any() and not wrong.all() and np.array_equal(wrong, whole):
            yield f"at {', '.join(map(str, np.flatnonzero(wrong)))} along axis {axis} (of {n})"


def _how(facts: Facts) -> str:
    """Return what the wrong entries are: zero, to be zero, or a multiple."""
    bad = differing(*facts.pair)
    mine, true = (matrix[bad] for matrix in facts.pair)
    if fits(mine, 0 * true):
        return ZERO
    if fits(true, 0 * mine):
        return ": it must be zero there"
    ratio = ratio_of(mine, true)
    if ratio is None or fits(mine, true):
        return ""
    return f": {as_number(ratio)} times there" + (", the wrong sign" if np.isclose(ratio, -1) else "")


def region(facts: Facts) -> Iterator[str]:
    """Right on one side of a threshold, wrong on the other."""
    bad = _columns(facts)
    chances = comb(bad.size, int(bad.sum()))  # few values are often separated by chance
    for name, values in facts.values.items():
        likely = values.shape == facts.x.shape and chances >= 15
        if likely and (where := threshold(values.ravel(), bad.ravel(), name)):
            yield f"wrong only where {where}{_how(facts)}; right elsewhere"


def threshold(values: NDArray[Any], bad: NDArray[Any], name: str) -> str | None:
    """Return the condition on the values that separates the bad ones from the rest, None if there is none."""
    for told, v in ((name, values), (f"|{name}|", np.abs(values))) if bad.any() and not bad.all() else ():
        for sign, low, high in ((">", v[~bad].max(), v[bad].min()), ("<", v[bad].max(), v[~bad].min())):
            if low < high:
                rounded = (n for digits in range(-3, 8) for n in (round(low, digits), round(high, digits)))
                between = next((n for n in (0, *rounded) if low < n < high), (low + high) / 2)
                return f"{told} {sign} {between:.3g}"
    return None


def diagonal(facts: Facts) -> Iterator[str]:
    """What one output owes to other inputs is missing."""
    mine, true = facts.pair
    if len(mine) == mine.shape[1] > 1 and fits(mine, np.diag(np.diag(true))):
        yield "only the diagonal of the Jacobian is used: what one output owes to other inputs is missing"


def lost(facts: Facts) -> Iterator[str]:
    """Of several contributions to one value some are missing."""
    mine, true = facts.pair
    gone = differing(mine, true)
    kept = ~gone & (true != 0)
    if gone.any() and not mine[gone].any() and kept.any(0)[gone.any(0)].all():
        cause = "overwritten, as where an index repeats or windows overlap, or a term is missing"
        yield f"of several contributions to one value not all count: {cause}"
