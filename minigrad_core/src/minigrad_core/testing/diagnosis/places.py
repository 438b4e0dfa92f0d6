"""Hypotheses on where the gradient is wrong: places, axes, regions, indices."""

from __future__ import annotations

from itertools import permutations
from math import comb
from typing import TYPE_CHECKING, Any

import numpy as np

from .facts import FIT, Facts, as_number, close_entries, fits, ratio_of, region, thresholds

if TYPE_CHECKING:
    from collections.abc import Iterator


def arrangement(facts: Facts) -> Iterator[str]:
    """The right values in the wrong places."""
    true, mine = facts.true, facts.mine
    for axes in permutations(range(true.ndim)):
        if (
            axes != tuple(range(true.ndim))
            and true.transpose(axes).shape == mine.shape
            and fits(mine, true.transpose(axes))
        ):
            yield (
                "the gradient is transposed"
                if true.ndim == 2
                else f"the axes of the gradient are permuted: {axes}"
            )
    for axis in range(true.ndim):
        if true.shape[axis] > 1 and fits(mine, np.flip(true, axis)):
            yield f"the gradient is reversed along axis {axis}"
        for shift in range(1, true.shape[axis]):
            if fits(mine, np.roll(true, shift, axis)):
                halves = "the two halves are swapped: " if 2 * shift == true.shape[axis] else ""
                yield f"{halves}the gradient is shifted by {shift} along axis {axis}"
        yield from _shifted_out(facts, axis)
    for name, other in facts.others.items():
        if other.shape == mine.shape and fits(mine, other):
            yield f"it is the gradient of {name}: the inputs are swapped"
        elif other.shape == mine.shape and fits(mine, -other):
            yield f"it is minus the gradient of {name}: the inputs are swapped"
    if true.ndim == 2 and true.shape[0] == true.shape[1] > 1:
        if fits(true, mine + mine.T):
            yield "a term is missing: the transpose of this gradient has to be added"
        elif fits(true, (mine + mine.T) / 2):
            yield "its symmetric part is expected: the mean of this gradient and its transpose"
    if true.ndim > 1 and fits(mine.ravel(), true.T.ravel()):
        yield "the gradient is reshaped where it must be transposed"
    if true.size > 2 and fits(np.sort(mine.ravel()), np.sort(true.ravel())):
        yield "the right values are in the wrong places: they are permuted"


def _shifted_out(facts: Facts, axis: int) -> Iterator[str]:
    """Shifted along an axis, over its end."""
    n = facts.true.shape[axis]
    for shift in range(1, n - 1):
        low, high = np.arange(n - shift), np.arange(shift, n)
        for a, b in ((low, high), (high, low)):
            mine, true = np.take(facts.mine, a, axis), np.take(facts.true, b, axis)
            if true.size > 3 and np.count_nonzero(true) > 3 and fits(mine, true):
                yield f"the gradient is shifted by {shift} along axis {axis}, over its end"


def reduced(facts: Facts) -> Iterator[str]:
    """A sum or mean over an axis too many or too few."""
    true, mine = facts.true, facts.mine
    for axis in (*range(true.ndim), None):
        n = true.size if axis is None else true.shape[axis]
        if n < 2:
            continue
        along = "all axes" if axis is None else f"axis {axis}"
        for what, made in (("sum", np.sum), ("mean", np.mean)):
            if fits(mine, np.broadcast_to(made(true, axis=axis, keepdims=True), true.shape)):
                yield f"the gradient is the {what} over {along} of the right one, repeated"
    for axis in range(true.ndim):
        if true.shape[axis] < 3:
            continue
        missing = (
            np.abs(mine - true).max(axis=tuple(k for k in range(true.ndim) if k != axis))
            > FIT * np.abs(true).max()
        )
        if missing.any() and not missing.all():
            places = ", ".join(map(str, np.flatnonzero(missing)))
            inner = not missing[0] and not missing[-1] and missing[1:-1].all() and true.shape[axis] > 3
            hint = ", all but the edges: do contributions overlap?" if inner else ""
            told = f"wrong only at {places} along axis {axis} (of {true.shape[axis]}){hint}"
            yield told + how_wrong(facts, np.isin(np.indices(true.shape)[axis], np.flatnonzero(missing)))


def triangle(facts: Facts) -> Iterator[str]:
    """Wrong in one triangle of a matrix, or on its diagonal."""
    bad = ~close_entries(facts.mine, facts.true)
    if bad.ndim != 2 or min(bad.shape) < 3:
        return
    row, column = np.indices(bad.shape)
    for told, place in (
        ("on the diagonal", row == column),
        ("off the diagonal", row != column),
        ("above the diagonal", row < column),
        ("below the diagonal", row > column),
        ("on and above the diagonal", row <= column),
        ("on and below the diagonal", row >= column),
    ):
        if np.array_equal(bad, place):
            yield f"wrong only {told}" + how_wrong(facts, bad)


def how_wrong(facts: Facts, bad: Any) -> str:
    """Return what the wrong entries are: zero, to be zero, or a multiple."""
    mine, true = facts.mine[bad], facts.true[bad]
    if fits(mine, 0 * true):
        return ": zero there"
    if fits(true, 0 * mine):
        return ": it must be zero there"
    ratio = ratio_of(mine, true)
    return f": {as_number(ratio)} times there" if ratio is not None else ""


def misplaced(facts: Facts) -> Iterator[str]:
    """Wrong entries, but right sums: contributions are put in the wrong places."""
    true, mine = facts.true, facts.mine
    for axis in range(true.ndim):
        whole = true.sum(axis)
        # Sums that are zero, as those of a softmax or of differences, are right wherever contributions are.
        told = np.abs(whole).max(initial=0.0) > 1e-3 * np.abs(true).max(initial=0.0)
        if true.shape[axis] > 2 and told and fits(mine.sum(axis), whole) and not fits(mine, true):
            yield f"the sums over axis {axis} are right: contributions are put in the wrong places along it"


def changed_input(facts: Facts) -> Iterator[str]:
    """It is the gradient for another value of another input: one that was reversed, transposed, negated."""
    for told, gradient in facts.elsewhere():
        if fits(facts.mine, gradient):
            yield f"it is the gradient with {told}"


def region_only(facts: Facts) -> Iterator[str]:
    """Right on one side of a threshold, wrong on the other."""
    bad = ~close_entries(facts.mine, facts.true)
    if not bad.any() or bad.all() or facts.x.shape != bad.shape:
        return
    # How many places the wrong ones might have had: few values are often separated by chance.
    choices = comb(bad.size, int(bad.sum()))
    where = None
    for values, name, least in (
        (facts.x, facts.name, 6),
        (facts.output, facts.output_name, 15),
        (facts.grad, "grad", 100),
    ):
        if where is None and values.shape == bad.shape and choices >= least and _again(facts, name):
            where = region(values, bad, name)
    if where is None or not (facts.true.any(where=~bad) or facts.mine.any(where=~bad)):
        return
    yield f"wrong only where {where}{how_wrong(facts, bad)}; right elsewhere"


def _again(facts: Facts, name: str) -> bool:
    """Whether a threshold of the same kind separates right from wrong among other values, too."""
    other = facts.again()
    if other is None:
        return True
    kinds = []
    for each in (facts, other):
        bad = ~close_entries(each.mine, each.true)
        values = {each.name: each.x, each.output_name: each.output, "grad": each.grad}[name]
        kinds.append({told: (low, high) for told, low, high in thresholds(values, bad, name)})
        if bad.all() or not bad.any():
            return True
    first, second = kinds
    return any(
        told in second and max(low, second[told][0]) < min(high, second[told][1])
        for told, (low, high) in list(first.items())[:1]
    )


def sparse(facts: Facts) -> Iterator[str]:
    """Some entries are wrong, the others right."""
    bad = ~close_entries(facts.mine, facts.true)
    if not bad.any() or bad.all():
        return
    mine, true = facts.mine[bad], facts.true[bad]
    if fits(mine, 0 * true):
        yield f"{int(bad.sum())} of {bad.size} entries are zero and must not be: a contribution is lost"
    elif fits(true, 0 * mine):
        yield f"{int(bad.sum())} of {bad.size} entries are not zero where they must be"
    elif (ratio := ratio_of(mine, true)) is not None and bad.sum() > 1:
        yield f"{int(bad.sum())} of {bad.size} entries are {as_number(ratio)} times the numeric ones"
