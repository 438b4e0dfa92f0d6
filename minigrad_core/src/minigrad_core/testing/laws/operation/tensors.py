"""An operation called on tensors."""

from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np

from ....tensor import Tensor
from ...closeness import close
from ...finding import Broken, Finding, Law
from ...guarded import guarded
from ...study import Study


def tensors(study: Study) -> Iterator[Finding]:
    """A tensor that is used as two inputs of one call gets the sum of both gradients.

    Faults: an operation that confuses its inputs when they are one.
    Fix: never compare inputs by identity.
    """
    trial = study.first
    subject: Any = study.subject
    if not trial.differentiable:
        return
    floats, inputs = trial.sample.floats, trial.sample.inputs
    pairs = [(i, j) for i in floats for j in floats if i != j and inputs[i].shape == inputs[j].shape]
    for i, j in pairs[:2]:
        try:
            raw = trial.on(trial.sample.but({j: inputs[i].copy()}))
            if not raw.finite:
                continue
            received = raw.received
        except Broken:
            continue
        tensor = Tensor(inputs[i].copy(), requires_grad=True)
        both = [tensor if k in (i, j) else x for k, x in enumerate(inputs)]
        out = guarded("the call", partial(subject.callable, *both, **trial.sample.settings))
        tracked = [
            (y, g) for y, g in zip(out if raw.many else [out], raw.cotangents, strict=True) if y.tracked
        ]
        for k, (y, g) in enumerate(tracked, 1):
            if y.dtype.kind == "c":  # backward starts from real values
                y, g = np.real(y * g), np.ones(y.shape)
            guarded("backward", partial(y.backward, g, retain_graph=k < len(tracked)))
        total = received[i] + received[j]
        size = float(np.abs(total).max(initial=0.0))
        if tensor.grad is None or not close(tensor.grad, total, 1e-10, 1e-12 * size):
            fact = f"one tensor as inputs {i} and {j} does not get the sum of both gradients"
            yield Finding("does-not-accumulate", fact, trial.sample)


LAW = Law("tensors", tensors, after=("frame", "same", "refusal", "derivative"))
