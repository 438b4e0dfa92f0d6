"""The outputs equal those of what the subject is held against."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ..closeness import close
from ..finding import DoesNotApply, Finding, Law
from ..result_of import result_of
from ..samples.sample import is_float

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from ..study import Study
    from ..trial import Trial


def reference(study: Study, trial: Trial) -> Iterator[Finding]:
    """The outputs equal the author's `reference`, and the NumPy functions that the operation `implements`.

    In shape, kind and value, on every sample at which the reference gives a result.
    Faults: a constant, an axis or a default that is another one, two arguments exchanged, an approximation
    under NumPy's name. The gradient may be right for the wrong values: only a reference tells.
    Fix: mend forward; a reference is a slow and obvious forward, of the same inputs and settings.
    """
    functions = trial.subject.declared.references
    if not functions:
        raise DoesNotApply("no reference is given, and it implements no NumPy function")
    compared = False
    for function in functions:
        theirs = result_of(function, trial)
        if theirs is not None:
            compared = True
            yield from _compared(trial, function, theirs)
        elif trial is study.first and function is study.subject.declared.given:
            yield from _useless(trial, function)
    if not compared:
        raise DoesNotApply(f"{_name(functions[0])} takes other arguments: give a reference that takes these")


def _name(function: Callable[..., Any]) -> str:
    return str(getattr(function, "__name__", repr(function)))


def _useless(trial: Trial, function: Callable[..., Any]) -> Iterator[Finding]:
    try:
        function(*trial.sample.inputs, **trial.sample.settings)
    except Exception as error:
        fact = f"the reference fails at the first case: {type(error).__name__}: {error}"
        yield Finding("reference-raises", fact, trial.sample)


def _compared(trial: Trial, function: Callable[..., Any], theirs: list[NDArray[Any]]) -> Iterator[Finding]:
    name = _name(function)
    for k, (mine, other) in enumerate(zip(trial.outputs, theirs, strict=True)):
        which = f"output {k}" if trial.many else "the output"
        if mine.shape != other.shape or (mine.size and _unlike(mine.dtype, other.dtype)):
            fact = f"{which} is {mine.shape} {mine.dtype}, {name} gives {other.shape} {other.dtype}"
            yield Finding("differs-from-reference", fact, trial.sample)
        elif not np.array_equal(mine, other) and not _as_good(trial, function, k, mine, other):
            yield Finding("differs-from-reference", _difference(which, name, mine, other), trial.sample)


def _unlike(mine: np.dtype[Any], other: np.dtype[Any]) -> bool:
    return mine.kind != other.kind or (mine.kind == "f" and mine != other)


def _as_good(trial: Trial, function: Callable[..., Any], k: int, mine: Any, other: Any) -> bool:
    """Whether two results differ by rounding: their own, or that of the inputs."""
    if mine.dtype.kind not in "fc":
        return False
    if close(mine, other, 1e-9, 1e-12):
        return True
    family = trial.sample.recipe.family
    if family in ("extremes", "offsets"):
        known = np.isfinite(other)
        mine, other = np.where(known, mine, 0), np.where(known, other, 0)  # there it may overflow itself
    if family == "odd":
        mine, other = (
            np.where(np.isinf(y), np.nan, y) for y in (mine, other)
        )  # inf - inf, or inf, as it comes
    if family == "odd" and close(np.sort(mine, axis=None), np.sort(other, axis=None), 1e-9, 1e-12):
        return True  # where NaN and equal values come in a partition is nobody's promise
    scale = float(np.abs(other[np.isfinite(other)]).max(initial=0.0))
    if close(mine, other, 1e-9, 1e-12 * max(scale, 1.0)):
        return True
    slack = 256 * _moves(trial, function, k, other) + 1e-9 * scale * (family != "case")
    return bool((np.abs(mine - other) <= slack).all())


def _moves(trial: Trial, function: Callable[..., Any], k: int, exact: Any) -> Any:
    """Return how far each value of a result moves where the inputs do by rounding."""
    rng, eps = np.random.default_rng(0), float(np.finfo(np.float64).eps)
    moves: list[Any] = [np.zeros(exact.shape)]
    for _ in range(3):
        changed = {
            i: np.asarray(x * (1 + 2 * eps * rng.choice((-1, 1), x.shape)))
            for i, x in enumerate(trial.sample.inputs)
            if is_float(x)
        }
        moved = result_of(function, trial.on(trial.sample.but(changed)))
        if moved is not None and moved[k].shape == exact.shape:
            moves.append(np.abs(moved[k] - exact))
    return np.nanmax(moves, axis=0) if exact.size else moves[0]


def _difference(which: str, name: str, mine: Any, other: Any) -> str:
    if mine.dtype.kind not in "fc":
        return f"{which} differs from {name} in {int(np.sum(mine != other))} of {mine.size} places"
    error = np.where(np.isfinite(mine) & np.isfinite(other), np.abs(mine - other), np.inf)
    error = np.where((mine == other) | (np.isnan(mine) & np.isnan(other)), 0.0, error)
    place = np.unravel_index(int(error.argmax()), error.shape) if error.ndim else ()
    at = f" at {tuple(map(int, place))}" if place else ""
    told = f"{which} differs from {name}{at}: {mine[place]:.6g}, expected {other[place]:.6g}"
    big = (
        np.isfinite(other)
        & np.isfinite(mine)
        & (np.abs(other) > 1e-3 * np.abs(other[np.isfinite(other)]).max(initial=0))
    )
    if big.sum() > 1:
        ratios = (mine / np.where(big, other, 1.0))[big]
        if np.ptp(ratios.real) <= 1e-6 * abs(ratios[0]):
            told += f" ({ratios[0]:.6g} times)"
    return told


LAW = Law("reference", reference, after=("frame", "same"))
