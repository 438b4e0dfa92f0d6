"""`backward` is linear in the gradient."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ..call import Call, backward, cotangents, signed
from ..finding import Check, DoesNotApply, Finding

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
    rng = study.rng("linear")
    for call in study.calls:
        if call.sample.floats:
            finding = next(_findings(call, rng), None)
            if finding:
                yield finding
                return


def _findings(call: Call, rng: np.random.Generator) -> Iterator[Finding]:
    g, other = cotangents(call, signed(rng)), cotangents(call, signed(rng))
    base = _run(call, g)
    for factor in (-1.0, 1e6, 1e-6, -3.0, 0.0):
        received = _run(call, [_scaled(x, factor) for x in g])
        law = f"{factor:g} times grad must give {factor:g} times the gradient"
        yield from _differs(call, received, [factor * b for b in base], law, [factor * x for x in g])
    sparse = cotangents(call, lambda shape: (rng.permutation(int(np.prod(shape))).reshape(shape) < 1) * 2.0)
    for second, what in (
        (other, "another"),
        (sparse, "a sparse one"),
        ([np.abs(x) for x in other], "a positive one"),
    ):
        total = [x + y for x, y in zip(g, second, strict=True)]
        expected = [x + y for x, y in zip(base, _run(call, second), strict=True)]
        law = f"the gradient of grad plus {what} must be the sum of both gradients"
        yield from _differs(call, _run(call, total), expected, law, total)
    if len(g) > 1:  # with several outputs, the whole is the sum over outputs with zeros for the others
        parts = [_run(call, [x if k == j else x * 0 for k, x in enumerate(g)]) for j in range(len(g))]
        yield from _differs(
            call, [sum(p) for p in zip(*parts, strict=True)], base, "the outputs' gradients must add up", g
        )


def _run(call: Call, grads: list[Any]) -> list[Any]:
    return [np.zeros(()) if r is None else np.array(r) for r in backward(call, grads)]


def _scaled(g: Any, factor: float) -> Any:
    return g * factor if g.dtype.kind == "f" else g


def _differs(
    call: Call, received: list[Any], expected: list[Any], law: str, reference: list[Any]
) -> Iterator[Finding]:
    for i, (r, e) in enumerate(zip(received, expected, strict=True)):
        with np.errstate(all="ignore"):
            error = np.abs(r - e)
            scale = float(np.max(np.abs(e), initial=0.0))
            # A derivative that cancels to zero leaves rounding at the scale of grad and of the output.
            size = max(float(np.abs(y).max(initial=0.0)) for y in call.outputs)
            least = max((float(np.abs(b).max(initial=0.0)) for b in reference), default=1.0)
        if not np.all(error <= 1e-11 * scale + 1e-13 * least * (1 + size)):
            yield Finding(
                "not-linear",
                f"input {i}: backward is not linear in grad: {law}, it is off by {float(np.max(error)):.2g}",
                call.sample,
            )
            return


CHECK = Check("linear", linear, after=("protocol",))
