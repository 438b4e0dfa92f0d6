"""An operation called on tensors."""

from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np

from ....errors import MinigradError
from ....tensor import Tensor
from ...closeness import close
from ...finding import Broken, Finding, Law
from ...guarded import guarded
from ...study import Study
from ...trial import Trial


def tensors(study: Study) -> Iterator[Finding]:
    """A tensor that is used in two calls, or as two inputs of one, gets the sum of the gradients.

    A wrong number of inputs is refused.
    Faults: a gradient array that another call writes to, an operation that confuses its inputs when they are
    one.
    Fix: return fresh arrays; never compare inputs by identity.
    """
    trial = study.first
    yield from _count(study, trial)
    if trial.differentiable:
        yield from _twice(study, trial)
        yield from _both_inputs(study, trial)


def _call(study: Study, *inputs: Any, **settings: Any) -> Any:
    subject: Any = study.subject
    return subject.callable(*inputs, **settings)


def _count(study: Study, trial: Trial) -> Iterator[Finding]:
    signature = study.subject.signature
    if signature.variadic:
        return
    inputs = [Tensor(x) if isinstance(x, np.ndarray) else x for x in trial.sample.inputs]
    for what, given in (("one input too many", [*inputs, inputs[-1]] if inputs else []), ("no input", [])):
        if len(given) == len(signature.inputs) or (not given and signature.optional):
            continue
        try:
            _call(study, *given, **trial.sample.settings)
        except (MinigradError, TypeError, ValueError):
            continue
        except Exception as error:
            fact = f"{what}: expected a TypeError or ValueError, got {type(error).__name__}: {error}"
            yield Finding("wrong-error", fact)
        else:
            if len(given) > len(signature.inputs):
                yield Finding("accepts-wrong-count", f"{what} is accepted in silence")


def _twice(study: Study, trial: Trial) -> Iterator[Finding]:
    passes = ((trial.cotangents, trial.received), trial.uneven)
    mine = {i: Tensor(trial.sample.inputs[i].copy(), requires_grad=True) for i in trial.sample.floats}
    inputs = [mine.get(i, x) for i, x in enumerate(trial.sample.inputs)]
    call = partial(_call, study, *inputs, **trial.sample.settings)
    outs = [guarded("the call", call) for _ in range(2)]
    for out, (cotangents, _) in zip(outs, passes, strict=True):
        _sweep(out, cotangents)
    for i, tensor in mine.items():
        if not _is(tensor.grad, sum(received[i] for _, received in passes)):
            fact = f"input {i}: used in two calls, it does not get the sum of both"
            yield Finding("does-not-accumulate", fact, trial.sample)


def _both_inputs(study: Study, trial: Trial) -> Iterator[Finding]:
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
        _sweep(guarded("the call", partial(_call, study, *both, **trial.sample.settings)), raw.cotangents)
        if not _is(tensor.grad, received[i] + received[j]):
            fact = f"one tensor as inputs {i} and {j} does not get the sum of both gradients"
            yield Finding("does-not-accumulate", fact, trial.sample)


def _sweep(out: Any, cotangents: list[Any]) -> None:
    outs = out if isinstance(out, tuple) else (out,)
    for k, (y, g) in enumerate(zip(outs, cotangents, strict=True)):
        if not y.tracked:
            continue
        if y.dtype.kind == "c":  # backward starts from real values
            y, g = np.real(y * g), np.ones(y.shape)
        guarded("backward", partial(y.backward, g, retain_graph=k + 1 < len(outs)))


def _is(grad: Any, total: Any) -> bool:
    size = float(np.abs(total).max(initial=0.0))
    return grad is not None and close(grad, total, 1e-10, 1e-12 * size)


LAW = Law("tensors", tensors, after=("frame", "same", "refusal", "derivative"))
