"""The gradient equals the numeric one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..finding import Check, DoesNotApply, Finding
from ..gradient import compare

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..study import Study


def vjp(study: Study) -> Iterator[Finding]:
    """The gradient equals the numeric derivative, for gradients of the output that are unlike one another.

    Also on wide values (2.5 to 9), far (9 to 40) and small ones (1e-4 to 1e-2).
    Faults: a constant factor, a missing inner derivative, right only for x > 0, a transposed matrix, |g|
    for g.
    Fix: derive d/dx again; the message shows both gradients side by side.
    """
    if not study.differentiable:
        raise DoesNotApply("differentiable = False")
    for call in study.calls:
        if found := compare(call, call.passes if call is study.first else None):
            yield Finding("wrong-gradient", "the gradient differs from the numeric one", call.sample, found)
            return
    yield from study.failed("styles")
    for derived in study.derived("styles"):
        if found := compare(derived, derived=True):
            fact = f"wrong on {derived.sample.recipe.label}, right on others"
            yield Finding("wrong-gradient", fact, derived.sample, found)
            return


CHECK = Check("vjp", vjp, after=("protocol",))
