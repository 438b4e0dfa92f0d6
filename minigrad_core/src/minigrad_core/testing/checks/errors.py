"""Arguments that make no sense are refused."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from ...contracts.cases import ANY, AxisOf, Floats, IndexInto
from ...errors import MinigradError
from ...tensor import Tensor
from ..call import Call, backward, forward
from ..derive import partners
from ..finding import Broken, Check, Finding
from ..gradient import compare

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..study import Study


def errors(study: Study) -> Iterator[Finding]:
    """A wrong number of inputs, sizes that do not fit and an index out of range raise.

    Sizes that the cases do not allow may be accepted where every value counts and the gradient is right.
    Faults: a longer input cut to the shorter one in silence, an index that wraps around or is clipped.
    Fix: compare the shapes in forward and raise a ValueError that names both.
    """
    yield from _count(study, study.calls[0])
    for call in study.calls:
        if study.differentiable:
            yield from _broadcast(study, call)
            yield from _sizes(study, call)
            yield from _range(study, call)
            yield from _axis(study, call)


def _count(study: Study, call: Call) -> Iterator[Finding]:
    if study.signature.variadic:
        return
    inputs = [Tensor(x) if isinstance(x, np.ndarray) else x for x in call.sample.inputs]
    for what, given in (("one input too many", [*inputs, inputs[-1]] if inputs else []), ("no input", [])):
        if len(given) == len(study.signature.inputs) or (not given and study.signature.optional):
            continue
        try:
            study.callable(*given, **call.sample.settings)
        except (MinigradError, TypeError, ValueError):
            continue
        except Exception as error:
            yield Finding(
                "wrong-error",
                f"{what}: expected a TypeError or ValueError, got {type(error).__name__}: {error}",
            )
        else:
            if len(given) > len(study.signature.inputs):
                yield Finding("accepts-wrong-count", f"{what} is accepted in silence")


def _broadcast(study: Study, call: Call) -> Iterator[Finding]:
    """Shapes that broadcast, where the operation does not say that it does so, and yet takes them."""
    if study.broadcasts:
        return
    for recipe in partners(call.sample.recipe, study.signature):
        try:
            taken = forward(study.op, study.draw(recipe))
        except Broken:
            continue
        try:
            backward(taken, taken.grads)
        except Broken as broken:
            fact = "forward broadcasts, and the gradient does not fit: say `broadcasts = True`, or refuse"
            yield Finding("accepts-mismatch", f"{fact} ({broken.fact})", taken.sample)
        return


def _sizes(study: Study, call: Call) -> Iterator[Finding]:
    """A letter that two inputs share, one longer in one of them.

    Not where an index points: it is in range of the longer one too, and nothing in NumPy compares the two.
    """
    arguments = call.sample.recipe.case.arguments
    described = {n: d for n, d in arguments.items() if isinstance(d, Floats) and n in call.sample.names}
    pointed = {
        described[index.name].dimensions[index.axis]
        for index in arguments.values()
        if isinstance(index, IndexInto) and index.name in described
    }
    for name, description in described.items():
        shared = [
            k
            for k, letter in enumerate(description.dimensions)
            if isinstance(letter, str)
            and letter != ANY
            and letter not in pointed
            and all(other.dimensions.count(letter) < 2 for other in described.values())
            and any(letter in other.dimensions for n, other in described.items() if n != name)
        ]
        if ANY in description.dimensions:
            continue
        for axis in shared:
            yield from _accepted(study, call, name, axis)


def _accepted(study: Study, call: Call, name: str, axis: int) -> Iterator[Finding]:
    i = call.sample.names.index(name)
    x = call.sample.inputs[i]
    inputs: list[Any] = list(call.sample.inputs)
    inputs[i] = np.concatenate([x, np.take(x, [0], axis=axis)], axis=axis)
    sample = call.sample.with_inputs(tuple(inputs))
    try:
        longer = forward(study.op, sample)
        if _means_something(study, longer, i, axis):
            return  # its case says less than it can do
    except Broken:
        return
    yield Finding(
        "accepts-mismatch",
        f"shapes that do not fit are accepted in silence: {name} {inputs[i].shape}, where {call.sample} fits",
        sample,
    )


def _means_something(study: Study, call: Call, i: int, axis: int) -> bool:
    """Whether what was appended counts, and the gradient is right: nothing was cut off or repeated."""
    x = call.sample.inputs[i].copy()
    np.moveaxis(x, axis, 0)[-1] *= 0.75
    inputs = tuple(x if j == i else other for j, other in enumerate(call.sample.inputs))
    other = forward(study.op, call.sample.with_inputs(inputs))
    if np.array_equal(other.flat, call.flat):
        return False
    try:
        return compare(call) is None
    except Broken:
        return False


def _axis(study: Study, call: Call) -> Iterator[Finding]:
    """An axis that the array does not have."""
    for name, value in call.sample.recipe.case.arguments.items():
        if not isinstance(value, AxisOf) or name not in study.signature.settings:
            continue
        ndim = call.sample.inputs[call.sample.names.index(value.name)].ndim
        for axis in (ndim + 3, -ndim - 4):
            sample = replace(call.sample, settings={**call.sample.settings, name: axis})
            try:
                forward(study.op, sample)
            except Broken:
                continue
            yield Finding("accepts-axis", f"{name}={axis} is accepted in silence for {ndim} axes", sample)
            return


def _range(study: Study, call: Call) -> Iterator[Finding]:
    for i, description in enumerate(call.sample.domains):
        if not isinstance(description, IndexInto) or not call.sample.inputs[i].size:
            continue
        size = call.sample.inputs[call.sample.names.index(description.name)].shape[description.axis]
        inputs = list(call.sample.inputs)
        inputs[i] = np.full_like(inputs[i], size)
        sample = call.sample.with_inputs(tuple(inputs))
        try:
            forward(study.op, sample)
        except Broken:
            continue
        name = call.sample.names[i]
        fact = f"input {i} ({name}): the index {size} into an axis of size {size} is accepted in silence"
        yield Finding("accepts-index", fact, sample)


CHECK = Check("errors", errors, after=("cases",))
