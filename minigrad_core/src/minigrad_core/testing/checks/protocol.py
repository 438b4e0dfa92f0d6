"""`forward` and `backward` take and return what the contract says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..finding import Check, DoesNotApply, Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..study import Study


def protocol(study: Study) -> Iterator[Finding]:
    """`backward` returns one gradient per input: an array of the input's shape, None where none is owed.

    Faults: a wrong number of gradients, None for an input that needs one, an array for integer labels, a
    gradient of another shape (a sum over the broadcast axis is missing), a list instead of a tuple.
    Fix: return a tuple as long as the inputs; sum over what was broadcast, or set `broadcasts = True`.
    """
    if not study.differentiable:
        raise DoesNotApply("differentiable = False: there is no backward")
    if all(call.many and len(call.outputs) == 1 for call in study.calls):
        yield Finding("tuple-of-one", "forward returns a tuple of one output: return the array itself")
    for call in study.calls:
        if call.sample.floats:
            _ = call.received  # Broken if it is not as promised


CHECK = Check("protocol", protocol, after=("cases",))
