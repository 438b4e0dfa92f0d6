"""The gradient equals the numeric one, entry by entry."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..call import Call, backward, cotangents, signed
from ..finding import Check, DoesNotApply, Finding
from ..gradient import compare
from ..jacobian import Numeric

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..gradient import Evidence
    from ..study import Study

FULL = 40  # values in all inputs: above this, random directions alone


def vjp(study: Study) -> Iterator[Finding]:
    """The gradient equals the numeric derivative: on small shapes, that of the full Jacobian.

    Also on values of one sign, wide (2.5 to 9), far (9 to 40) and small (1e-4 to 1e-2).
    Faults: a constant factor, a missing inner derivative, right only for x > 0, a transposed matrix, |g|
    for g.
    Fix: derive d/dx again; the message shows both gradients side by side.
    """
    if not study.differentiable:
        raise DoesNotApply("differentiable = False")
    rng = study.rng("vjp")
    for call in study.calls:
        small = sum(call.sample.inputs[i].size for i in call.sample.floats) <= FULL
        entries = small and call in study.some_calls
        found = _by_entries(call, rng) if entries else compare(call, rng) or compare(call, rng)
        if found:
            yield Finding("wrong-gradient", "the gradient differs from the numeric one", call.sample, found)
            return
    yield from study.failed("styles")
    for derived in study.derived("styles"):
        if found := compare(derived, rng):
            fact = f"wrong on {derived.sample.recipe.label}, right on others"
            yield Finding("wrong-gradient", fact, derived.sample, found)
            return


def _by_entries(call: Call, rng: np.random.Generator) -> Evidence | None:
    """Return the evidence that an entry is wrong, for a random gradient, a large one and a single value."""
    one_hot = cotangents(
        call, lambda shape: (rng.permutation(int(np.prod(shape))).reshape(shape) == 0) * -1.5
    )
    pairs = [(call.grads, call.received)]
    pairs += [
        (grads, [g if g is None else g.copy() for g in backward(call, grads)])
        for grads in (cotangents(call, signed(rng, 30.0)), one_hot)
    ]
    for i in call.sample.floats:
        numeric = Numeric(call, i, rng)
        for grads, received in pairs:
            if found := numeric.contradicts(received[i], grads):
                return found
    return None


CHECK = Check("vjp", vjp, after=("protocol",))
