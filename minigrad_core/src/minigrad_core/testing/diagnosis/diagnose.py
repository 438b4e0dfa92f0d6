"""What is wrong with a gradient, in a line: causes are tried out, until one gives this very gradient."""

from collections.abc import Iterator
from itertools import chain, permutations
from math import comb
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..subjects.subject import flat
from .facts import FIT, Facts, as_number, fits, ratio_of


def diagnose(facts: Facts) -> str | None:
    """Return the first cause that fits, None if none does."""
    mine, true = facts.gradient, facts.expected
    if not np.isfinite(mine).all():
        where = next(_threshold(facts.x, ~np.isfinite(mine), facts.sample.names[facts.index]), "")
        return f"the gradient is {'NaN' if np.isnan(mine).any() else 'infinite'}{where}"
    if fits(mine, 0 * true):
        return "the gradient is zero"
    if fits(mine, true):  # to six digits: everything would fit
        return None
    if (ratio := ratio_of(mine, true)) is not None:
        return _factor(facts, ratio)
    causes = (cause for found in (_exchanged, _lost, _rearranged) for cause in found(facts))
    fitting = (told for told, gradient in causes if fits(mine, gradient))
    return next(chain(_through(facts), fitting, _partly(facts)), None)


def _factor(facts: Facts, ratio: float) -> str:
    """One factor for all: a sign, a 2, a size."""
    if np.isclose(ratio, -1, rtol=FIT):
        return "the sign is wrong: the gradient is minus the numeric one"
    outputs, values = facts.jacobian.shape
    sums = (facts.x, *facts.cotangents) if outputs != values else ()
    sizes = [n for a in sums for n in a.shape if n > 1]
    hint = ": a mean, or a sum?" if np.isclose(max(ratio, 1 / ratio), sizes, rtol=FIT).any() else ""
    return f"the gradient is {as_number(ratio)} times the numeric one (a constant factor{hint})"


def _through(facts: Facts) -> Iterator[str]:
    """Wrong in what comes back through one of several outputs."""
    for k, g in enumerate(facts.cotangents if len(facts.cotangents) > 1 else ()):
        through = facts.gradient_for([other * (other is g) for other in facts.cotangents])
        if through.any() and (how := _how(facts.gradient - (facts.expected - through), through)):
            yield f"wrong only in what comes back through output {k}{how}"


def _exchanged(facts: Facts) -> Iterator[tuple[str, NDArray[Any]]]:
    """The gradient for another input, or at another one transposed."""
    names, inputs = facts.sample.names, facts.sample.inputs
    for j in [j for j in facts.sample.floats if j != facts.index]:
        samples = [facts.sample.but({j: turned.copy()}) for turned in _transposed(inputs[j])]
        others = [(f"of input {j}: the inputs are swapped", facts.at(index=j))]
        others += [(f"with {names[j]} transposed", facts.at(sample=sample)) for sample in samples]
        yield from ((f"it is the gradient {told}", other.expected) for told, other in others if other)


def _rearranged(facts: Facts) -> Iterator[tuple[str, NDArray[Any]]]:
    """The gradient, or grad, is transposed, or summed and repeated; or a sum is missing."""
    g, *others = facts.cotangents
    yield from (("the gradient " + told, moved) for told, moved in _moved(facts.expected))
    yield from (("grad " + told, facts.gradient_for([moved, *others])) for told, moved in _moved(g))
    for axis in range(g.ndim - facts.x.ndim):
        kept = np.zeros_like(g)
        np.moveaxis(kept, axis, 0)[0] = np.moveaxis(g, axis, 0)[0]
        told = f"the sum over axis {axis} of grad is missing: the first counts"
        yield told, facts.gradient_for([kept, *others])


def _moved(a: NDArray[Any]) -> Iterator[tuple[str, NDArray[Any]]]:
    yield from (("is transposed", turned) for turned in _transposed(a))
    for axis in [*range(a.ndim), None]:
        over = "all axes" if axis is None else f"axis {axis}"
        for told, total in (("sum", a.sum), ("mean", a.mean)):
            repeated = np.broadcast_to(total(axis=axis, keepdims=True), a.shape)
            yield f"is the {told} over {over} of the right one, repeated", repeated


def _transposed(a: NDArray[Any]) -> Iterator[NDArray[Any]]:
    axes = tuple(range(a.ndim))
    yield from (a.transpose(o) for o in permutations(axes) if o != axes and a.transpose(o).shape == a.shape)


def _lost(facts: Facts) -> Iterator[tuple[str, NDArray[Any]]]:
    """Of several contributions to one value one counts: the last, or that of the same place."""
    parts, size = flat(facts.cotangents)[:, None] * facts.jacobian, np.abs(facts.jacobian)
    there = size > 1e-7 * size.max(initial=0.0)
    last = len(parts) - 1 - there[::-1].argmax(axis=0)
    told = "of several contributions to one value only one counts"
    kept = np.take_along_axis(parts, last[None], axis=0).reshape(facts.x.shape)
    yield f"{told}: assigned in the place of added, as where an index repeats or windows overlap", kept
    if len(parts) == parts.shape[1]:
        yield f"{told}: the diagonal of the Jacobian", np.diagonal(parts).reshape(facts.x.shape)


def _partly(facts: Facts) -> Iterator[str]:
    """Wrong only beyond a threshold, or at places along an axis."""
    mine, true = facts.gradient, facts.expected
    size = np.abs(true)  # what is far below the largest is rounding
    bad = np.abs(mine - true) > FIT * np.maximum(size, 1e-3 * size.max(initial=0.0)) + 1e-13
    places: list[str] = []
    if comb(bad.size, int(bad.sum())) >= 15:  # few values are often separated by chance
        for i in sorted(facts.sample.floats, key=lambda i: i != facts.index):
            places += _threshold(facts.sample.inputs[i], bad, facts.sample.names[i])
    for axis, n in enumerate(bad.shape):
        rest = tuple(k for k in range(bad.ndim) if k != axis)
        wrong = bad.any(axis=rest)
        if wrong.any() and not wrong.all() and np.array_equal(wrong, bad.all(axis=rest)):
            places.append(f" at {', '.join(map(str, np.flatnonzero(wrong)))} along axis {axis} (of {n})")
    yield from (f"wrong only{place}{_how(mine[bad], true[bad])}" for place in places)


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


def _how(mine: NDArray[Any], true: NDArray[Any]) -> str:
    """Return what wrong values are: zero, or a multiple."""
    ratio = ratio_of(mine, true)
    return ": zero there" if fits(mine, 0 * true) else f": {as_number(ratio)} times there" if ratio else ""
