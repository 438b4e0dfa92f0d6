"""What was handed in, what came back, and everything around: all of it is left alone."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import numpy as np

from ..closeness import finite
from ..finding import Broken, Finding, Law
from ..result_of import result_of
from ..sweep import Sweep, look

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from ..study import Study
    from ..trial import Trial


def frame(study: Study, trial: Trial) -> Iterator[Finding]:
    """A call changes nothing that it was handed, shares no memory, keeps nothing, warns of nothing.

    Inputs, cotangents and outputs keep their values, shapes and flags, also where they hold NaN. Outputs
    share no memory with inputs unless `returns_view` is declared, gradients with nothing. Nothing stays on
    `self`. The random state, `np.errstate`, print options, environment and their like are as before. There is
    no warning where every result is finite.
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
    for i, x in enumerate(sample.inputs):
        if look(x) != trial.given[i]:
            fact = f"input {i} ({sample.names[i]}) is changed in place by {_writer(trial)}"
            yield Finding("writes-input", fact, sample)
    if not trial.differentiable:
        return
    for k, written in enumerate(trial.sweep.written):
        if written:
            yield Finding("writes-grad", f"backward changes grad in place (that of output {k})", sample)
    for k, (y, kept) in enumerate(zip(trial.returned, trial.outputs, strict=True)):
        if look(y)[:2] != look(kept)[:2]:
            yield _changed_output(trial, k)
    if trial.sweep.broken is None:
        returned = (
            trial.sweep.returned if isinstance(trial.sweep.returned, tuple) else (trial.sweep.returned,)
        )
        for i, (g, kept) in enumerate(zip(returned, trial.sweep.kept, strict=True)):
            if isinstance(g, np.ndarray) and look(g)[:2] != look(kept)[:2]:
                fact = f"a later call changes the gradient that was returned for input {i}"
                yield Finding("reuses-buffer", fact, sample)


def _writer(trial: Trial) -> str:
    """Return which of the two passes writes: told once an input is known to have changed."""
    inputs = tuple(x.copy() if isinstance(x, np.ndarray) else x for x in trial.sample.inputs)
    try:
        again = trial.on(trial.sample.with_inputs(inputs))
    except Broken:
        return "forward"
    return "backward" if [look(x) for x in inputs] == again.given else "forward"


def _changed_output(trial: Trial, k: int) -> Finding:
    try:
        again = trial.on(trial.sample)
        again.pull([g.copy() for g in trial.cotangents])
        own = look(again.returned[k])[:2] != look(again.outputs[k])[:2]
    except Broken:
        own = True
    if own:
        return Finding("writes-output", f"backward changes output {k} of forward in place", trial.sample)
    return Finding("reuses-buffer", f"a later call changes output {k} of this one", trial.sample)


def _shared(study: Study, trial: Trial) -> Iterator[Finding]:
    declared = study.subject.declared.returns_view or _reference_too(trial)
    apart = declared or _apart([*trial.returned, *trial.sample.inputs], len(trial.returned))
    for k, y in enumerate(() if apart else trial.returned):
        for i, x in enumerate(trial.sample.inputs):
            if y is x:
                yield Finding("returns-input", f"forward returns input {i} itself", trial.sample)
            elif _share(x, y):
                fact = f"output {k} is a view: it shares memory with input {i}"
                yield Finding("output-shares-memory", fact, trial.sample)
        for j in range(k):
            if _share(y, trial.returned[j]):
                yield Finding("output-shares-memory", f"outputs {j} and {k} share memory", trial.sample)
    if trial.differentiable and trial.sweep.broken is None:
        yield from _shared_gradients(trial, trial.sweep, declared)
        if trial is study.first:  # a cotangent of ones may be taken for nothing to do
            ones = [np.ones_like(g) if g.dtype.kind in "fc" else g for g in trial.cotangents]
            yield from _shared_gradients(trial, Sweep(trial, ones), declared)


def _shared_gradients(trial: Trial, sweep: Sweep, declared: bool) -> Iterator[Finding]:
    received = sweep.returned if isinstance(sweep.returned, tuple) else (sweep.returned,)
    others: dict[str, Sequence[Any]] = {
        "input {}": trial.sample.inputs,
        "output {}": trial.returned,
        "what forward saved (place {})": trial.run.saved(),
        "grad" if len(sweep.given) == 1 else "grad {}": () if declared else sweep.given,
    }
    if _apart([*received, *(x for arrays in others.values() for x in arrays)], len(received)):
        return  # nearly always
    for i, g in enumerate(received):
        if not isinstance(g, np.ndarray) or not g.size:
            continue
        for j in range(i):
            if _share(g, received[j]):
                fact = f"the array returned for input {j} is also the one returned for input {i}"
                yield Finding("gradients-share-memory", fact, trial.sample)
        for what, arrays in others.items():
            for j, other in enumerate(arrays):
                if _share(g, other):
                    fact = f"the gradient for input {i} shares memory with {what.format(j)}: return a copy"
                    yield Finding("gradient-shares-memory", fact, trial.sample)


def _apart(arrays: Sequence[Any], many: int) -> bool:
    """Whether the first of some arrays live in memory of their own, which no other of them has."""
    owners = [_owner(x) for x in arrays if isinstance(x, np.ndarray)]
    own = owners[: sum(isinstance(x, np.ndarray) for x in arrays[:many])]
    return None not in owners and len(set(own)) == len(own) and set(own).isdisjoint(owners[len(own) :])


def _owner(x: NDArray[Any]) -> int | None:
    """Return which array's memory this is; None if that is not told, as by `as_strided`."""
    if x.base is None:
        return id(x)
    return id(x.base) if type(x.base) is np.ndarray and x.base.base is None else None


def _share(x: Any, y: Any) -> bool:
    if not (isinstance(x, np.ndarray) and isinstance(y, np.ndarray)):
        return False
    if x is not y and x.base is None is y.base:
        return False  # both own their memory: nearly always
    return np.may_share_memory(x, y) and np.shares_memory(x, y)


def _reference_too(trial: Trial) -> bool:
    """Whether an output is a view, and a function that it is held against returns one of the same input."""
    inputs = trial.sample.inputs
    if _apart([*trial.returned, *inputs], len(trial.returned)):
        return False
    for function in trial.subject.declared.references:
        try:
            theirs = function(*inputs, **trial.sample.settings)
        except Exception:
            continue
        parts = theirs if isinstance(theirs, tuple | list) else (theirs,)
        if any(_share(x, part) for x in inputs for part in parts):
            return True
    return False


def _warned(trial: Trial) -> Iterator[Finding]:
    told, results = list(trial.told), list(trial.outputs)
    if trial.differentiable and trial.sweep.broken is None:
        told += trial.sweep.told
        results += [g for g in trial.received if g is not None]
    usual = trial.sample.finite and not trial.sample.empty
    if told and usual and all(map(finite, results)) and not _warns_too(trial):
        where = trial.sample.recipe.label
        yield Finding("spurious-warning", f"{told[0]}, though every result is finite ({where})", trial.sample)


def _warns_too(trial: Trial) -> bool:
    """Whether what it is held against warns of the same arguments."""
    for function in trial.subject.declared.references:
        with warnings.catch_warnings(record=True) as heard, np.errstate(all="warn"):
            warnings.simplefilter("always")
            if result_of(function, trial) is not None and heard:
                return True
    return False


def _around(study: Study) -> Iterator[Finding]:
    for name in study.changed:
        fact = f"a call changes {name}, for everybody: leave it alone"
        yield Finding("changes-global-state", fact, study.first.sample)
    if study.kept is not None:
        keeping = study.subject.keeping
        fact = f"a call changes {study.kept}, which other calls see: keep what backward needs with {keeping}"
        yield Finding("state-on-self", fact)


LAW = Law("frame", frame)
