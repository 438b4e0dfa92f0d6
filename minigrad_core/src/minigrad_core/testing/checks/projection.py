"""The gradient is right on large inputs too."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..finding import Check, DoesNotApply, Finding
from ..gradient import compare

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..study import Study


def projection(study: Study) -> Iterator[Finding]:
    """The gradient is right on about 1,025 values, for code paths that start at a size.

    Faults: a blocked or unrolled loop that loses its last block; an approximation above a size.
    Fix: run the operation on the sizes in the message.
    """
    if not study.differentiable:
        raise DoesNotApply("differentiable = False")
    yield from study.failed("large")
    for call in study.derived("large"):
        if found := compare(call, derived=True):
            fact = f"wrong at {call.sample.recipe.label}, right at smaller sizes"
            yield Finding("wrong-gradient", fact, call.sample, found)
            return


CHECK = Check("projection", projection, after=("vjp", "shapes"))
