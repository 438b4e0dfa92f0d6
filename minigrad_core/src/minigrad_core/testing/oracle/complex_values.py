"""Whether a gradient is right for complex values: Re sum(gradient dz) is what Re sum(cotangent f) gains."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from ...errors import DifferentiabilityError
from ..finding import Finding, SubjectFailed
from ..samples.values import draw_signed
from ..trial import Trial
from .compare import draw_directions, make_claims


def judge_complex(trials: Iterable[Trial]) -> Iterator[Finding]:
    """Yield what is wrong with the gradient for complex inputs: all of them, at first each alone, too.

    Arguments for which complex numbers are refused are left out, but some have to be taken.
    """
    taken, refused = 0, None
    for turn, trial in enumerate(trials):
        floats = trial.sample.floats
        alone = [(i,) for i in floats if len(floats) > 1 and not turn]
        for chosen in (floats, *alone, *([()] if trial.flat_outputs.dtype.kind == "c" else [])):
            try:
                yield from _judge_off_axis(trial, chosen)
                taken += 1
            except SubjectFailed as failure:
                may = isinstance(failure.cause, DifferentiabilityError) and turn  # a mode without a gradient
                if failure.code != "forward-raises" and not may:
                    raise
                refused = failure
    if refused is not None and not taken:
        yield Finding("refuses-complex", f"takes_complex, but complex numbers are refused: {refused.fact}")


def _judge_off_axis(trial: Trial, chosen: Sequence[int]) -> Iterator[Finding]:
    """Judge some inputs off the real axis; elementwise also on it, beyond -1 and 1: branch cuts are there."""
    xs = trial.sample.inputs
    turns = {i: 1 + 0.3j * draw_signed(0, 31 * i, xs[i].shape) for i in chosen}
    numbers = {i: (xs[i] + (xs[i] == 0)) * turn for i, turn in turns.items()}  # a power is rough at 0
    vs = draw_directions(trial.sample)
    yield from _judge_gradients(
        trial, numbers, {i: v * (1 + 1j) if i in chosen else v for i, v in vs.items()}
    )
    if chosen != trial.sample.floats:
        return
    if trial.subject.declared.broadcasts:
        beyond = {i: 3 * x.real * np.sign(turns[i].imag) + 0j for i, x in numbers.items()}
        yield from _judge_gradients(trial, beyond, vs)
    if not trial.sample.fixes_type:
        single = {i: x.astype(np.complex64) for i, x in numbers.items()}
        for k, y in enumerate(trial.run_on(trial.sample.replace_inputs(single), trial.needs).outputs):
            if y.dtype in (np.float64, np.complex128):
                fact = f"output {k} is {y.dtype} for complex64 inputs"
                yield Finding("double-precision", fact, trial.sample)


def _judge_gradients(trial: Trial, numbers: Mapping[int, Any], vs: Mapping[int, Any]) -> Iterator[Finding]:
    """Yield that the gradients are not the slopes for some numbers, along directions in the plane."""
    there = trial.run_on(trial.sample.replace_inputs(numbers), trial.needs)
    grads = [g * (1 + 0.7j) if g.dtype.kind == "c" else g for g in there.cotangents]
    received = there.pull(grads)
    if there.is_finite and (found := make_claims(there, [(grads, received)], vs).find_wrong(derived=True)):
        fact = f"{trial.sample.names[found.input]}: for complex values the gradient is wrong: "
        error = f"along a direction in the plane it is off by {found.error:.2g} ({found.slope.oracle})"
        yield Finding("wrong-complex-gradient", fact + error, trial.sample)
