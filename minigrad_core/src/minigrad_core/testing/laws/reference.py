"""The outputs equal those of what the subject is held against."""

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import numpy as np

from ..answer import Answer, answer_of, name_of
from ..closeness import close, largest, same_bits
from ..finding import Broken, DoesNotApply, Finding, Law
from ..guarded import guarded
from ..oracle.compare import SUBNORMAL, moved
from ..oracle.slopes import LONG
from ..samples.sample import Sample
from ..study import Study
from ..trial import Trial

EPS = 2 * float(np.finfo(np.float64).eps)


def reference(study: Study, trial: Trial) -> Iterator[Finding]:
    """The outputs equal the author's `reference`, and the NumPy functions that the operation `implements`.

    In shape, kind and value, at every sample that the reference takes, and in the digits of small values.
    Faults: a constant, an axis or a default that is another one, two arguments exchanged, an approximation
    under NumPy's name, `log(1 + exp(x))` at -30. The gradient may be right for the wrong values.
    Fix: mend forward; a reference is a slow and obvious forward, of the same inputs and settings.
    """
    functions = trial.subject.declared.references
    if not functions:
        raise DoesNotApply("no reference is given, and it implements no NumPy function")
    for answer in trial.said:
        yield from _compared(trial, answer)
    given, promised = study.subject.declared.given, trial.sample.recipe.family == "case"
    if promised and given is not None and all(a.function is not given for a in trial.said):
        guarded("the reference", lambda: given(*trial.sample.inputs, **trial.sample.settings))
    if not trial.said:
        told = f"{name_of(functions[0])} takes other arguments"
        raise DoesNotApply(f"{told}: give a reference that takes these")


def _compared(trial: Trial, answer: Answer) -> Iterator[Finding]:
    if len(trial.outputs) != len(answer.parts):
        fact = f"it gives {len(trial.outputs)} outputs, {answer.name} gives {len(answer.parts)}"
        yield Finding("differs-from-reference", fact, trial.sample)
        return
    for k, (mine, other) in enumerate(zip(trial.outputs, answer.parts, strict=True)):
        which = trial.called(k)
        unlike = mine.dtype.kind != other.dtype.kind or (mine.dtype.kind == "f" and mine.dtype != other.dtype)
        if mine.shape != other.shape or (mine.size and unlike):
            fact = f"{which} is {mine.shape} {mine.dtype}, {answer.name} gives {other.shape} {other.dtype}"
            yield Finding("differs-from-reference", fact, trial.sample)
        elif not same_bits(mine, other) and not _as_good(trial, answer, k, mine, other):
            fact = _difference(which, answer.name, mine, other)
            yield Finding("differs-from-reference", fact, trial.sample)


def _as_good(trial: Trial, answer: Answer, k: int, mine: Any, other: Any) -> bool:
    """Whether two results differ by rounding: their own, or that of the inputs."""
    if mine.dtype.kind not in "fc":
        return False
    family = trial.sample.recipe.family
    if family in ("extremes", "offsets"):
        known = np.isfinite(other)
        mine, other = np.where(known, mine, 0), np.where(known, other, 0)  # there it may overflow itself
    if family == "odd":
        # inf - inf, or inf, as it comes; but an infinity is neither a number nor the other infinity.
        unclear = ~np.isfinite(mine) & ~np.isfinite(other) & (np.isnan(mine) | np.isnan(other))
        if answer.function is trial.subject.declared.given:  # another formula may come to 0 times infinity
            missing = [np.isnan(trial.sample.inputs[i]) for i in trial.sample.floats]
            unclear |= np.isnan(other) & (sum(missing) == 0) if trial.elementwise else np.isnan(mine)
        mine, other = (np.where(unclear, np.nan, y) for y in (mine, other))
        if close(np.sort(mine, axis=None), np.sort(other, axis=None), 1e-9, 1e-12):
            return True  # where NaN and equal values come in a partition is nobody's promise
    scale = largest(other)
    rtol = max(1e-9, 64 * float(np.finfo(mine.dtype).eps))  # a case may be in single precision
    if close(mine, other, rtol, 1e-3 * rtol * max(scale, 1.0)):
        return not (trial.pointwise and _loses(trial, k, mine, other, rtol))

    def result(sample: Sample) -> Any:
        moved_answer = answer_of(answer.function, trial.subject, sample)
        return None if moved_answer is None or len(moved_answer.parts) <= k else moved_answer.parts[k]

    slack = 256 * moved(result, trial.sample, other, EPS) + 1e-9 * scale * (family != "case")
    equal = (mine == other) | (np.isnan(mine) & np.isnan(other))
    if (equal | (np.abs(mine - other) <= slack)).all():
        return True
    # What is obvious may lose digits: then it is not forward that is far from it in long double.
    exact = result(trial.sample.cast(np.longdouble)) if LONG else None
    if exact is None or exact.shape != mine.shape:
        return False
    off, theirs = np.abs(mine - exact), np.abs(other - exact)
    return bool((equal | (off <= slack) | (off <= 0.01 * theirs)).all())


def _loses(trial: Trial, k: int, mine: Any, other: Any, rtol: float) -> bool:
    """Whether small values have lost digits that they have in long double, as the reference says, too."""
    off = np.abs(mine - other)
    lost = off > rtol * np.abs(other) + SUBNORMAL
    with suppress(Broken):
        exact = trial.on(trial.sample.cast(np.longdouble)).outputs[k] if LONG and lost.any() else mine
        return bool((lost & (np.abs(exact - other) < 0.01 * off)).any())
    return False


def _difference(which: str, name: str, mine: Any, other: Any) -> str:
    if mine.dtype.kind not in "fc":
        return f"{which} differs from {name} in {int(np.sum(mine != other))} of {mine.size} places"
    error = np.where(np.isfinite(mine) & np.isfinite(other), np.abs(mine - other), np.inf)
    error = np.where((mine == other) | (np.isnan(mine) & np.isnan(other)), 0.0, error)
    place = np.unravel_index(int(error.argmax()), error.shape) if error.ndim else ()
    at = f" at {tuple(map(int, place))}" if place else ""
    return f"{which} differs from {name}{at}: {mine[place]:.6g}, expected {other[place]:.6g}"


LAW = Law("reference", reference, after=("frame", "same"))
