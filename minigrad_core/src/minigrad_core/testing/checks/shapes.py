"""All sizes and shapes: 0-d, empty, one, above 16, square, broadcast."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..finding import Broken, Check, DoesNotApply, Finding
from ..gradient import Evidence, compare

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..call import Call
    from ..study import Study


def shapes(study: Study) -> Iterator[Finding]:
    """Values and gradients are right for 0-d, empty, size 1, size above 16, square, and broadcasting shapes.

    Faults: a leading axis that is not summed, right only for square inputs, a batch of one, an IndexError
    on empty.
    Fix: run the operation on the shapes in the message. Refusing a shape with a ValueError is fine.
    """
    if not study.differentiable:
        raise DoesNotApply("differentiable = False")
    for family in ("sizes", "partners"):
        yield from study.failed(family)
        for call in study.derived(family):
            if found := _compared(call):
                fact = f"wrong at {call.sample.recipe.label}, right at other sizes"
                yield Finding("wrong-gradient", fact, call.sample, found)
                return
    yield from study.failed("empties")
    for call in study.derived("empties"):
        yield from _empty(call)


def _compared(call: Call) -> Evidence | None:
    try:
        return compare(call, derived=True)
    except Broken as broken:
        raise Broken(broken.code, f"at {call.sample.recipe.label}: {broken.fact}", broken.cause) from broken


def _empty(call: Call) -> Iterator[Finding]:
    """Nothing to differentiate, but the shapes have to fit, and a sum over nothing is zero."""
    label = call.sample.recipe.label
    try:
        received = call.received
    except Broken as broken:
        yield Finding(broken.code, f"at {label}, which forward accepts: {broken.fact}", call.sample)
        return
    if all(y.size == 0 for y in call.outputs):
        for i, g in enumerate(received):
            if g is not None and np.any(g != 0):
                yield Finding(
                    "wrong-gradient",
                    f"at {label}: the output is empty, so the gradient for input {i} must be zeros",
                    call.sample,
                )


CHECK = Check("shapes", shapes, after=("vjp",))
