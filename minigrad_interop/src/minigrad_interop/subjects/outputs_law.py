"""Of several outputs one may be used alone: the others have no gradient then."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from minigrad_core.testing.finding import Finding, Law, SubjectFailed
from minigrad_core.testing.guard import guard
from minigrad_core.testing.variations import is_alike

if TYPE_CHECKING:
    from minigrad_core.testing.study import Study
    from minigrad_core.testing.trial import Trial


def check_outputs(study: Study) -> Iterator[Finding]:
    """Where only one of several outputs is used, the gradient is that for zeros in the others.

    Faults: `set_materialize_grads(False)`, or `symbolic_zeros=True`, and no thought of what `backward` gets
    for an output that nobody used.
    Fix: leave out the terms of such an output, and only these.
    """
    for trial in study.trials:
        floats = [k for k, y in enumerate(trial.outputs) if y.dtype.kind in "fc"]
        if trial.differentiable and trial.backward_pass.failure is None and len(floats) > 1:
            for k in dict.fromkeys((floats[0], floats[-1])):
                yield from _compare_single_output(trial, k)
            return


def _compare_single_output(trial: Trial, k: int) -> Iterator[Finding]:
    subject: Any = trial.subject
    grads = [g if j == k else np.zeros_like(g) for j, g in enumerate(trial.cotangents)]
    expected_gradients = trial.pull(grads)
    try:
        received = guard("backward", lambda: subject.single_output_gradients(trial.sample, k, grads[k]))
    except SubjectFailed as failure:
        yield Finding("unused-output", f"where only output {k} is used, {failure.fact}", trial.sample)
        return
    for i, (g, expected) in enumerate(zip(received, expected_gradients, strict=True)):
        if expected is not None and not is_alike(g, expected):
            fact = f"where only output {k} is used, the gradient for input {i} is another one"
            yield Finding("unused-output", f"{fact} than for zeros in the others", trial.sample)


OUTPUTS = Law("outputs", check_outputs, after=("frame", "same"))
