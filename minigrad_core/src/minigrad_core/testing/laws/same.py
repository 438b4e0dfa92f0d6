"""The law `same`: the same values give the same results."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from ..closeness import is_close, largest_magnitude
from ..finding import Finding, Law, SubjectFailed
from ..interleaving import find_race
from ..samples.integers import BYTES, convert_to_bytes
from ..samples.sample import Family, Sample
from ..study import Study
from ..trial import Trial
from ..variations import (
    ALL_AT_ONCE,
    Variation,
    find_differences,
    fortran_order,
    is_same_under,
    negative_strides,
    zero_strides,
)

# Relative tolerance for results in other types: NumPy's own log of uint8 is float16.
HALF_PRECISION = 4e-3


def same(study: Study, trial: Trial) -> Iterator[Finding]:
    """The same values give the same results, whatever was called before, between or at the same time.

    The results are the same in another memory layout (Fortran order, negative strides, gaps, zero strides),
    where only one of the inputs needs a gradient, where integers are uint8, and in another thread.
    Faults: `self.x = x`, a cache by shape, an output buffer that is used again, `ravel("K")`, a gradient that
    is computed only if another input needs one, bytes that wrap around.
    Fix: keep what backward needs with `ctx.save`; index and reshape instead of reading memory; return
    `... if ctx.needs[i] else None` in each place; make buffers in the dtype of grad.
    """
    agrees = study.repeat_agrees(trial)
    if trial.has_gradients and trial.is_finite and trial.sample.recipe.family is Family.INTEGERS:
        yield from _judge_integer_types(trial)
    if agrees is None:
        return
    if not agrees:
        yield from _report(trial, ALL_AT_ONCE)
    if trial is study.first_trial:
        for variation in (Variation(fortran_order, zero_strides), *_vary_needs(trial)):
            if not is_same_under(trial, variation):
                yield from _report(trial, variation)
        # A subject without Python code of its own has no lines between which another thread could run.
        if study.subject.file and (fact := find_race(study, trial)):
            yield Finding("not-thread-safe", fact, trial.sample)


def _vary_needs(trial: Trial) -> Iterator[Variation]:
    """Yield, for each float input, a call in which this input alone needs a gradient."""
    count, layouts = len(trial.sample.inputs), (negative_strides, fortran_order)
    for k, i in enumerate(trial.sample.floats):
        yield Variation(layouts[k % 2], fortran_order, needs=tuple(j == i for j in range(count)))


def _report(trial: Trial, variation: Variation) -> Iterator[Finding]:
    """Yield what differs, for each component of a variation alone."""
    needs = variation.needs or trial.needs
    names = ", ".join(name for name, needed in zip(trial.sample.names, needs, strict=True) if needed)
    inputs, cotangents = variation.inputs, variation.cotangents
    for code, circumstance, component in (
        ("not-deterministic", "when all is done again", Variation()),
        ("depends-on-needs", f"when only {names} needs a gradient", Variation(needs=variation.needs)),
        ("depends-on-layout", f"with {names} in {inputs.__name__}", Variation(inputs, needs=variation.needs)),
        ("depends-on-layout", f"with grad in {cotangents.__name__}", Variation(cotangents=cotangents)),
    ):
        try:
            for result_name in find_differences(trial, component):
                yield Finding(code, f"{result_name} is another one {circumstance}", trial.sample)
        except SubjectFailed as failure:
            yield Finding(code, f"{circumstance}: {failure.fact}", trial.sample)


def _judge_integer_types(trial: Trial) -> Iterator[Finding]:
    """Yield results that differ between bytes and wider types.

    A sample with bytes is compared with int64. A sample of whole floats is compared with bytes: the gradients
    have to agree only where the outputs agree, because `b - a` of uint8 wraps around in NumPy, too.
    """
    sample = trial.sample
    byte_inputs = [i for i, x in enumerate(sample.inputs) if isinstance(x, np.ndarray) and x.dtype == BYTES]
    if byte_inputs:
        if sample.floats:
            wide = sample.replace_inputs({i: sample.inputs[i].astype(np.int64) for i in byte_inputs})
            yield from _compare_types(trial.run_on(wide), sample, trial.needs)
        return
    for name in sample.names:
        as_bytes = convert_to_bytes(sample, name)
        if as_bytes.floats and as_bytes.floats != sample.floats:
            yield from _compare_types(trial, as_bytes, as_bytes.needs, may_wrap=True)


def _compare_types(
    trial: Trial, sample: Sample, needs: Sequence[bool], *, may_wrap: bool = False
) -> Iterator[Finding]:
    """Yield results that differ between a trial and a sample of the same values in other types."""
    fact, scale = (
        "is another one in other types: do integers wrap around?",
        largest_magnitude(trial.flat_outputs),
    )
    try:
        other = trial.run_on(sample, tuple(needs))
        if not _is_near(trial.flat_outputs, other.flat_outputs, scale):
            if not may_wrap:
                yield Finding("depends-on-dtype", f"the output {fact}", sample)
            return
        pairs = zip(trial.cotangents, other.outputs, strict=True)
        for i, g in enumerate(other.pull([g.astype(y.dtype) for g, y in pairs])):
            if g is not None and not _is_near(trial.gradients[i], g, scale):
                yield Finding("depends-on-dtype", f"the gradient for input {i} {fact}", sample)
    except SubjectFailed as failure:
        if not failure.code.startswith("forward"):  # forward may refuse other types
            yield Finding(failure.code, f"{failure.fact}, beside numbers in another type", sample)


def _is_near(x: Any, y: Any, scale: float) -> bool:
    """Return whether two results agree in half precision; `scale` is the largest output of the call.

    Where terms of this scale cancel, rounding remains.
    """
    slack = HALF_PRECISION * largest_magnitude(x) + 1e-5 * (1 + scale)
    return x.shape == y.shape and is_close(y, x, HALF_PRECISION, slack)


LAW = Law("same", same, after=("frame",))
