"""The same values give the same answer."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from ..closeness import close, largest
from ..finding import Broken, Finding, Law
from ..interleave import disturbed
from ..otherwise import OTHERWISE, Way, agrees, differences, fortran_order, negative_strides, zero_strides
from ..samples.integers import as_bytes
from ..samples.sample import Sample
from ..study import Study
from ..trial import Trial

HALF = 4e-3  # np.log of uint8 is float16 in NumPy itself


def same(study: Study, trial: Trial) -> Iterator[Finding]:
    """The same values give the same result, whatever was called before, between or beside it.

    Also in another memory layout (Fortran order, negative strides, gaps, zero strides), where only one of the
    inputs needs a gradient, where integers are uint8, and in another thread.
    Faults: `self.x = x`, a cache by shape, an output buffer that is used again, `ravel("K")`, a
    gradient that is computed only if another input needs one, bytes that wrap around.
    Fix: keep what backward needs with `ctx.save`; index and reshape instead of reading memory; return
    `... if ctx.needs[i] else None` in each place; buffers in the dtype of grad.
    """
    again, _ = study.again(trial)
    if trial.pulls and trial.finite and trial.sample.recipe.family == "integers":
        yield from _bytes(trial)
    if again is None:
        return
    if not again:
        yield from _told(trial, OTHERWISE)
    if trial is study.first:
        every, layouts = range(len(trial.sample.inputs)), (negative_strides, fortran_order)
        alone = (
            Way(layouts[k % 2], fortran_order, needs=tuple(j == i for j in every))
            for k, i in enumerate(trial.sample.floats)
        )
        for way in (Way(fortran_order, zero_strides), *alone):
            if not agrees(trial, way):
                yield from _told(trial, way)
        if study.subject.file and (fact := disturbed(study, trial)):  # else it has no lines to come between
            yield Finding("not-thread-safe", fact, trial.sample)


def _told(trial: Trial, way: Way) -> Iterator[Finding]:
    """Yield what goes wrong, each way to go wrong tried alone."""
    who = ", ".join(n for n, need in zip(trial.sample.names, way.needs or trial.needs, strict=True) if need)
    for code, told, alone in (
        ("not-deterministic", "when all is done again", Way()),
        ("depends-on-needs", f"when only {who} needs a gradient", Way(needs=way.needs)),
        ("depends-on-layout", f"with {who} in {way.inputs.__name__}", Way(way.inputs, needs=way.needs)),
        ("depends-on-layout", f"with grad in {way.grads.__name__}", Way(grads=way.grads)),
    ):
        try:
            for what in differences(trial, alone):
                yield Finding(code, f"{what} is another one {told}", trial.sample)
        except Broken as broken:
            yield Finding(code, f"{told}: {broken.fact}", trial.sample)


def _bytes(trial: Trial) -> Iterator[Finding]:
    """Yield what is another one where bytes stand in the place of whole numbers.

    In the place of floats, the gradient has to be the same where forward gives the same value: `b - a` of
    uint8 wraps around in NumPy, too.
    """
    sample = trial.sample
    arrays = [(i, x) for i, x in enumerate(sample.inputs) if isinstance(x, np.ndarray)]
    wide = {i: x.astype(np.int64) for i, x in arrays if x.dtype == np.uint8}
    if wide and sample.floats:
        yield from _beside(trial.on(sample.but(wide)), sample, trial.needs)
    for other in () if wide else (as_bytes(sample, name) for name in sample.names):
        if other.floats and other.floats != sample.floats:
            yield from _beside(trial, other, other.needs, wraps=True)


def _beside(known: Trial, sample: Sample, needs: Sequence[bool], *, wraps: bool = False) -> Iterator[Finding]:
    told, size = "is another one in other types: do integers wrap around?", largest(known.flat)
    try:
        other = known.on(sample, tuple(needs))
        if not _near(known.flat, other.flat, size):
            if not wraps:
                yield Finding("depends-on-dtype", f"the output {told}", sample)
            return
        grads = [g.astype(y.dtype) for g, y in zip(known.cotangents, other.outputs, strict=True)]
        for i, g in enumerate(other.pull(grads)):
            if g is not None and not _near(known.received[i], g, size):
                yield Finding("depends-on-dtype", f"the gradient for input {i} {told}", sample)
    except Broken as broken:
        if not broken.code.startswith("forward"):
            yield Finding(broken.code, f"{broken.fact}, beside numbers in another type", sample)


def _near(x: Any, y: Any, size: float) -> bool:
    """Whether two results are alike as far as single precision goes, for outputs of a size."""
    slack = HALF * largest(x) + 1e-5 * (1 + size)  # of what cancels, rounding is left
    return x.shape == y.shape and close(y, x, HALF, slack)


LAW = Law("same", same, after=("frame",))
