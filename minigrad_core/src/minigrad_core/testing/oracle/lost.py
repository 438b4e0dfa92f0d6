"""What a result has lost in a coarser precision, beyond what rounding of the inputs explains."""

from collections.abc import Iterator
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ..closeness import everywhere, finite
from ..finding import Finding
from ..samples.sample import Sample
from ..samples.special import CLOSE, FAR, SMALL
from ..trial import Trial
from .rounding import moved

# (name, values) of the float outputs and gradients.
Results: TypeAlias = list[tuple[str, NDArray[Any]]]

SINGLE, DOUBLE = np.dtype(np.float32), np.dtype(np.float64)
SEPARATE = (FAR, CLOSE)  # far from zero, a result that is tiny has not cancelled by chance
SLACK = {SINGLE: 1e3 * float(np.finfo(SINGLE).eps), DOUBLE: 1e-6}  # of the largest value


def results(trial: Trial) -> Results:
    """Return the float outputs and gradients with their names."""
    named = [(trial.called(k), y) for k, y in enumerate(trial.outputs)]
    if trial.differentiable:
        gradients = enumerate(trial.received)
        named += [(f"the gradient for input {i}", g) for i, g in gradients if g is not None]
    return [(name, values) for name, values in named if values.dtype.kind == "f"]


def lost(coarse: Trial, fine: Trial, kind: np.dtype[Any]) -> Iterator[Finding]:
    """Yield what `coarse` has lost against the same values in a finer type."""
    own = DOUBLE if kind != DOUBLE else SINGLE
    for k, ((name, mine), (_, exact)) in enumerate(zip(results(coarse), results(fine), strict=True)):
        if exact.dtype != kind or not finite(exact) or exact.shape != mine.shape or not exact.size:
            continue
        size, gradient = float(np.abs(exact).max()), name.startswith("the gradient")
        allowed = _allowed(coarse, own, size, gradient=gradient)
        error = np.abs(mine.astype(kind) - exact)
        if allowed is None or everywhere(error <= allowed):
            continue
        if not gradient and _reference_loses(coarse, fine, k, error):
            return
        ordered = np.sort(mine.astype(kind), axis=None) - np.sort(exact, axis=None)
        if (np.abs(ordered) <= allowed).all():
            continue  # the order inside a partition is nobody's promise

        def result(sample: Sample, k: int = k) -> Any:
            return results(fine.on(sample))[k][1]

        moves = moved(result, fine.sample, exact, float(np.finfo(own).eps))
        if gradient and not coarse.pointwise:
            moves = moves.max()  # what cancels in one entry was rounded in others
        if not (error <= allowed + 64 * moves).all():
            against = "float64" if kind == DOUBLE else "long double"
            fact = f"{name} loses precision at {coarse.sample.recipe.label}, against {against}: it is off by "
            yield Finding("imprecise", f"{fact}{float(np.max(error) / size):.1g} of its size", coarse.sample)
            return


def _allowed(coarse: Trial, own: np.dtype[Any], size: float, *, gradient: bool) -> float | None:
    """Return how far off a result of this size may be, None if nothing is to be said."""
    eps, label = float(np.finfo(own).eps), coarse.sample.recipe.label
    base = coarse.base  # at ordinary values
    usual = base.steepest if base.pulls else 0.0
    separate = label in SEPARATE
    if not float(np.finfo(own).tiny) / eps < size < float(np.finfo(own).max) ** 0.5:
        return None  # of a product of a thousand values, parts may be none that it can hold
    if label == SMALL and not gradient:
        return None  # a cosine minus one has no more digits than that
    if separate and size < 0.05 * usual:
        return None  # derivatives of nearly equal values cancel
    if own == DOUBLE and (size < 16 * eps or not coarse.pointwise) and not separate:
        return None  # log(cosh(x)) near 0: constants rounded to float64 spoil long double as well
    allowed = SLACK[own] * size * (10 if coarse.sample.recipe.family == "large" else 1)
    if own == SINGLE and separate:
        allowed = (0.1 if gradient else 1e-3) * size
    if gradient:
        return allowed + 256 * eps * usual  # a derivative that cancels: only rounding is left
    return allowed + 1e3 * eps * base.size * separate  # one minus a cosine that is nearly one


def _reference_loses(coarse: Trial, fine: Trial, k: int, error: NDArray[Any]) -> bool:
    """Whether what it is held against loses as much, as a fit of nearly equal points does."""
    for mine, exact in zip(coarse.answers, fine.answers, strict=False):
        if mine.parts[k].shape == exact.parts[k].shape == error.shape:
            off = np.abs(mine.parts[k] - exact.parts[k])
            return bool(off.max(initial=0.0) > 0.1 * error.max(initial=0.0))
    return False
