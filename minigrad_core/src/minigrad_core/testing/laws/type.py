"""float32 stays float32, float64 stays float64, and both are as good as they can be."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Any

import numpy as np

from ..closeness import everywhere, finite
from ..finding import Broken, Finding, Law
from ..oracle.lost import DOUBLE, SEPARATE, SINGLE, SLACK, lost, results
from ..oracle.slopes import LONG
from ..samples.special import FAR
from ..study import Study
from ..trial import Trial


def types(study: Study, trial: Trial) -> Iterator[Finding]:
    """float32 in gives float32 out, as good as that allows; float64 likewise.

    Single precision is compared with double, double with long double where values are tiny or close together:
    what is lost beyond what rounding of the inputs explains was lost by the formula.
    Faults: `np.zeros(shape)` without a dtype, an int64 mask times float32, half precision in between,
    `log(1 + x)` near zero, a variance by E[x^2] - E[x]^2.
    Fix: `dtype=x.dtype`, `.astype(grad.dtype)`; `np.log1p`, `np.expm1`, `np.logaddexp`, shifted formulas.
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
            yield from lost(trial, long, np.dtype(np.longdouble))
    again, narrowed = study.again(trial)
    if narrowed is not None:  # it gives what double precision gives, too
        yield from _dtypes(trial, *narrowed, SINGLE)
    elif again is not None or recipe.label == FAR:
        try:
            single = trial.on(sample.cast(np.float32))
            yield from _dtypes(trial, single.outputs, single.received if trial.differentiable else (), SINGLE)
            yield from _precision(study, trial, single)
        except Broken as broken:
            if recipe.family == "case":
                yield Finding(broken.code, f"in float32: {broken.fact}", sample)


def _dtypes(
    trial: Trial, outputs: Sequence[Any], gradients: Sequence[Any], kind: np.dtype[Any]
) -> Iterator[Finding]:
    if not trial.differentiable:
        return
    label = trial.sample.recipe.label
    given = f"for {kind} inputs" + ("" if label.startswith("case") else f" (at {label})")
    for k, y in enumerate(outputs):
        if y.dtype != kind and y.dtype.kind in "fc" and np.finfo(y.dtype).dtype != kind:
            yield Finding("wrong-dtype", f"{trial.called(k)} is {y.dtype} {given}", trial.sample)
    if not any(y.dtype.kind in "fc" for y in outputs):
        yield Finding("wrong-dtype", f"no output is a float: got {outputs[0].dtype} {given}", trial.sample)
    for i, g in enumerate(gradients):
        if g is not None and g.dtype != kind:
            yield Finding("wrong-dtype", f"the gradient for input {i} is {g.dtype} {given}", trial.sample)


def _truncated(trial: Trial) -> Iterator[Finding]:
    """Yield what has 24 bits in each value for inputs of 53, though more than 12."""
    for name, y in results(trial):
        if everywhere(y == y.astype(SINGLE)) and finite(y) and (np.frexp(y)[0] * 2**12 % 1).any():
            inputs = [trial.sample.inputs[i] for i in trial.sample.floats]
            if any((x != x.astype(SINGLE)).any() for x in inputs):
                fact = f"{name} has single precision for float64: is something cast to float32?"
                yield Finding("imprecise", fact, trial.sample)


def _precision(study: Study, trial: Trial, single: Trial) -> Iterator[Finding]:
    family, label = trial.sample.recipe.family, trial.sample.recipe.label
    if not trial.sample.finite or not trial.finite or family in ("kinks", "indices", "extremes"):
        return
    if trial in study.representatives or family == "large" or label == FAR:
        with suppress(Broken):
            if not _as_good(single, trial) and not _reordered(single, trial):
                yield from lost(single, single.on(single.sample.cast(DOUBLE)), DOUBLE)


def _reordered(single: Trial, double: Trial) -> bool:
    """Whether an output has the same values in another order, as eigenvalues may: so has its gradient."""
    for mine, exact in zip(single.outputs, double.outputs, strict=True):
        slack = 10 * SLACK[SINGLE] * float(np.abs(exact).max(initial=0.0))
        if mine.shape == exact.shape and (np.abs(mine - exact) > slack).any():
            sizes = (np.sort(np.abs(y), axis=None) for y in (mine, exact))
            return bool((np.abs(np.subtract(*sizes)) <= slack).all())
    return False


def _as_good(single: Trial, double: Trial) -> bool:
    """Whether single precision gives what double does, though its inputs are rounded as well."""
    for (_, mine), (_, exact) in zip(results(single), results(double), strict=True):
        slack = SLACK[SINGLE] * float(np.abs(exact).max(initial=0.0))
        if mine.shape != exact.shape or not everywhere(np.abs(mine - exact) <= slack):
            return False
    return True


LAW = Law("type", types, after=("frame", "same"))
