"""float32 stays float32, float64 stays float64, and both are as good as they can be."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..closeness import close, everywhere, finite, largest
from ..finding import Broken, Finding, Law
from ..oracle.compare import moved
from ..oracle.slopes import LONG
from ..samples.sample import Sample
from ..samples.special import CLOSE, FAR, SMALL
from ..study import Study
from ..trial import Trial

SINGLE, DOUBLE = np.dtype(np.float32), np.dtype(np.float64)
SEPARATE = (FAR, CLOSE)  # far from zero, a result that is tiny has not cancelled by chance
SLACK = {SINGLE: 1e3 * float(np.finfo(SINGLE).eps), DOUBLE: 1e-6}  # of the largest value


def types(study: Study, trial: Trial) -> Iterator[Finding]:
    """float32 in gives float32 out, as good as that allows; float64 likewise.

    Single precision is compared with double, double with long double where values are tiny or close together:
    what is lost beyond what rounding of the inputs explains was lost by the formula.
    Faults: `np.zeros(shape)` without a dtype, a NumPy scalar such as `np.log(2)`, which makes float32 float64
    where a Python float does not, an int64 mask, `log(1 + x)` near zero, a variance by E[x^2] - E[x]^2.
    Fix: `dtype=x.dtype`, `float(np.log(2))`; `np.log1p`, `np.expm1`, `np.logaddexp`, shifted formulas.
    """
    sample, recipe = trial.sample, trial.sample.recipe
    if sample.typed or not sample.floats:  # NumPy itself makes float64 of np.exp(2.0)
        return
    if trial.differentiable and not trial.pulls:
        return
    yield from _dtypes(trial, trial.outputs, trial.sweep.received if trial.differentiable else (), DOUBLE)
    if recipe.family == "case":
        yield from _truncated(trial)
    if LONG and recipe.family == "offsets" and trial.finite and (recipe.label in SEPARATE or trial.pointwise):
        with suppress(Broken):
            long = trial.on(sample.cast(np.longdouble))
            yield from _lost(trial, long, np.dtype(np.longdouble))
    again, narrowed = study.again(trial)
    if narrowed is not None:  # it gives what double precision gives, too
        yield from _dtypes(trial, *narrowed, SINGLE)
    elif again is not None or recipe.label == FAR or _small(trial):
        try:
            single = trial.on(sample.cast(np.float32))
            yield from _dtypes(trial, single.outputs, single.received if trial.differentiable else (), SINGLE)
            yield from _precision(study, trial, single)
        except Broken as broken:
            if recipe.family == "case":
                yield Finding(broken.code, f"in float32: {broken.fact}", sample)


def _dtypes(trial: Trial, outputs: Sequence[Any], gradients: Sequence[Any], kind: Any) -> Iterator[Finding]:
    if not trial.differentiable:
        return
    label = trial.sample.recipe.label
    given = f"for {kind} inputs" + ("" if label.startswith("case") else f" (at {label})")
    for k, y in enumerate(outputs):
        if y.dtype != kind and y.dtype.kind in "fc" and np.finfo(y.dtype).dtype != kind:
            yield Finding("wrong-dtype", f"{trial.called(k)} is {y.dtype} {given}", trial.sample.cast(kind))
    for i, g in enumerate(gradients):
        if g is not None and g.dtype != kind:
            fact = f"the gradient for input {i} is {g.dtype} {given}"
            yield Finding("wrong-dtype", fact, trial.sample.cast(kind))


def _truncated(trial: Trial) -> Iterator[Finding]:
    """Yield what has 24 bits in each value for inputs of 53, though more than 12."""
    for name, y in _results(trial):
        if everywhere(y == y.astype(SINGLE)) and finite(y) and (np.frexp(y)[0] * 2**12 % 1).any():
            inputs = [trial.sample.inputs[i] for i in trial.sample.floats]
            if any((x != x.astype(SINGLE)).any() for x in inputs):
                fact = f"{name} has single precision for float64: is something cast to float32?"
                yield Finding("imprecise", fact, trial.sample)


def _precision(study: Study, trial: Trial, single: Trial) -> Iterator[Finding]:
    family, label = trial.sample.recipe.family, trial.sample.recipe.label
    if not trial.sample.finite or not trial.finite or family in ("kinks", "indices", "extremes"):
        return
    if trial in study.representatives or family == "large" or label == FAR or _small(trial):
        with suppress(Broken):
            both = zip(_results(single), _results(trial), strict=True)
            if not _as_good((x, y) for (_, x), (_, y) in both) and not _reordered(single, trial):
                yield from _lost(single, single.on(single.sample.cast(DOUBLE)), DOUBLE)


def _small(trial: Trial) -> bool:
    """Whether values are of a size at which a formula ends, and a series begins."""
    return trial.pointwise and trial.sample.recipe.style == "small"


def _reordered(single: Trial, double: Trial) -> bool:
    """Whether an output has the same values in another order, as eigenvalues may: so has its gradient."""
    pairs = [(np.abs(x), np.abs(y)) for x, y in zip(single.outputs, double.outputs, strict=True)]
    sizes = [(np.sort(x, axis=None), np.sort(y, axis=None)) for x, y in pairs]
    return _as_good(sizes) and not _as_good(pairs)


def _as_good(pairs: Iterable[tuple[Any, Any]]) -> bool:
    """Whether single precision gives what double does, though its inputs are rounded as well."""
    return all(x.shape == y.shape and close(x, y, 0.0, SLACK[SINGLE] * largest(y)) for x, y in pairs)


def _results(trial: Trial) -> list[tuple[str, NDArray[Any]]]:
    """Return the float outputs and gradients with their names."""
    named = [(trial.called(k), y) for k, y in enumerate(trial.outputs)]
    if trial.differentiable:
        gradients = enumerate(trial.received)
        named += [(f"the gradient for input {i}", g) for i, g in gradients if g is not None]
    return [(name, values) for name, values in named if values.dtype.kind == "f"]


def _lost(coarse: Trial, fine: Trial, kind: np.dtype[Any]) -> Iterator[Finding]:
    """Yield what `coarse` has lost against the same values in a finer type."""
    own = DOUBLE if kind != DOUBLE else SINGLE
    for k, ((name, mine), (_, exact)) in enumerate(zip(_results(coarse), _results(fine), strict=True)):
        if exact.dtype != kind or not finite(exact) or exact.shape != mine.shape or not exact.size:
            continue
        size, gradient = float(np.abs(exact).max()), name.startswith("the gradient")
        allowed = _allowed(coarse, own, size, gradient=gradient)
        error = np.abs(mine.astype(kind) - exact)
        if allowed is None or everywhere(error <= allowed):
            continue
        if not gradient and _reference_loses(coarse, fine, k, error):
            return

        def result(sample: Sample, k: int = k) -> Any:
            return _results(fine.on(sample))[k][1]

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
    inputs = [float(np.abs(base.sample.inputs[i]).max(initial=0.0)) for i in base.sample.floats]
    # As steep as it is elsewhere, or as y / x: tanh' = 1 - y^2 cancels where tanh is nearly 1.
    usual = max(base.steepest if base.pulls else 0.0, base.size / max(*inputs, 1e-3))
    separate = label in SEPARATE
    if not float(np.finfo(own).tiny) / eps < size < float(np.finfo(own).max) ** 0.5 or usual < 1e-12:
        return None  # of a long product, parts may be none that it can hold; or all is zero
    if label == SMALL and not gradient:
        return None  # a cosine minus one has no more digits than that
    if (separate or _small(coarse)) and size < 0.05 * usual:
        return None  # derivatives of nearly equal values cancel, and what is of second order in small ones
    if own == DOUBLE and (size < 16 * eps or not coarse.pointwise) and not separate:
        return None  # log(cosh(x)) near 0: constants rounded to float64 spoil long double as well
    allowed = SLACK[own] * size * (10 if coarse.sample.recipe.family == "large" else 1)
    if own == SINGLE and separate:
        allowed = (0.1 if gradient else 1e-3) * size
    if gradient:
        return allowed + 256 * eps * usual  # a derivative that cancels: only rounding is left
    # One minus a cosine that is nearly one; a sum of a thousand that cancels.
    return allowed + 1e3 * eps * base.size * (separate or coarse.sample.recipe.family == "large")


def _reference_loses(coarse: Trial, fine: Trial, k: int, error: NDArray[Any]) -> bool:
    """Whether what it is held against loses as much, as a fit of nearly equal points does."""
    for mine, exact in zip(coarse.answers, fine.answers, strict=False):
        if mine.parts[k].shape == exact.parts[k].shape == error.shape:
            off = np.abs(mine.parts[k] - exact.parts[k])
            return bool(off.max(initial=0.0) > 0.1 * error.max(initial=0.0))
    return False


LAW = Law("type", types, after=("frame", "same"))
