"""`backward` is linear in the gradient of the output."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from ..closeness import everywhere, finite
from ..finding import Broken, Finding, Law
from ..otherwise import FACTOR, scaled
from ..study import FAR_OFF, Study
from ..trial import Trial


def linear(study: Study, trial: Trial) -> Iterator[Finding]:
    """`backward` is linear in `grad`: scaled, added, and zero for zero; forward mode is its transpose.

    <g, J v> = <J^T g, v> to rounding, with J v from forward mode: no finite difference is involved.
    Faults: |g| for g, a gradient that is clipped, rounded, ignored or squared; grad is cut out of the graph.
    Fix: use `grad` once, as a factor, by NumPy calls only.
    """
    if not trial.pulls or not trial.finite:
        return
    agreed, family = study.again(trial)[0], trial.sample.recipe.family
    # At a kink the convention may be a constant, which no slope contradicts.
    if trial.sample.finite and not agreed and (agreed is False or family in ("kinks", "case")):
        grads, expected = ([scaled(g, FACTOR) for g in gs] for gs in (trial.cotangents, trial.received))
        yield from _differs(trial, grads, expected, "-2^20 times grad must give -2^20 times the gradient")
    if trial is study.first:
        yield from _sums(trial)
    slopes = all(finite(g) for g in trial.received if g is not None)  # one may be infinite, at an edge
    if slopes and trial in study.representatives and not trial.subject.declared.once_differentiable:
        yield from _adjoint(trial)


def _sums(trial: Trial) -> Iterator[Finding]:
    """Yield that the gradient of a sum is not the sum of the gradients: of two grads, and of all outputs."""
    g, (other, received) = trial.cotangents, trial.uneven
    terms = [trial.received, received]
    if trial.many:
        parts = [[y if k == j else y * 0 for k, y in enumerate(other)] for j in range(len(g))]
        terms[1:] = [trial.pull(part) for part in parts]
    expected = [None if each[0] is None else sum(each) for each in zip(*terms, strict=True)]
    total = [x + y if x.dtype.kind in "fc" else x for x, y in zip(g, other, strict=True)]
    yield from _differs(trial, total, expected, "the gradient of a sum must be the sum of the gradients")


def _adjoint(trial: Trial) -> Iterator[Finding]:
    try:
        second = trial.second
    except Broken:
        return  # the law of the derivative says so
    grads = [g for g in trial.cotangents if g.dtype.kind in "fc"]
    left = [g * p for g, p in zip(grads, second.by_cotangents, strict=True)]
    pairs = zip(trial.sample.floats, second.weights, strict=True)
    right = [trial.received[i] * w for i, w in pairs]
    gap = abs(sum(float(x.sum().real) for x in left) - sum(float(x.sum()) for x in right))
    terms = sum(float(np.abs(x).sum()) for x in (*left, *right))
    floor = sum(float(np.abs(g).sum()) for g in grads) * trial.size
    if not gap <= 1e-11 * terms + 1e-14 * floor:
        fact = f"forward and reverse mode differ: <g, J v> and <J^T g, v> are {gap:.2g} apart; "
        yield Finding("not-adjoint", f"{fact}is grad cut out of the graph?", trial.sample)


def _differs(trial: Trial, grads: Sequence[Any], expected: Sequence[Any], law: str) -> Iterator[Finding]:
    least = max((float(np.abs(g).max(initial=0.0)) for g in grads), default=1.0)
    for i, (r, e) in enumerate(zip(trial.pull(grads), expected, strict=True)):
        if e is None:
            continue
        # What overflows for any backward says nothing.
        error, scale = np.where(np.isfinite(e), np.abs(r - e), 0), np.where(np.isfinite(e), np.abs(e), 0)
        # A derivative that cancels to zero leaves rounding at the scale of grad and output, more far off.
        floor = (1e-11 if trial.sample.recipe.family in FAR_OFF else 1e-13) * least * (1 + trial.size)
        if not everywhere(error <= 1e-11 * scale.max(initial=0.0) + floor):
            off = f"it is off by {float(np.max(error)):.2g}"
            fact = f"input {i}: backward is not linear in grad: {law}, {off}"
            yield Finding("not-linear", fact, trial.sample)
            return


LAW = Law("linear", linear, after=("frame", "same"))
