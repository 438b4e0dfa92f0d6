"""Indices and masks of every kind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ...contracts.cases import Booleans, IndexInto
from ..call import Call, forward
from ..finding import Broken, Check, DoesNotApply, Finding
from ..gradient import compare
from .extremes import declares_nan

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..study import Study


def index(study: Study) -> Iterator[Finding]:
    """Gradients are right for indices that repeat or count from the end, and for masks of one kind only.

    Faults: `dx[index] = grad`, which keeps the last of several; a one-hot that misses negative indices; 0 /
    0 under a mask that is all false.
    Fix: `np.add.at`, or a product with a one-hot matrix; refuse negative indices with a ValueError if they
    make no sense.
    """
    if not study.differentiable:
        raise DoesNotApply("differentiable = False")
    tried = False
    for call in study.calls:
        for i, description in enumerate(call.sample.domains):
            if isinstance(description, IndexInto | Booleans):
                tried = True
                for what, values in _variants(call, i, description):
                    yield from _compared(study, call, i, what, values)
    if not tried:
        raise DoesNotApply("no input is an index or a mask")


def _variants(call: Call, i: int, description: Any) -> Iterator[tuple[str, Any]]:
    x = call.sample.inputs[i]
    if isinstance(description, Booleans):
        yield "a mask that is all false", np.zeros_like(x)
        yield "a mask that is all true", np.ones_like(x)
        return
    size = call.sample.inputs[call.sample.names.index(description.name)].shape[description.axis]
    count = np.arange(x.size).reshape(x.shape)
    yield "an index that repeats", np.zeros_like(x)
    yield "indices that repeat", (count // 2) % size
    yield "negative indices", (count % size) - size
    yield "an index and its negative twin", np.where(count % 2 == 0, 1 % size, 1 % size - size)
    yield "indices in descending order", (size - 1 - count) % size
    yield "int32 indices", x.astype(np.int32)


def _compared(study: Study, call: Call, i: int, what: str, values: Any) -> Iterator[Finding]:
    inputs = list(call.sample.inputs)
    inputs[i] = values.astype(values.dtype)
    sample = call.sample.with_inputs(tuple(inputs))
    try:
        fresh = forward(study.op, sample)
    except Broken as broken:
        if isinstance(broken.cause, ValueError | IndexError | TypeError):
            return  # refused aloud
        raise
    if not fresh.finite:
        if what.startswith("a mask") and not declares_nan(study.op):
            yield Finding("not-finite", f"forward gives NaN or infinity under {what}", sample)
        return
    try:
        found = compare(fresh, derived=True)
    except Broken as broken:
        yield Finding(broken.code, f"with {what}: {broken.fact}", sample)
        return
    if found:
        yield Finding("wrong-gradient", f"the gradient is wrong with {what}", sample, found)


CHECK = Check("index", index, after=("vjp",))
