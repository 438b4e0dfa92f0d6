"""The gradient of the gradient is right, or refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ...errors import DifferentiabilityError
from ..call import Call, backward, cotangents, forward, signed
from ..derive import has_any_shape
from ..finding import Broken, Check, DoesNotApply, Finding
from ..gradient import direction
from ..oracle import all_slopes, has_kink, slopes
from ..recorded import gradients_of_gradients, need_derivatives

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..oracle import Slope
    from ..sample import Sample
    from ..study import Study


def second_order(study: Study) -> Iterator[Finding]:
    """The second derivative equals the numeric derivative of the gradient, or the operation really refuses.

    Faults: an intermediate value that is saved as a constant, a gradient that is scattered into a buffer in
    place.
    Fix: save what `forward` computed from its arguments by NumPy calls; else say `once_differentiable =
    "why"`.
    """
    need_derivatives(study)
    rng = study.rng("second_order")
    once = getattr(study.op, "once_differentiable", False)
    for call in _calls(study):
        if not call.sample.floats or not any(y.size for y in call.outputs):
            continue
        grads = cotangents(call, signed(rng))
        weights = [signed(rng)(call.sample.inputs[i].shape) for i in call.sample.floats]
        try:
            by_inputs, _ = gradients_of_gradients(study, call.sample, grads, weights)
        except Broken as broken:
            if once and isinstance(broken.cause, DifferentiabilityError):
                raise DoesNotApply("once_differentiable, and it refuses") from None
            if not call.sample.recipe.promised and isinstance(broken.cause, DifferentiabilityError):
                continue  # a setting that the kit made up, refused with a reason
            yield Finding(
                "second-order-raises", f"the gradient cannot be differentiated: {broken.fact}", call.sample
            )
            return
        if once:
            continue
        finding = _compared(study, call, grads, weights, by_inputs, rng)
        if finding:
            yield finding
            return


def _calls(study: Study) -> Iterator[Call]:
    yield from study.some_calls
    for recipe in study.recipes:
        scalar = has_any_shape(recipe.case) and study.attempt(
            recipe.but(any_shape=(), promised=False, label="shape ()")
        )
        if scalar:
            yield scalar
    for family in ("axes", "settings"):
        yield from study.derived(family)[:3]


def _compared(
    study: Study,
    call: Call,
    grads: list[Any],
    weights: list[Any],
    received: list[Any],
    rng: np.random.Generator,
) -> Finding | None:
    for position, i in enumerate(call.sample.floats):
        x = call.sample.inputs[i]
        if not x.size:
            continue
        f = _gradient_function(study, call.sample, i, grads)
        v = direction(x, call.sample.domains[i], rng)
        w = np.concatenate([np.ravel(weight) for weight in weights])
        found = slopes(f, [x], [v])
        if not found:
            continue
        mine, terms = float((received[position] * v).sum()), float(np.abs(received[position] * v).sum())

        def agrees(slope: Slope, mine: float = mine, terms: float = terms, w: Any = w) -> bool:
            expected = w * slope.value
            size = float(np.abs(w).sum()) * (slope.noise + 1e-12 * _size(call, grads))
            off = abs(mine - float(expected.sum()))
            return off <= 10 * slope.rtol * (terms + float(np.abs(expected).sum())) + size

        if agrees(found[0]) or any(map(agrees, all_slopes(f, [x], [v]))):
            continue
        if found[0].oracle == "complex step" or not has_kink(f, [x], [v]):
            expected = float((w * found[0].value).sum())
            return Finding(
                "wrong-second-order",
                f"input {i}: the second derivative is wrong: {mine:.6g} along a random direction, expected "
                f"{expected:.6g} ({found[0].oracle}); is something saved as a constant?",
                call.sample,
            )
    return None


def _gradient_function(study: Study, sample: Sample, i: int, grads: list[Any]) -> Any:
    """Return all gradients, flattened, as a function of input `i`."""

    def f(xs: list[Any]) -> Any:
        inputs = list(sample.inputs)
        inputs[i] = xs[0]
        moved = sample.with_inputs(tuple(inputs))
        call = forward(study.op, moved, sample.needs)
        kind = xs[0].dtype
        cast = [g.astype(kind) if g.dtype.kind == "f" and kind.kind == "f" else g for g in grads]
        received = backward(call, cast, checked=kind.kind == "f")
        return np.concatenate([np.ravel(received[k]) for k in sample.floats])

    return f


def _size(call: Call, grads: list[Any]) -> float:
    received = backward(call, grads)
    return max(float(np.abs(received[i]).max(initial=0.0)) for i in call.sample.floats)


CHECK = Check("second_order", second_order, after=("vjp", "recorded"))
