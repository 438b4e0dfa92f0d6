"""Gradients at complex inputs: Re sum(gradient dz) has to be the change of Re sum(cotangent f)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from ...errors import DifferentiabilityError
from ..finding import Finding, SubjectFailed
from ..samples.values import draw_signed
from ..trial import Trial
from .compare import draw_directions, make_claims


def judge_complex(trials: Iterable[Trial]) -> Iterator[Finding]:
    """Yield wrong gradients for complex inputs.

    All inputs are complex at once; in the first trial also each input alone. Trials in which the subject
    refuses complex numbers are skipped, but it has to accept them in one trial.
    """
    accepted, refusal = 0, None
    for k, trial in enumerate(trials):
        floats = trial.sample.floats
        alone = [(i,) for i in floats if len(floats) > 1 and k == 0]
        # A complex output of real inputs.
        none: list[tuple[int, ...]] = [()] if trial.flat_outputs.dtype.kind == "c" else []
        for indices in (floats, *alone, *none):
            try:
                yield from _judge_inputs(trial, indices)
                accepted += 1
            except SubjectFailed as failure:
                has_no_gradient = isinstance(failure.cause, DifferentiabilityError) and k > 0
                if failure.code != "forward-raises" and not has_no_gradient:
                    raise
                refusal = failure
    if refusal is not None and not accepted:
        yield Finding("refuses-complex", f"takes_complex, but complex numbers are refused: {refusal.fact}")


def _judge_inputs(trial: Trial, indices: Sequence[int]) -> Iterator[Finding]:
    """Judge the inputs at `indices` off the real axis.

    Elementwise subjects are judged also on the axis beyond -1 and 1, where branch cuts begin. complex64
    inputs have to give complex64 outputs.
    """
    xs = trial.sample.inputs
    turns = {i: 1 + 0.3j * draw_signed(0, 31 * i, xs[i].shape) for i in indices}
    # Zeros are moved: a power is not smooth at 0.
    numbers = {i: (xs[i] + (xs[i] == 0)) * turn for i, turn in turns.items()}
    directions = draw_directions(trial.sample)
    turned = {i: v * (1 + 1j) if i in indices else v for i, v in directions.items()}
    yield from _judge_gradients(trial, numbers, turned)
    if indices != trial.sample.floats:
        return
    if trial.subject.declared.broadcasts:
        on_axis = {i: 3 * z.real * np.sign(turns[i].imag) + 0j for i, z in numbers.items()}
        yield from _judge_gradients(trial, on_axis, directions)
    if not trial.sample.fixes_type:
        single = trial.sample.replace_inputs({i: z.astype(np.complex64) for i, z in numbers.items()})
        for k, y in enumerate(trial.run_on(single, trial.needs).outputs):
            if y.dtype in (np.float64, np.complex128):
                fact = f"output {k} is {y.dtype} for complex64 inputs"
                yield Finding("double-precision", fact, trial.sample)


def _judge_gradients(
    trial: Trial, numbers: Mapping[int, Any], directions: Mapping[int, Any]
) -> Iterator[Finding]:
    """Yield that a gradient at complex inputs is not the slope along complex directions."""
    moved = trial.run_on(trial.sample.replace_inputs(numbers), trial.needs)
    cotangents = [g * (1 + 0.7j) if g.dtype.kind == "c" else g for g in moved.cotangents]
    gradients = moved.pull(cotangents)
    if not moved.is_finite:
        return
    evidence = make_claims(moved, [(cotangents, gradients)], directions).find_wrong(derived=True)
    if evidence is not None:
        name, oracle = trial.sample.names[evidence.input], evidence.slope.oracle.value
        error = f"along a direction in the plane it is off by {evidence.error:.2g} ({oracle})"
        fact = f"{name}: for complex values the gradient is wrong: {error}"
        yield Finding("wrong-complex-gradient", fact, trial.sample)
