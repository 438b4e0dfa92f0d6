"""What was handed in, what came back, and everything around: all of it is left alone."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ..closeness import finite
from ..finding import Finding, Law
from ..study import Study
from ..sweep import Sweep, look
from ..trial import Trial

Named: TypeAlias = tuple[str, NDArray[Any]]


def frame(study: Study, trial: Trial) -> Iterator[Finding]:
    """A call changes nothing that it was handed, shares no memory, keeps nothing, warns of nothing.

    Arguments, cotangents and outputs keep their values, shapes and flags, also where they hold NaN. Outputs
    share no memory with inputs unless `returns_view` is declared, gradients with nothing. Nothing stays on
    `self`. The random state, `np.errstate`, print options, environment and their like are as before. There is
    no warning where every result is finite, nor of invalid values at infinities of a case where none is NaN.
    Faults: `grad *= y`, `x -= x.max()`, `out=` on something that was saved, one array returned for two
    inputs, `self.x = x`, `np.random.seed`, `where(x > 0, log(x), 0)`.
    Fix: compute into new arrays; keep what backward needs with `ctx.save`; choose the arguments before the
    function instead of the results after it.
    """
    yield from _written(trial)
    yield from _shared(study, trial)
    yield from _warned(trial)
    if trial is study.first:
        yield from _around(study)


def _written(trial: Trial) -> Iterator[Finding]:
    sample = trial.sample
    inputs = [f"input {i} ({name})" for i, name in enumerate(sample.names)]
    arguments = [*zip(inputs, sample.inputs, strict=True), *sample.settings.items()]
    for (name, x), before in zip(arguments, trial.given, strict=True):
        if look(x) != before:
            yield Finding("writes-input", f"{name} is changed in place", sample)
    for k, (y, kept) in enumerate(zip(trial.returned, trial.outputs, strict=True)):
        if _changed(y, kept):
            fact = f"output {k} is changed after it was returned, by backward or by a later call"
            yield Finding("writes-output", fact, sample)
    if not trial.differentiable:
        return
    for k, written in enumerate(trial.sweep.written):
        if written:
            yield Finding("writes-grad", f"backward changes grad in place (that of output {k})", sample)
    for i, (g, kept) in enumerate(zip(trial.sweep.parts, trial.sweep.kept, strict=True)):
        if isinstance(g, np.ndarray) and _changed(g, kept):
            fact = f"a later call changes the gradient that was returned for input {i}"
            yield Finding("reuses-buffer", fact, sample)


def _changed(y: NDArray[Any], kept: NDArray[Any]) -> bool:
    return y.shape != kept.shape or y.tobytes() != kept.tobytes()


def _shared(study: Study, trial: Trial) -> Iterator[Finding]:
    view = study.subject.declared.returns_view
    inputs = _named("input {}", trial.sample.inputs)
    outputs = _named("output {}", trial.returned)
    for (mine, y), (other, x) in _sharing(outputs, inputs) if not view else ():
        itself = y is x and other.startswith("input")
        told = f"{mine} is {other} itself" if itself else f"{mine} is a view: it shares memory with {other}"
        yield Finding("returns-input" if itself else "output-shares-memory", told, trial.sample)
    sweeps = [trial.sweep] if trial.pulls else []
    if sweeps and trial is study.first:  # a cotangent of ones may be taken for nothing to do
        ones = [np.ones_like(g) if g.dtype.kind in "fc" else g for g in trial.cotangents]
        sweeps.append(Sweep(trial, ones))
    for sweep in sweeps:
        others = [*inputs, *outputs, *_named("what forward saved (place {})", trial.run.saved())]
        others += [] if view else _named("grad" if len(sweep.given) == 1 else "grad {}", sweep.given)
        for (i, _), (what, _) in _sharing(_named("{}", sweep.parts), others):
            if what.isdigit():
                fact = f"the array returned for input {what} is also the one returned for input {i}"
                yield Finding("gradients-share-memory", fact, trial.sample)
            fact = f"the gradient for input {i} shares memory with {what}: return a copy"
            yield Finding("gradient-shares-memory", fact, trial.sample)


def _named(told: str, arrays: Iterable[Any]) -> list[Named]:
    return [(told.format(k), x) for k, x in enumerate(arrays) if isinstance(x, np.ndarray)]


def _sharing(mine: Sequence[Named], others: Sequence[Named]) -> Iterator[tuple[Named, Named]]:
    """Yield arrays that share memory with an earlier one among them, or with another one."""
    for k, one in enumerate(mine):
        for other in (*mine[:k], *others):
            if np.may_share_memory(one[1], other[1]) and np.shares_memory(one[1], other[1]):
                yield one, other


def _warned(trial: Trial) -> Iterator[Finding]:
    told, results = trial.told, trial.outputs
    if trial.pulls:
        told = told + trial.sweep.told
        results = (*results, *(g for g in trial.received if g is not None))
    odd, family = not trial.sample.finite, trial.sample.recipe.family
    told = [w for w in told if not odd or (family == "case" and "invalid value" in w)]
    known = all(not np.isnan(y).any() if odd else finite(y) for y in results) and bool(told)
    if known and all(map(np.size, trial.sample.inputs)):
        fact = f"though {'none is NaN' if odd else 'every result is finite'} ({trial.sample.recipe.label})"
        yield Finding("spurious-warning", f"{told[0]}, {fact}", trial.sample)


def _around(study: Study) -> Iterator[Finding]:
    for name in study.changed:
        fact = f"a call changes {name}, for everybody: leave it alone"
        yield Finding("changes-global-state", fact, study.first.sample)
    if study.kept is not None:
        keeping = study.subject.keeping
        fact = f"a call changes {study.kept}, which other calls see: keep what backward needs with {keeping}"
        yield Finding("state-on-self", fact)


LAW = Law("frame", frame)
