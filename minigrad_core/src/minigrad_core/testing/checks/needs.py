"""Any subset of the inputs may need a gradient."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ..call import Call, backward, forward
from ..closeness import close
from ..finding import Broken, Check, DoesNotApply, Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..study import Study


def needs(study: Study) -> Iterator[Finding]:
    """Whatever subset of the inputs needs gradients, the ones asked for are the same.

    Faults: one gradient per needed input instead of per input, a value computed only if another input needs
    it, the wrong index into `ctx.needs`.
    Fix: return a tuple as long as the inputs, `... if ctx.needs[i] else None` in each place.
    """
    if not study.differentiable:
        raise DoesNotApply("differentiable = False")
    if all(len(call.sample.floats) < 2 and len(call.sample.inputs) < 2 for call in study.calls):
        raise DoesNotApply("one input")
    for call in study.several_calls:
        yield from _subsets(study, call)


def _subsets(study: Study, call: Call) -> Iterator[Finding]:
    everything, grads = call.received, call.grads
    floats = call.sample.floats
    for asked in _some_of(floats):
        wants = tuple(i in asked for i in range(len(call.sample.inputs)))
        who = ", ".join(call.sample.names[i] for i in sorted(asked))
        try:
            received = backward(forward(study.op, call.sample, wants), grads)
        except Broken as broken:
            yield Finding(broken.code, f"when only {who} needs a gradient: {broken.fact}", call.sample)
            return
        for i in sorted(asked):
            if not close(received[i], everything[i], 1e-10, 1e-12 * _size(everything[i])):
                yield Finding(
                    "depends-on-needs",
                    f"input {i}: the gradient is another one when only {who} needs a gradient",
                    call.sample,
                )
                return


def _some_of(floats: tuple[int, ...]) -> list[set[int]]:
    """Return each input alone, and all but each: among four, pairs say no more."""
    asked = [{i} for i in floats] + [set(floats) - {i} for i in floats]
    return [
        chosen for k, chosen in enumerate(asked) if chosen not in asked[:k] and 0 < len(chosen) < len(floats)
    ]


def _size(g: Any) -> float:
    return float(np.abs(g).max(initial=0.0))


CHECK = Check("needs", needs, after=("vjp",))
