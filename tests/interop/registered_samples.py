"""A sample of each registered operation that has derivatives, for the three wrappers of operations."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

from minigrad_core import ops
from minigrad_core.errors import MinigradError
from minigrad_core.testing.samples.draw import draw
from minigrad_core.testing.samples.sample import Recipe, Sample
from minigrad_core.testing.subjects.arguments import propose_cases
from minigrad_core.testing.subjects.operation import OperationSubject

# Without SciPy's: the frameworks' checks by differences fail where a value jumps, as the signs of `eigh` do.
NAMES = [
    name
    for name in sorted(ops)
    if not name.startswith("scipy::")
    and (declared := OperationSubject(ops[name]).declared).differentiable
    and not declared.surrogate
]


@cache
def sample_of(name: str) -> Sample:
    """Return arguments at which the operation returns finite results."""
    subject = OperationSubject(ops[name])
    for case in subject.cases or tuple(propose_cases(subject.signature)):
        sample = draw(Recipe(case, seed=3), subject.signature)
        try:
            with np.errstate(all="ignore"):
                raw = subject.forward(sample.inputs, sample.settings, sample.needs).raw
        except (MinigradError, TypeError, ValueError):
            continue
        if all(
            np.isfinite(y).all() for y in (raw if isinstance(raw, tuple) else (raw,)) if y.dtype.kind in "fc"
        ):
            return sample
    raise AssertionError(f"{name} returns finite results at none of its cases")


def outputs_of(name: str) -> tuple[Any, ...]:
    """Return the outputs of the operation itself."""
    subject, sample = OperationSubject(ops[name]), sample_of(name)
    with np.errstate(all="ignore"):
        raw = subject.forward(sample.inputs, sample.settings, sample.needs).raw
    return raw if isinstance(raw, tuple) else (raw,)


def bind_floats(name: str, function: Any) -> Any:
    """Return `function` as a function of the float inputs of the sample alone, which returns a tuple."""
    sample, has_tuple = sample_of(name), len(outputs_of(name)) > 1

    def run(*floats: Any) -> tuple[Any, ...]:
        inputs = list(sample.inputs)
        for i, x in zip(sample.floats, floats, strict=True):
            inputs[i] = x
        outputs = function(*inputs, **sample.settings)
        return outputs if has_tuple else (outputs,)

    return run
