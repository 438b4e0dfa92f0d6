"""The gradient of the gradient is right, or refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ...errors import DifferentiabilityError
from ..call import backward, forward
from ..closeness import close
from ..finding import Broken, Check, DoesNotApply, Finding
from ..gradient import directions, hardly_counting
from ..noise import all_slopes
from ..oracle import has_kink, quick_slope, rough_slope, slopes
from ..recorded import need_derivatives, second

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ..call import Call
    from ..gradient import Oracle
    from ..oracle import Slope
    from ..recorded import Second
    from ..sample import Sample
    from ..study import Study


def second_order(study: Study) -> Iterator[Finding]:
    """The second derivative equals the numeric derivative of the gradient, or the operation really refuses.

    Faults: an intermediate value that is saved as a constant, a gradient that is scattered into a buffer in
    place, another formula for tensors than for arrays.
    Fix: save what `forward` computed from its arguments by NumPy calls; else say `once_differentiable =
    "why"`.
    """
    need_derivatives(study)
    once = getattr(study.op, "once_differentiable", False)
    for call in _calls(study):
        if not call.sample.floats or not any(y.size for y in call.outputs):
            continue
        try:
            found = second(study, call)
        except Broken as broken:
            if once and isinstance(broken.cause, DifferentiabilityError):
                raise DoesNotApply("once_differentiable, and it refuses") from None
            if not call.sample.recipe.promised and isinstance(broken.cause, DifferentiabilityError):
                continue  # a setting that the kit made up, refused with a reason
            fact = f"the gradient cannot be differentiated: {broken.fact}"
            if not once:
                fact += '; if that is meant, say once_differentiable = "why"'
            yield Finding("second-order-raises", fact, call.sample)
            return
        if once:
            continue
        finding = _other_values(call, found) or _compared(call, found)
        if finding:
            yield finding
            return


def _other_values(call: Call, found: Second) -> Finding | None:
    for i, mine in zip(call.sample.floats, found.received, strict=True):
        if not close(mine, call.received[i], 1e-10, 1e-12):
            fact = f"the gradient for input {i} has other values on tensors than on arrays"
            return Finding("recorded-gradient-differs", fact, call.sample)
    return None


def _calls(study: Study) -> Iterator[Call]:
    yield from study.several_calls
    yield from [call for call in study.derived("sizes") if call.sample.recipe.label == "shape ()"][:1]
    for family in ("axes", "settings"):
        yield from study.derived(family)[:1]


def _compared(call: Call, found: Second) -> Finding | None:
    sample = call.sample
    vs = directions(sample)
    terms = {i: np.asarray(g) * vs[i] for i, g in zip(sample.floats, found.by_inputs, strict=True) if i in vs}
    doubtful = _doubtful(call, list(vs), vs, terms, found, rough_slope)
    doubtful = _doubtful(call, doubtful, vs, terms, found)
    if len(doubtful) == len(vs) > 1:
        doubtful = [i for i in vs if _doubtful(call, [i], vs, terms, found)]
    for i in doubtful:
        if fact := _wrong(call, i, vs[i], terms[i], found):
            return Finding("wrong-second-order", f"input {i}: {fact}", sample)
    return None


def _doubtful(
    call: Call,
    indices: list[int],
    vs: dict[int, Any],
    terms: dict[int, Any],
    found: Second,
    oracle: Oracle = quick_slope,
) -> list[int]:
    """Return the inputs for which not all is right along a direction that moves all at once, as `compare`."""
    if not indices:
        return indices
    xs, y = [call.sample.inputs[i] for i in indices], _joined(call.sample, call.received)
    slope = oracle(_gradient_function(call, indices), xs, [vs[i] for i in indices], y)
    sizes = {i: float(np.abs(terms[i]).sum()) for i in indices}
    mine = sum(float(terms[i].sum()) for i in indices)
    if slope is None or not _agrees(slope, mine, list(sizes.values()), call, found):
        return indices
    small = hardly_counting(sizes)
    return _doubtful(call, small, vs, terms, found, oracle) if len(small) < len(indices) else indices


def _wrong(call: Call, i: int, v: Any, terms: Any, found: Second) -> str | None:
    """Return what is wrong about the derivative of all gradients by input `i`, by every oracle there is."""
    f, xs, vs = _gradient_function(call, [i]), [call.sample.inputs[i]], [v]
    first = next(iter(slopes(f, xs, vs)), None)
    if first is None:
        return None
    mine, sizes = float(terms.sum()), [float(np.abs(terms).sum())]
    if _agrees(first, mine, sizes, call, found):
        return None
    if any(_agrees(other, mine, sizes, call, found) for other in all_slopes(f, xs, vs)):
        return None
    if first.oracle != "complex step" and has_kink(f, xs, vs):
        return None
    expected = float((_joined_all(found.weights) * first.value).sum())
    return (
        f"the second derivative is wrong: {mine:.6g} along a random direction, expected "
        f"{expected:.6g} ({first.oracle}); is something saved as a constant?"
    )


def _agrees(slope: Slope, mine: float, sizes: list[float], call: Call, found: Second) -> bool:
    w = _joined_all(found.weights)
    theirs = w * slope.value
    gradients = max(float(np.abs(call.received[i]).max(initial=0.0)) for i in call.sample.floats)
    floor = float(np.abs(w).sum()) * (slope.noise + 1e-12 * gradients + 1e-15 * _uncancelled(call))
    terms = sum(sizes) + float(np.abs(theirs).sum())
    return abs(mine - float(theirs.sum())) <= 10 * slope.rtol * terms + floor


def _uncancelled(call: Call) -> float:
    """Return |g y / x|: how large a gradient may be before it cancels, as a softmax of one value does."""
    y, g, x = (
        max((float(np.abs(a).max(initial=0.0)) for a in arrays if a.dtype.kind == "f"), default=0.0)
        for arrays in (call.outputs, call.grads, [call.sample.inputs[i] for i in call.sample.floats])
    )
    return g * y / x if x else 0.0


def _gradient_function(call: Call, indices: Sequence[int]) -> Any:
    """Return all gradients, flattened, as a function of the inputs at `indices`."""

    def f(xs: list[Any]) -> Any:
        inputs = list(call.sample.inputs)
        for i, x in zip(indices, xs, strict=True):
            inputs[i] = x
        kind = xs[0].dtype
        moved = forward(call.op, call.sample.with_inputs(tuple(inputs)), call.sample.needs)
        cast = [g.astype(kind) if g.dtype.kind == "f" and kind.kind == "f" else g for g in call.grads]
        return _joined(call.sample, backward(moved, cast, checked=kind.kind == "f"))

    return f


def _joined(sample: Sample, received: list[Any]) -> Any:
    return _joined_all([received[i] for i in sample.floats])


def _joined_all(arrays: Sequence[Any]) -> Any:
    return np.concatenate([np.ravel(a) for a in arrays])


CHECK = Check("second_order", second_order, after=("vjp", "recorded"))
