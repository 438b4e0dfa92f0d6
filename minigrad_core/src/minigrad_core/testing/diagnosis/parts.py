"""Hypotheses on a part of it: an output, an axis, a region, some contributions."""

from collections.abc import Iterator
from math import comb
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .facts import Facts, as_number, differing, fits, ratio_of

ZERO = ": zero there"


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
    """Right on one side of a threshold, wrong on the other; so at other values, too."""
    seen = [facts] if facts.again is None else [facts, facts.again]
    bad = [_columns(each).ravel() for each in seen]
    chances = comb(bad[0].size, int(bad[0].sum()))  # few values are often separated by chance
    for k, (name, values) in enumerate(facts.values.items()):
        if values.shape == facts.x.shape and chances >= (15 if k else 6):
            pooled = np.concatenate([each.values[name].ravel() for each in seen])
            if (where := threshold(pooled, np.concatenate(bad), name)) is not None:
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
