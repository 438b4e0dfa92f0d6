"""Hypotheses on single contributions: what one value of grad gives to one value of the gradient."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from .facts import Facts, close_entries, fits

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray


def averaged(facts: Facts) -> Iterator[str]:
    """Each contribution is divided by how many there are."""
    for mine, true in _pair(facts):
        there = true != 0
        for along, told in (
            (0, "the number of outputs that depend on a value: averaged over them, not added up"),
            (1, "the number of values that an output is made of: a mean for a sum"),
        ):
            count = there.sum(along, keepdims=True)
            if np.ptp(count) and fits(mine * np.maximum(count, 1), true):
                yield f"each contribution is divided by {told}"


def exchanged(facts: Facts) -> Iterator[str]:
    """The gradients of the outputs are taken in another order, or the values of grad are."""
    for mine, true in _pair(facts):
        blocks = np.split(np.arange(len(true)), np.cumsum(facts.sizes)[:-1])
        for a in range(len(blocks)):
            for b in range(a):
                order = [*blocks[:b], blocks[a], *blocks[b + 1 : a], blocks[b], *blocks[a + 1 :]]
                if len(blocks[a]) == len(blocks[b]) and fits(mine[np.concatenate(order)], true):
                    yield f"the gradients of output {b} and output {a} are swapped"
        if len(true) > 2 and _permuted(mine, true):
            yield "the values of grad are read in the wrong order: they are permuted"


def _permuted(mine: NDArray[Any], true: NDArray[Any]) -> bool:
    left = list(true)
    for row in mine:
        k = next((k for k, other in enumerate(left) if fits(row, other)), None)
        if k is None:
            return False
        del left[k]
    return True


def astray(facts: Facts) -> Iterator[str]:
    """Each value of grad is handed on as a whole, elsewhere or to more than it should."""
    for mine, true in _pair(facts):
        whole = true.sum(1)
        if (np.abs(whole) > 1e-3 * np.abs(true).max()).all() and fits(mine.sum(1), whole):
            yield "each value of grad arrives in full, but not in the right places"


def signs(facts: Facts) -> Iterator[str]:
    """All sizes are right, and some signs are wrong."""
    for mine, true in _pair(facts):
        if fits(np.abs(mine), np.abs(true)):
            lost = (mine >= 0).all() and (true > 0).any()
            yield (
                "the sign of the derivative is lost: its absolute value is right"
                if lost
                else "the sizes are right, some signs are wrong"
            )


def lost(facts: Facts) -> Iterator[str]:
    """Some contributions are missing, all others are right."""
    for mine, true in _pair(facts):
        gone = (np.abs(mine) <= 1e-12 * np.abs(true).max()) & (np.abs(true) > 1e-6 * np.abs(true).max())
        if not gone.any() or not close_entries(mine, true)[~gone].all():
            continue
        kept, whole = ~gone & (true != 0), gone.any(1)
        ignored = None if kept[whole].any() or whole.all() or len(facts.sizes) > 1 else whole
        if ignored is not None and (where := _along(ignored.reshape(facts.grad.shape))):
            yield f"grad is ignored {where}"
        elif kept.any() and (true[gone] < 0).all() and (true[kept] > 0).all():
            yield "what enters with a minus sign is missing: negative slopes are zero"
        elif kept.any(0)[gone.any(0)].all():
            yield (
                "of several contributions to one value not all count: "
                "a term is missing, or overwritten where it must be added up"
            )


def _along(gone: NDArray[Any]) -> str | None:
    """Return where along one axis, None if that does not say it all."""
    for axis in range(gone.ndim):
        rest = tuple(k for k in range(gone.ndim) if k != axis)
        if (gone.any(rest) == gone.all(rest)).all():
            places = ", ".join(map(str, np.flatnonzero(gone.all(rest))))
            return f"at {places} along axis {axis} (of {gone.shape[axis]})"
    return None


def _pair(facts: Facts) -> Iterator[tuple[NDArray[Any], NDArray[Any]]]:
    """Yield the analytic and the numeric Jacobian (outputs, values), if there is one to speak of."""
    mine, true = facts.rule(), facts.matrix
    if mine is None or true is None or mine.shape != true.shape or mine.size < 2:
        return
    if not fits(mine, true):  # else grad itself is used otherwise, squared say
        yield mine, np.where(np.abs(true) > 1e-7 * np.abs(true).max(), true, 0.0)
