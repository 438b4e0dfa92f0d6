"""The same values give the same answer."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from ..closeness import close
from ..finding import Broken, Finding, Law
from ..interleave import disturbed
from ..otherwise import (
    FORTRAN,
    GAPS,
    REVERSED,
    Way,
    agrees,
    alike,
    all_alike,
    differences,
    stretched,
    subsets,
)
from ..samples.integers import as_bytes
from ..study import Study
from ..trial import Trial

USUAL = 10.0  # what is larger is extreme
HALF = 4e-3  # np.log of uint8 is float16 in NumPy itself


def same(study: Study, trial: Trial) -> Iterator[Finding]:
    """The same values give the same result, whatever was called before, between or beside it.

    Also in another memory layout (Fortran order, negative strides, gaps, zero strides), for whatever subset
    of the inputs needs gradients, for whole numbers in another type, after an update of the inputs in place,
    in another thread, and on recorded values; where each value counts alone, whatever stands beside it.
    Faults: `self.x = x`, a cache by id or shape, an output buffer that is used again, `ravel("K")`, a
    gradient that is computed only if another input needs one, bytes that wrap around, another branch for
    tensors than for arrays.
    Fix: keep what backward needs with `ctx.save`; index and reshape instead of reading memory; return
    `... if ctx.needs[i] else None` in each place; buffers in the dtype of grad.
    """
    if trial.sample.recipe.family == "integers":
        yield from _whole_numbers(trial)
    if trial.sample.recipe.family in ("extremes", "odd") and trial.subject.declared.broadcasts:
        yield from _neighbours(study, trial)
    if study.repeats(trial) is None:
        return
    if not study.repeats(trial):
        yield from _told(trial, study.way(trial))
    if trial in study.representatives:
        yield from _recorded(trial)
    if trial is study.first:
        for way in (Way(FORTRAN, FORTRAN), Way(REVERSED, GAPS), *(Way(needs=n) for n in subsets(trial))):
            if not agrees(trial, way):
                yield from _told(trial, way)
        yield from _constant(trial)
        yield from _updated(trial)
        if study.subject.file and (fact := disturbed(study, trial)):  # else it has no lines to come between
            yield Finding("not-thread-safe", fact, trial.sample)


def _neighbours(study: Study, trial: Trial) -> Iterator[Finding]:
    """Yield what is another value in one place for what stands in another, where each counts alone."""
    sample = trial.sample
    floats = [sample.inputs[i] for i in sample.floats]
    if len({x.shape for x in (*floats, *trial.outputs)}) > 1 or not floats:
        return
    usual = np.all([np.abs(x) <= USUAL for x in floats], axis=0)  # not so NaN
    plain = study.draw(sample.recipe.but(then=None)).inputs
    other = trial.on(sample.but({i: np.where(usual, sample.inputs[i], plain[i]) for i in sample.floats}))
    pairs = [*zip(trial.outputs, other.outputs, strict=True)]
    if trial.differentiable and trial.sweep.broken is None:
        pairs += zip(trial.received, other.pull(trial.cotangents), strict=True)
    for mine, right in pairs:
        if mine is not None and mine.shape == usual.shape and not alike(mine[usual], right[usual]):
            fact = f"at {sample.recipe.label} a result is another one than where all values are usual"
            yield Finding("depends-on-neighbours", f"{fact}: is one branch taken for all?", sample)


def _told(trial: Trial, way: Way) -> Iterator[Finding]:
    """Yield what goes wrong, each way to go wrong tried alone."""
    yield from _repeated(trial)
    needs = trial.needs if way.needs is None else way.needs
    who = ", ".join(n for n, need in zip(trial.sample.names, needs, strict=True) if need)
    for told, alone in (
        (f"the layout of the inputs ({way.inputs})", Way(inputs=way.inputs)),
        (f"the layout of grad ({way.grads})", Way(grads=way.grads)),
    ):
        try:
            for _, what in differences(trial, alone):
                yield Finding("depends-on-layout", f"{what} depends on {told}", trial.sample)
        except Broken as broken:
            yield _refuses_layout(trial, broken, told, "writes-grad" if "grad" in told else "writes-input")
    try:
        for _, what in differences(trial, Way(needs=needs)):
            fact = f"{what} is another one when only {who} needs one"
            yield Finding("depends-on-needs", fact, trial.sample)
    except Broken as broken:
        yield Finding(broken.code, f"when only {who} needs a gradient: {broken.fact}", trial.sample)


def _refuses_layout(trial: Trial, broken: Broken, told: str, writes: str) -> Finding:
    code = writes if "read-only" in broken.fact else "layout-raises"
    return Finding(code, f"with another layout, {told}: {broken.fact}", trial.sample)


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
    if not all_alike(fresh.outputs, trial.outputs):
        fact = "forward gives another result when it is called again"
        yield Finding("not-deterministic", fact, trial.sample)
    if second and not all_alike(second[0], second[1]):
        yield Finding("not-deterministic", "the same backward twice gives another gradient", trial.sample)
    if second and (trial.sweep.broken is not None or not all_alike(second[0], trial.received)):
        fact = "another call between forward and backward changes the gradient"
        yield Finding("keeps-state", fact, trial.sample)


def _constant(trial: Trial) -> Iterator[Finding]:
    """Yield what differs with cotangents of stride 0, as those of a sum: constant along one axis."""
    if not trial.pulls:
        return
    for axis in {0, max(g.ndim for g in trial.cotangents) - 1}:
        wide = [stretched(g, axis) for g in trial.cotangents]
        try:
            expected, received = trial.pull([np.array(g) for g in wide]), trial.pull(wide)
        except Broken as broken:
            yield _refuses_layout(
                trial, broken, "a grad of zero strides, as from broadcasting", "writes-grad"
            )
            return
        for i, (g, right, usual) in enumerate(zip(received, expected, trial.received, strict=True)):
            # A constant through a norm gives zero but for rounding: the usual gradient has the scale.
            if g is not None and not alike(g, right, usual, *wide):
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
        if mine.shape != raw.shape or mine.dtype != raw.dtype or not alike(mine, raw):
            fact = f"output {k} has other values on tensors than on arrays, and so has its derivative"
            yield Finding("recorded-differs", fact, trial.sample)


def _updated(trial: Trial) -> Iterator[Finding]:
    """Yield what is stale after the same arrays got other values, as after a step of an optimizer."""
    sample = trial.sample
    arrays = [np.array(x) if isinstance(x, np.ndarray) else x for x in sample.inputs]
    for i in sample.floats:
        x = sample.inputs[i]
        arrays[i][...] = (x[..., ::-1] if x.ndim and sample.domains[i] is not None else x) * 0.9
    try:
        other = trial.on(sample.with_inputs(tuple(arrays)))
        for i in sample.floats:
            arrays[i][...] = sample.inputs[i]
        again = trial.on(sample.with_inputs(tuple(arrays)))
        gradients = again.pull(trial.cotangents) if trial.pulls else []
    except Broken:
        return
    usual = trial.received if trial.pulls else []
    if not (all_alike(again.outputs, trial.outputs) and all_alike(gradients, usual)):
        code = "stale-cache" if all_alike(again.outputs, other.outputs) else "not-deterministic"
        yield Finding(code, "after an input is updated in place, results are those of its old values", sample)


def _whole_numbers(trial: Trial) -> Iterator[Finding]:
    """Yield what is another one beside bytes than beside the same numbers in a wider type.

    For labels and indices all of it has to be the same. Beside whole numbers where floats are expected, the
    gradient has to be where forward gives the same value: `b - a` of uint8 wraps around in NumPy, too.
    """
    sample = trial.sample
    if not trial.pulls or not trial.finite:
        return
    small = {
        i: x.astype(np.int64)
        for i, x in enumerate(sample.inputs)
        if isinstance(x, np.ndarray) and x.dtype == np.uint8
    }
    others = [sample.but(small)] if small else [as_bytes(sample, name) for name in sample.names]
    for other in others:
        if (small or other.floats != sample.floats) and other.floats:
            try:
                yield from _as_beside(trial, trial.on(other), discrete=bool(small))
            except Broken as broken:
                if not broken.code.startswith("forward"):
                    yield Finding(broken.code, f"{broken.fact}, beside integers in bytes", other)
                    return


def _as_beside(trial: Trial, other: Trial, *, discrete: bool) -> Iterator[Finding]:
    """Yield what is another one in two trials, one with bytes; they may stand where floats did."""
    narrow = trial.sample if discrete else other.sample
    if not _near(trial.flat, other.flat):
        if discrete:
            fact = "the output is another one for integers in bytes than for wider ones"
            yield Finding("depends-on-dtype", f"{fact}: do they wrap around?", narrow)
        return
    grads = [g.astype(y.dtype) for g, y in zip(trial.cotangents, other.outputs, strict=True)]
    received = other.pull(grads)
    for i in other.sample.floats:
        if not _near(trial.received[i], received[i]):
            fact = f"input {i} ({narrow.names[i]}): the gradient is another one beside integers in bytes"
            yield Finding("wrong-gradient", f"{fact}: do they wrap around?", narrow)


def _near(x: Any, y: Any) -> bool:
    if x is None or y is None:
        return x is y
    return x.shape == y.shape and close(y, x, HALF, HALF * float(np.abs(x).max(initial=0.0)))


LAW = Law("same", same, after=("frame",))
