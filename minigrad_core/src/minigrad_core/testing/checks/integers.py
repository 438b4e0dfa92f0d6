"""Integers beside floats."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ...contracts.cases import Floats
from ..call import forward
from ..closeness import close
from ..finding import Broken, Check, DoesNotApply, Finding
from ..signed import signed_values

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from ..sample import Sample
    from ..study import Study

# A mask or labels in the smallest type that holds them (the first two that the domain has), and counts.
KINDS: dict[np.dtype[Any], tuple[tuple[int, ...], int]] = {
    np.dtype(np.uint8): ((0, 1, 2), 2),
    np.dtype(np.int64): ((1, 2, 3, 4, 5), 5),
}
HALF = 4e-3  # np.log of uint8 is float16 in NumPy itself


def integers(study: Study) -> Iterator[Finding]:
    """Beside integers a gradient is what it is beside the same numbers as floats.

    Where forward gives another value, as `b - a` of uint8 does in NumPy, or refuses them, nothing is asked.
    Faults: a buffer in the dtype of the integers, which cuts off what is put into it; `b - a`, `-x` or
    `n - 1` of uint8 in backward alone, which wrap around.
    Fix: buffers in the dtype of grad; `grad * b - grad * a` for `grad * (b - a)`.
    """
    if not study.differentiable:
        raise DoesNotApply("differentiable = False")
    calls = [call for call in study.several_calls if len(call.sample.floats) > 1]
    if not calls:
        raise DoesNotApply("it has not two inputs that may be floats")
    for call in calls:
        for kept in call.sample.floats:
            for kind, (numbers, most) in KINDS.items():
                if finding := _judged(study, _all_but(call.sample, kept, numbers, most), kept, kind):
                    yield finding
                    return


def _all_but(sample: Sample, kept: int, numbers: tuple[int, ...], most: int) -> Sample:
    """Return the sample with whole numbers, as floats, for all inputs but one that may have some."""
    inputs = list(sample.inputs)
    for i in sample.floats:
        domain = sample.domains[i]
        if i != kept and isinstance(domain, Floats):
            fitting = [n for n in numbers if domain.low < n < domain.high and (n or not domain.nonzero)]
            if len(fitting) > 1:
                inputs[i] = _shuffled(fitting[:most], inputs[i], i)
    return sample.with_inputs(tuple(inputs))


def _shuffled(numbers: list[int], like: NDArray[Any], start: int) -> NDArray[Any]:
    order = signed_values(0, 89 * start, (like.size,)).argsort()
    return np.array(numbers, like.dtype)[order % len(numbers)].reshape(like.shape)


def _judged(study: Study, floats: Sample, kept: int, kind: np.dtype[Any]) -> Finding | None:
    changed = [i for i in floats.floats if i != kept and not np.any(floats.inputs[i] % 1)]
    whole = floats.with_inputs(
        tuple(x.astype(kind) if i in changed else x for i, x in enumerate(floats.inputs))
    )
    try:
        expected, received = forward(study.op, floats), forward(study.op, whole)
        if not changed or not _alike(expected.flat, received.flat) or not expected.finite:
            return None
        right = expected.received[kept]
    except Broken:
        return None  # refused, or nothing for round numbers
    name, beside = floats.names[kept], f"beside {kind} for {' and '.join(floats.names[i] for i in changed)}"
    try:
        mine = received.received[kept]
    except Broken as broken:
        return Finding(broken.code, f"{broken.fact} ({beside})", whole)
    if _alike(right, mine):
        return None
    why = _cause(right, mine)
    return Finding(
        "wrong-gradient", f"input {kept} ({name}): the gradient is another one {beside}{why}", whole
    )


def _alike(x: NDArray[Any], y: NDArray[Any]) -> bool:
    return x.shape == y.shape and close(y, x, HALF, HALF * float(np.abs(x).max(initial=0.0)))


def _cause(right: NDArray[Any], mine: NDArray[Any]) -> str:
    if not np.any(mine % 1) and np.any(right % 1):
        return ": it is cut off to integers: give the buffer the dtype of grad"
    return " than beside the same numbers as floats: do integers wrap around in backward, 1 - 2 to 255?"


CHECK = Check("integers", integers, after=("vjp",))
