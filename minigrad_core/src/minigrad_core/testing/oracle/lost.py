"""What a result has lost in a coarser precision, beyond what rounding of the inputs explains."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from ..closeness import finite
from ..finding import Finding
from ..samples.offsets import SMALL
from ..samples.sample import is_float

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from ..study import Study
    from ..trial import Trial

    # (name, values) of the float outputs and gradients.
    Results: TypeAlias = list[tuple[str, NDArray[Any]]]

SINGLE, DOUBLE = np.dtype(np.float32), np.dtype(np.float64)
ORDINARY = ("case", "magnitudes")
SLACK = {SINGLE: 1e3 * float(np.finfo(SINGLE).eps), DOUBLE: 1e-6}  # of the largest value


def results(trial: Trial) -> Results:
    """Return the float outputs and gradients with their names."""
    named = [(f"output {k}" if trial.many else "the output", y) for k, y in enumerate(trial.outputs)]
    if trial.differentiable:
        gradients = enumerate(trial.received)
        named += [(f"the gradient for input {i}", g) for i, g in gradients if g is not None]
    return [(name, values) for name, values in named if values.dtype.kind == "f"]


def _reference_loses(coarse: Trial, fine: Trial, k: int, error: NDArray[Any]) -> bool:
    """Whether what it is held against loses as much, as a fit of nearly equal points does."""
    for mine, exact in zip(coarse.answers, fine.answers, strict=False):
        if mine.parts[k].shape == exact.parts[k].shape == error.shape:
            off = np.abs(mine.parts[k] - exact.parts[k])
            return bool(off.max(initial=0.0) > 0.1 * error.max(initial=0.0))
    return False


def lost(study: Study, coarse: Trial, fine: Trial, kind: np.dtype[Any]) -> Iterator[Finding]:
    """Yield what `coarse` has lost against the same values in a finer type."""
    own = DOUBLE if kind != DOUBLE else SINGLE
    eps = float(np.finfo(own).eps)
    usual = _usual(study, coarse) if coarse.differentiable else 0.0
    for k, ((name, mine), (_, exact)) in enumerate(zip(results(coarse), results(fine), strict=True)):
        if exact.dtype != kind or not finite(exact) or exact.shape != mine.shape or not exact.size:
            continue
        size = float(np.abs(exact).max())
        if size > 1e-3 * float(np.finfo(own).max):
            continue
        error = np.abs(mine.astype(kind) - exact)
        gradient, label = name.startswith("the gradient"), coarse.sample.recipe.label
        if label == SMALL and not gradient:
            continue  # a cosine minus one has no more digits than that
        if _separate(coarse) and size < 0.05 * usual:
            continue  # derivatives of nearly equal values cancel
        allowed = SLACK[own] * size
        if own == SINGLE and _separate(coarse):
            allowed = (0.1 if gradient else 1e-3) * size
        elif own == SINGLE and coarse.sample.recipe.family == "large":
            allowed *= 10
        if size == 0 or (error <= allowed).all():
            continue
        if own == DOUBLE and (size < 16 * eps or not coarse.pointwise) and not _separate(coarse):
            continue  # log(cosh(x)) near 0: constants rounded to float64 spoil long double as well
        if gradient:
            allowed += 256 * eps * usual  # a derivative that cancels: only rounding is left
        if _separate(coarse) and not gradient:
            allowed += 1e3 * eps * study.first.size  # one minus a cosine that is nearly one
        if not gradient and _reference_loses(coarse, fine, k, error):
            return
        if (np.abs(np.sort(mine.astype(kind), axis=None) - np.sort(exact, axis=None)) <= allowed).all():
            continue  # the order inside a partition is nobody's promise
        moves = _moves(fine, eps, k, exact)
        if gradient and not coarse.pointwise:
            moves = moves.max()  # what cancels in one entry was rounded in others
        if not (error <= allowed + 64 * moves).all():
            against = "float64" if kind == DOUBLE else "long double"
            fact = f"{name} loses precision at {coarse.sample.recipe.label}, against {against}: it is off by "
            yield Finding("imprecise", f"{fact}{float(np.max(error) / size):.1g} of its size", coarse.sample)
            return


def _separate(trial: Trial) -> bool:
    """Whether the values are far from zero: then a result that is tiny has not cancelled by chance."""
    return trial.sample.recipe.label.startswith(("values of", "inputs close"))


def _usual(study: Study, trial: Trial) -> float:
    """Return how large gradients are at ordinary values: the smallest that the case's samples have."""
    case = trial.sample.recipe.case
    alike = [t for t in study.trials if t.sample.recipe.case is case and t.sample.recipe.family in ORDINARY]
    return min((t.steepest for t in alike or [study.first] if t.sweep.broken is None), default=1.0)


def _moves(trial: Trial, eps: float, k: int, exact: Any) -> Any:
    """Return how far each value of a result moves where the inputs do by eps of their size.

    The largest of several moves: one that is the same for all values of a row leaves its variance alone.
    """
    rng = np.random.default_rng(0)
    moves = []
    for _ in range(4):
        changed = {
            i: np.asarray(x * (1 + eps * rng.uniform(-1, 1, x.shape)))
            for i, x in enumerate(trial.sample.inputs)
            if is_float(x)
        }
        moves.append(np.abs(results(trial.on(trial.sample.but(changed)))[k][1] - exact))
    return np.maximum.reduce(moves)
