"""`backward` is linear in the gradient."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ..call import Call, backward
from ..finding import Check, DoesNotApply, Finding
from ..returned import per_input

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..study import Study


def linear(study: Study) -> Iterator[Finding]:
    """`backward` is linear in `grad`: scaled, added, negated, and zero for zero.

    Faults: |g| for g, a clipped or rounded gradient, a gradient that is ignored, g * g.
    Fix: use `grad` once, as a factor.
    """
    if not study.differentiable:
        raise DoesNotApply("differentiable = False")
    for call in study.several_calls:
        if call.sample.floats:
            first = call is study.first
            factors = (-1e6, 1e-6) if first else (-1e6,)
            findings = [finding for factor in factors for finding in _scaled_by(call, factor)]
            findings += _sums(call) if first else ()
            if findings:
                yield findings[0]
                return


def _sums(call: Call) -> Iterator[Finding]:
    ones, zeros = ((sweep.given, per_input(call, sweep.copied)) for sweep in call.plain)
    law = "0 times grad must give 0 times the gradient"
    yield from _differs(call, _kept(zeros[1]), [0 * b for b in _kept(call.received)], law, zeros[0])
    parts = [*call.passes, ones]  # positive ones too: a sign or a clip may hide at one end
    total = [sum(grads) for grads in zip(*(grads for grads, _ in parts), strict=True)]
    expected = [sum(kept) for kept in zip(*(_kept(received) for _, received in parts), strict=True)]
    law = "the gradient of a sum must be the sum of the gradients"
    yield from _differs(call, _run(call, total), expected, law, total)
    if len(call.grads) > 1:  # the whole is the sum over outputs, with zeros for the others
        g = call.grads
        singly = [_run(call, [x if k == j else x * 0 for k, x in enumerate(g)]) for j in range(len(g))]
        sums = [sum(p) for p in zip(*singly, strict=True)]
        yield from _differs(call, sums, _kept(call.received), "the outputs' gradients must add up", g)


def _scaled_by(call: Call, factor: float) -> Iterator[Finding]:
    grads = [g * factor if g.dtype.kind in "fc" else g for g in call.grads]
    law = f"{factor:g} times grad must give {factor:g} times the gradient"
    yield from _differs(call, _run(call, grads), [factor * b for b in _kept(call.received)], law, grads)


def _run(call: Call, grads: list[Any]) -> list[Any]:
    return _kept(backward(call, grads))


def _kept(received: list[Any]) -> list[Any]:
    return [np.zeros(()) if g is None else np.array(g) for g in received]


def _differs(
    call: Call, received: list[Any], expected: list[Any], law: str, reference: list[Any]
) -> Iterator[Finding]:
    least = max((float(np.abs(b).max(initial=0.0)) for b in reference), default=1.0)
    for i, (r, e) in enumerate(zip(received, expected, strict=True)):
        error = np.abs(r - e)
        scale = float(np.abs(e).max(initial=0.0))
        # A derivative that cancels to zero leaves rounding at the scale of grad and of the output.
        if not (error <= 1e-11 * scale + 1e-13 * least * (1 + call.size)).all():
            yield Finding(
                "not-linear",
                f"input {i}: backward is not linear in grad: {law}, it is off by {float(np.max(error)):.2g}",
                call.sample,
            )
            return


CHECK = Check("linear", linear, after=("protocol",))
