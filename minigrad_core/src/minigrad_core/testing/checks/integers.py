"""Integers, as inputs and beside floats, in any of their types."""

from __future__ import annotations

from itertools import chain, islice
from typing import TYPE_CHECKING, Any

import numpy as np

from ...contracts.cases import Dominant, Floats, IndexInto, Integers
from ..call import forward
from ..closeness import close
from ..finding import Broken, Check, DoesNotApply, Finding
from ..signed import signed_values

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from ..call import Call
    from ..sample import Sample
    from ..study import Study

# A mask or labels, in the smallest type that holds them; the first two of these that the domain has.
KIND, NUMBERS = np.dtype(np.uint8), (0, 1, 2)
HALF = 4e-3  # np.log of uint8 is float16 in NumPy itself
WRAPS = "do integers wrap around, 1 - 2 to 255?"


def integers(study: Study) -> Iterator[Finding]:
    """Labels of uint8 give what those of int64 do; beside integers a gradient is what it is beside floats.

    The latter only where forward gives the same value as well: `b - a` of uint8 wraps around in NumPy, too.
    Integers may be refused.
    Faults: a buffer in the dtype of the integers, which cuts off what is put into it; `b - a`, `-x` or
    `2 * label - 1` of uint8, which wrap around.
    Fix: buffers in the dtype of grad; `grad * b - grad * a` for `grad * (b - a)`; `label.astype(x.dtype)`.
    """
    if not study.differentiable:
        raise DoesNotApply("differentiable = False")
    pairs = [
        (call, i)
        for call in study.several_calls
        for i, domain in enumerate(call.sample.domains)
        if isinstance(domain, Integers | IndexInto)
    ]
    widest = max(study.several_calls, key=lambda call: len(call.sample.floats))
    floats = widest.sample.floats
    if not pairs and len(floats) < 2:
        raise DoesNotApply("it takes no integers, nor two inputs that may be floats")
    smallest = (finding for call, i in pairs for finding in _smallest(study, call, i))
    beside = (
        finding
        for kept in ({*floats[:2], floats[-1]} if len(floats) > 1 else ())
        for finding in _beside(study, _all_but(widest.sample, kept), kept)
    )
    yield from islice(chain(smallest, beside), 1)


def _smallest(study: Study, call: Call, i: int) -> Iterator[Finding]:
    """Compare with the same integers in the smallest type that holds them."""
    x = call.sample.inputs[i]
    kind = np.uint8 if x.min(initial=0) >= 0 else np.int8
    if x.max(initial=0) > np.iinfo(kind).max or x.min(initial=0) < np.iinfo(kind).min:
        return
    sample = _with(call.sample, {i: x.astype(kind)})
    try:
        small = forward(study.op, sample)
    except Broken:
        return  # refused
    beside = f"with {np.dtype(kind)} for {call.sample.names[i]}"
    if not _alike(call.flat, small.flat):
        yield Finding("wrong-output", f"the output is another one {beside} than with int64: {WRAPS}", sample)
        return
    for k in call.sample.floats:
        yield from _compared(call, small, k, f"{beside} than with int64")


def _all_but(sample: Sample, kept: int) -> Sample:
    """Return the sample with whole numbers, as floats, for all inputs but one that may have some."""
    changed = {}
    for i in sample.floats:
        domain = sample.domains[i]
        if i != kept and isinstance(domain, Floats) and not isinstance(domain, Dominant):
            fitting = [n for n in NUMBERS if domain.low < n < domain.high and (n or not domain.nonzero)]
            if len(fitting) > 1:
                changed[i] = _shuffled(fitting[:2], sample.inputs[i], i)
    return _with(sample, changed)


def _shuffled(numbers: list[int], like: NDArray[Any], start: int) -> NDArray[Any]:
    order = signed_values(0, 89 * start, (like.size,)).argsort()
    return np.array(numbers, like.dtype)[order % len(numbers)].reshape(like.shape)


def _with(sample: Sample, changed: dict[int, NDArray[Any]]) -> Sample:
    return sample.with_inputs(tuple(changed.get(i, x) for i, x in enumerate(sample.inputs)))


def _beside(study: Study, floats: Sample, kept: int) -> Iterator[Finding]:
    changed = [i for i in floats.floats if i != kept and not np.any(floats.inputs[i] % 1)]
    try:
        expected = forward(study.op, floats)
        whole = forward(study.op, _with(floats, {i: floats.inputs[i].astype(KIND) for i in changed}))
    except Broken:
        return  # refused, or nothing for round numbers
    if changed and expected.finite and _alike(expected.flat, whole.flat):
        names = " and ".join(floats.names[i] for i in changed)
        yield from _compared(
            expected, whole, kept, f"beside {KIND} for {names} than beside the same numbers as floats"
        )


def _compared(expected: Call, call: Call, i: int, where: str) -> Iterator[Finding]:
    try:
        right = expected.received[i]
    except Broken:
        return  # another check says so
    try:
        mine = call.received[i]
    except Broken as broken:
        yield Finding(broken.code, f"{broken.fact}, {where.partition(' than ')[0]}", call.sample)
        return
    if not _alike(right, mine):
        cut = not np.any(mine % 1) and np.any(right % 1)
        why = "it is cut off to integers: give the buffer the dtype of grad" if cut else WRAPS
        fact = f"input {i} ({call.sample.names[i]}): the gradient is another one {where}: {why}"
        yield Finding("wrong-gradient", fact, call.sample)


def _alike(x: NDArray[Any], y: NDArray[Any]) -> bool:
    return x.shape == y.shape and close(y, x, HALF, HALF * float(np.abs(x).max(initial=0.0)))


CHECK = Check("integers", integers, after=("vjp",))
