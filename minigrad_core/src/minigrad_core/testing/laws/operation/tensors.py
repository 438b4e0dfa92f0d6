"""An operation called on tensors."""

from collections.abc import Iterator
from functools import partial

from ....tensor import Tensor
from ...closeness import close, largest
from ...finding import Finding, Law
from ...guarded import guarded
from ...study import Study


def tensors(study: Study) -> Iterator[Finding]:
    """A tensor that is used as two inputs of one call gets the sum of both gradients.

    Faults: an operation that confuses its inputs when they are one.
    Fix: never compare inputs by identity.
    """
    trial, subject = study.first, study.subject
    floats, inputs = trial.sample.floats, trial.sample.inputs
    pairs = [(i, j) for i in floats for j in floats if i < j and inputs[i].shape == inputs[j].shape]
    for i, j in pairs[:1] if trial.differentiable else ():
        raw = trial.tried(trial.sample.but({j: inputs[i].copy()}))
        if raw is None or not raw.finite or not raw.pulls or raw.flat.dtype.kind == "c":
            continue
        tensor = Tensor(inputs[i].copy(), requires_grad=True)
        both = [tensor if k in (i, j) else x for k, x in enumerate(inputs)]
        out = guarded("the call", partial(subject.callable, *both, **trial.sample.settings))  # type: ignore[attr-defined]
        for y, g in zip(out if raw.many else [out], raw.cotangents, strict=True):
            if y.tracked:
                guarded("backward", partial(y.backward, g, retain_graph=True))
        total = raw.received[i] + raw.received[j]
        if tensor.grad is None or not close(tensor.grad, total, 1e-10, 1e-12 * largest(total)):
            fact = f"one tensor as inputs {i} and {j} does not get the sum of both gradients"
            yield Finding("does-not-accumulate", fact, trial.sample)


LAW = Law("tensors", tensors, after=("frame", "same", "refusal", "derivative"))
