"""A tensor that is used twice gets the sum."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from ...tensor import Tensor
from ..call import Call, backward, forward
from ..closeness import close
from ..finding import Broken, Check, DoesNotApply, Finding
from ..guarded import guarded

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..study import Study


def accumulate(study: Study) -> Iterator[Finding]:
    """A tensor that is used in two calls, or as two inputs of one, gets the sum of the gradients.

    Faults: a gradient array that another call writes to, an operation that confuses its inputs when they
    are one.
    Fix: return fresh arrays; never compare inputs by identity.
    """
    if not study.differentiable:
        raise DoesNotApply("differentiable = False")
    call = study.first
    if call.sample.floats and (finding := _twice(study, call) or _both_inputs(study, call)):
        yield finding


def _twice(study: Study, call: Call) -> Finding | None:
    grads, expected = zip(*call.passes[:2], strict=True)
    tensors = {i: Tensor(call.sample.inputs[i].copy(), requires_grad=True) for i in call.sample.floats}
    inputs = [tensors.get(i, x) for i, x in enumerate(call.sample.inputs)]
    outs = [guarded("the call", lambda: study.callable(*inputs, **call.sample.settings)) for _ in range(2)]
    for out, g in zip(outs, grads, strict=True):
        _sweep(out, g)
    for i, tensor in tensors.items():
        total = expected[0][i] + expected[1][i]
        if tensor.grad is None or not close(tensor.grad, total, 1e-10, 1e-12 * _size(total)):
            return Finding(
                "does-not-accumulate",
                f"input {i}: used in two calls, it does not get the sum of both",
                call.sample,
            )
    return None


def _both_inputs(study: Study, call: Call) -> Finding | None:
    floats = call.sample.floats
    pairs = [(i, j) for i in floats for j in floats if i != j and _alike(call, i, j)]
    for i, j in pairs[:2]:
        inputs: list[Any] = list(call.sample.inputs)
        inputs[j] = inputs[i].copy()
        try:
            raw = forward(study.op, call.sample.with_inputs(tuple(inputs)))
        except Broken:
            continue
        if not raw.finite:
            continue
        grads = raw.grads
        received = backward(raw, grads)
        tensor = Tensor(inputs[i], requires_grad=True)
        inputs[i] = inputs[j] = tensor
        out = guarded("the call", partial(study.callable, *inputs, **call.sample.settings))
        _sweep(out, grads)
        total = received[i] + received[j]
        if tensor.grad is None or not close(tensor.grad, total, 1e-10, 1e-12 * _size(total)):
            fact = f"one tensor as inputs {i} and {j} does not get the sum of both gradients"
            return Finding("does-not-accumulate", fact, call.sample)
    return None


def _alike(call: Call, i: int, j: int) -> bool:
    x, y = call.sample.inputs[i], call.sample.inputs[j]
    return bool(x.shape == y.shape)


def _sweep(out: Any, grads: list[Any]) -> None:
    outs = out if isinstance(out, tuple) else (out,)
    for k, (y, g) in enumerate(zip(outs, grads, strict=True)):
        if not y.tracked:
            continue
        if y.dtype.kind == "c":  # backward starts from real values
            y, g = np.real(y * g), np.ones(y.shape)
        guarded("backward", partial(y.backward, g, retain_graph=k + 1 < len(outs)))


def _size(g: Any) -> float:
    return float(np.abs(g).max(initial=0.0))


CHECK = Check("accumulate", accumulate, after=("protocol",))
