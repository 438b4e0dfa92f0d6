"""The same values give the same answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ..closeness import close, same_bits
from ..finding import Broken, Finding, Law
from ..interleave import disturbed
from ..layouts import GAPS, LAYOUTS, REVERSED, stretched
from ..samples.integers import as_bytes
from ..samples.sample import is_float

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ..samples.sample import Sample
    from ..study import Study
    from ..trial import Trial

HALF = 4e-3  # np.log of uint8 is float16 in NumPy itself


def same(study: Study, trial: Trial) -> Iterator[Finding]:
    """The same values give the same result, whatever was called before, between or beside it.

    Also in another memory layout (Fortran order, negative strides, gaps, zero strides), for whatever subset
    of the inputs needs gradients, for whole numbers in another type, after an update of the inputs in place,
    in another thread, and on recorded values.
    Faults: `self.x = x`, a cache by id or shape, an output buffer that is used again, `ravel("K")`, a
    gradient that is computed only if another input needs one, bytes that wrap around, another branch for
    tensors than for arrays.
    Fix: keep what backward needs with `ctx.save`; index and reshape instead of reading memory; return
    `... if ctx.needs[i] else None` in each place; buffers in the dtype of grad.
    """
    if trial.sample.recipe.family == "integers":
        yield from _whole_numbers(trial)
    if not study.is_new("same", trial):
        return
    # Far from zero, what is left after cancellation is rounding, and another layout rounds otherwise.
    far = trial.sample.recipe.family in ("offsets", "extremes")
    of_inputs, of_grads = ("plain", "plain") if far else (GAPS, REVERSED)
    asked = _asked(trial, study.trials.index(trial))
    if not _agrees(trial, of_inputs, of_grads, asked):
        yield from _told(trial, of_inputs, of_grads, asked)
    if trial in study.representatives:
        yield from _recorded(trial)
        if trial.sample.recipe.family == "case":
            yield from _every_way(trial)
    if trial is study.first:
        yield from _updated(trial)
        if study.subject.file and (fact := disturbed(study, trial)):  # else it has no lines to come between
            yield Finding("not-thread-safe", fact, trial.sample)


def _asked(trial: Trial, turn: int) -> tuple[bool, ...]:
    """Return which inputs need gradients this time: each alone, and all but each, in turns."""
    subsets = _subsets(trial)
    return subsets[turn % len(subsets)] if subsets else trial.needs


def _subsets(trial: Trial) -> list[tuple[bool, ...]]:
    floats = trial.sample.floats
    chosen = [{i} for i in floats] + [set(floats) - {i} for i in floats]
    some = [c for k, c in enumerate(chosen) if c not in chosen[:k] and 0 < len(c) < len(floats)]
    return [tuple(i in c for i in range(len(trial.sample.inputs))) for c in some]


def _agrees(trial: Trial, of_inputs: str, of_grads: str, asked: tuple[bool, ...]) -> bool:
    """Whether another call gives the same, with all of this changed at once: nearly always it does."""
    try:
        return next(_differs(trial, of_inputs, of_grads, asked), None) is None
    except Broken:
        return False


def _differs(
    trial: Trial, of_inputs: str, of_grads: str, asked: tuple[bool, ...], *, exact: bool = False
) -> Iterator[tuple[str, str]]:
    """Yield what is another one, as (code, what); Broken if the call fails."""
    inputs = tuple([LAYOUTS[of_inputs](x) if isinstance(x, np.ndarray) else x for x in trial.sample.inputs])
    again = trial.on(trial.sample.with_inputs(inputs), asked)
    alike = same_bits if exact else _close
    for k, (y, usual) in enumerate(zip(again.outputs, trial.outputs, strict=False)):
        if not alike(y, usual):
            yield "output", f"output {k}" if trial.many else "the output"
    if trial.differentiable and trial.sweep.broken is None:
        received = again.pull([LAYOUTS[of_grads](g) for g in trial.cotangents])
        for i, g in enumerate(received):
            if g is not None and asked[i] and not alike(g, trial.received[i], *trial.cotangents):
                yield "gradient", f"the gradient for input {i} ({trial.sample.names[i]})"


def _told(trial: Trial, of_inputs: str, of_grads: str, asked: tuple[bool, ...]) -> Iterator[Finding]:
    """Yield what goes wrong, each way to go wrong tried alone."""
    plain, everything, sample = "plain", trial.needs, trial.sample
    yield from _repeated(trial)
    for told, arguments in (
        (f"the layout of the inputs ({of_inputs})", (of_inputs, plain, everything)),
        (f"the layout of grad ({of_grads})", (plain, of_grads, everything)),
    ):
        try:
            for _, what in _differs(trial, *arguments):
                yield Finding("depends-on-layout", f"{what} depends on {told}", sample)
        except Broken as broken:
            writes = "read-only" in broken.fact
            code = ("writes-grad" if "grad" in told else "writes-input") if writes else "layout-raises"
            yield Finding(code, f"with another layout, {told}: {broken.fact}", sample)
    who = ", ".join(n for n, need in zip(sample.names, asked, strict=True) if need)
    try:
        for _, what in _differs(trial, plain, plain, asked):
            yield Finding("depends-on-needs", f"{what} is another one when only {who} needs one", sample)
    except Broken as broken:
        yield Finding(broken.code, f"when only {who} needs a gradient: {broken.fact}", sample)


def _repeated(trial: Trial) -> Iterator[Finding]:
    """Yield what another, equal call gives otherwise: something is kept between calls."""
    try:
        fresh = trial.on(trial.sample)
        second = [fresh.pull([g.copy() for g in trial.cotangents]) for _ in range(2 * trial.differentiable)]
    except Broken as broken:
        if not trial.differentiable or trial.sweep.broken is None:
            fact = f"it works once, and fails when all is done again: {broken.fact}"
            yield Finding("keeps-state", fact, trial.sample)
        return
    if not _all_close(fresh.outputs, trial.outputs):
        fact = "forward gives another result when it is called again"
        yield Finding("not-deterministic", fact, trial.sample)
    if second and not _all_close(second[0], second[1]):
        fact = "the same backward twice gives another gradient"
        yield Finding("not-deterministic", fact, trial.sample)
    if second and (trial.sweep.broken is not None or not _all_close(second[0], trial.received)):
        fact = "another call between forward and backward changes the gradient"
        yield Finding("keeps-state", fact, trial.sample)


def _every_way(trial: Trial) -> Iterator[Finding]:
    """Yield what differs in any layout, for any subset of the needs, and for cotangents of stride 0."""
    for name, other in (("plain", "plain"), ("Fortran order", "Fortran order"), (REVERSED, GAPS)):
        if not _agrees(trial, name, other, trial.needs):
            yield from _told(trial, name, other, trial.needs)
    for asked in _subsets(trial):
        if not _agrees(trial, "plain", "plain", asked):
            yield from _told(trial, "plain", "plain", asked)
    if trial.differentiable and trial.sweep.broken is None:
        for axis in {0, max(g.ndim for g in trial.cotangents) - 1}:
            yield from _constant(trial, axis)


def _constant(trial: Trial, axis: int) -> Iterator[Finding]:
    """Yield what differs with cotangents of stride 0, as those of a sum: constant along one axis."""
    wide = [stretched(g, axis) for g in trial.cotangents]
    try:
        expected = trial.pull([np.array(g) for g in wide])
        received = trial.pull(wide)
    except Broken as broken:
        code = "writes-grad" if "read-only" in broken.fact else "layout-raises"
        yield Finding(code, f"with a grad of zero strides, as from broadcasting: {broken.fact}", trial.sample)
        return
    for i, (g, right, usual) in enumerate(zip(received, expected, trial.received, strict=True)):
        # A constant through a norm gives zero but for rounding: the usual gradient has the scale.
        if g is not None and not _close(g, right, usual, *wide):
            fact = f"the gradient for input {i} depends on the layout of grad (zero strides)"
            yield Finding("depends-on-layout", fact, trial.sample)


def _recorded(trial: Trial) -> Iterator[Finding]:
    """Yield what another branch gives where the forward pass is itself recorded."""
    if not trial.differentiable or trial.subject.declared.once_differentiable:
        return
    try:
        outputs = trial.tracked
    except Broken as broken:
        yield Finding("not-recordable", f"forward fails on tensors: {broken.fact}", trial.sample)
        return
    for k, (mine, raw) in enumerate(zip(outputs, trial.outputs, strict=False)):
        if mine.shape != raw.shape or mine.dtype != raw.dtype or not _close(mine, raw):
            fact = f"output {k} has other values on tensors than on arrays, and so has its derivative"
            yield Finding("recorded-differs", fact, trial.sample)


def _updated(trial: Trial) -> Iterator[Finding]:
    """Yield what is stale after the same arrays got other values, as after a step of an optimizer."""
    sample = trial.sample
    arrays = tuple(np.array(x) if isinstance(x, np.ndarray) else x for x in sample.inputs)
    moved = {
        i: x * 0.9 if sample.domains[i] is None else x[..., ::-1] * 0.9 if x.ndim else x * 0.9
        for i, x in enumerate(arrays)
        if is_float(x)
    }
    try:
        mine = trial.on(sample.with_inputs(arrays))
        for i, x in moved.items():
            arrays[i][...] = x
        again = trial.on(sample.with_inputs(arrays))
        fresh = trial.on(sample.but({i: np.array(x) for i, x in moved.items()}))
        gradients = [t.pull(trial.cotangents) if trial.differentiable else [] for t in (again, fresh)]
    except Broken:
        return
    if not (_all_close(again.outputs, fresh.outputs) and _all_close(*gradients)):
        stale = _all_close(again.outputs, mine.outputs)
        code = "stale-cache" if stale else "not-deterministic"
        yield Finding(code, "after an input is updated in place, results are those of its old values", sample)


def _whole_numbers(trial: Trial) -> Iterator[Finding]:
    """Yield what is another one beside bytes than beside the same numbers in a wider type.

    For labels and indices all of it has to be the same. Beside whole numbers where floats are expected, the
    gradient has to be where forward gives the same value: `b - a` of uint8 wraps around in NumPy, too.
    """
    if not trial.differentiable or trial.sweep.broken is not None or not trial.finite:
        return
    sample = trial.sample
    wide = _widened(sample)
    pairs = [(sample, wide)] if wide is not None else [(as_bytes(sample, n), sample) for n in sample.names]
    for narrow, other in pairs:
        if narrow is other or not narrow.floats:
            continue
        try:
            mine, right = trial.on(narrow), trial.on(other)
        except Broken:
            continue
        alike = _alike(right.flat, mine.flat)
        if not alike and wide is not None:
            fact = "the output is another one for integers in bytes than for wider ones"
            yield Finding("depends-on-dtype", f"{fact}: do they wrap around?", narrow)
        if not alike:
            continue
        g = [c.astype(y.dtype) for c, y in zip(trial.cotangents, mine.outputs, strict=True)]
        try:
            received = mine.pull(g)
        except Broken as broken:
            yield Finding(broken.code, f"{broken.fact}, beside integers in bytes", narrow)
            return
        for i in narrow.floats:
            if not _alike(trial.received[i], received[i]):
                fact = f"input {i} ({sample.names[i]}): the gradient is another one beside integers in bytes"
                yield Finding("wrong-gradient", f"{fact}: do they wrap around?", narrow)


def _widened(sample: Sample) -> Sample | None:
    """Return the sample with int64 for bytes, None if it has none."""
    small = [i for i, x in enumerate(sample.inputs) if isinstance(x, np.ndarray) and x.dtype == np.uint8]
    return sample.but({i: sample.inputs[i].astype(np.int64) for i in small}) if small else None


def _alike(x: Any, y: Any) -> bool:
    if x is None or y is None:
        return x is y
    return x.shape == y.shape and close(y, x, HALF, HALF * float(np.abs(x).max(initial=0.0)))


def _all_close(xs: Sequence[Any], ys: Sequence[Any]) -> bool:
    return len(xs) == len(ys) and all(
        x is y if x is None or y is None else _close(x, y) for x, y in zip(xs, ys, strict=True)
    )


def _close(x: Any, y: Any, *usual: Any) -> bool:
    """Return whether x is y but for rounding, at the scale of y and of what is `usual`."""
    if x.shape != y.shape:
        return False
    if same_bits(x, y):
        return True
    scale = max(float(np.abs(a[np.isfinite(a)]).max(initial=0.0)) if a.size else 0.0 for a in (y, *usual))
    return close(x, y, 1e-9, 1e-11 * scale)


LAW = Law("same", same, after=("frame",))
