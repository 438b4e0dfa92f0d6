"""Results are as good as their precision allows."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

import numpy as np

from ...contracts.cases import Floats
from ..call import forward
from ..closeness import finite
from ..finding import Broken, Check, Finding
from ..oracle import LONG
from ..sample import Sample, is_float
from .translation import loses_by_translation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..call import Call
    from ..study import Study

SLACK = 1e3 * float(np.finfo(np.float32).eps)  # of the largest value: what single precision may lose


def precision(study: Study) -> Iterator[Finding]:
    """float32 results agree with float64 ones as far as they can, float64 with longdouble at tiny values.

    What depends on differences alone is tried on values that lie close together.
    Faults: half precision left in between, `log(1 + x)` and `exp(x) - 1` near zero, a variance by
    difference of squares.
    Fix: `np.log1p`, `np.expm1`, `np.logaddexp`, shifted formulas.
    """
    for call in study.several_calls:
        if name := _single(call):
            fact = f"{name} has single precision for float64: is something cast to float32?"
            yield Finding("imprecise", fact, call.sample)
            return
        for mine, fine in _pairs(study, call):
            finding = _judged(study, mine, fine)
            if finding:
                yield finding
                return
        if call is study.first and (names := loses_by_translation(call)):
            fact = (
                f"the output loses precision where values of {names} are close: a difference taken too late"
            )
            yield Finding("imprecise", fact, call.sample)
            return


def _single(call: Call) -> str | None:
    """Return what has 24 bits in each value for inputs of 53, though more than 12: None if nothing has."""
    received = call.received if getattr(call.op, "differentiable", True) and call.sample.floats else []
    named = {f"output {k}": y for k, y in enumerate(call.outputs)}
    named |= {f"the gradient for input {i}": g for i, g in enumerate(received) if g is not None}
    given = [call.sample.inputs[i] for i in call.sample.floats]
    if not any((x != x.astype(np.float32)).any() for x in given):
        return None
    for name, y in named.items():
        if y.dtype == np.float64 and y.size and finite(y):
            mantissa, _ = np.frexp(y)
            if not np.any(mantissa * 2**24 % 1) and np.any(mantissa * 2**12 % 1):
                return name
    return None


def _pairs(study: Study, call: Call) -> Iterator[tuple[Call, Any]]:
    """Yield calls, and the type of the results that they are compared with."""
    if call.sample.floats and not _rounded(study, call):
        yield call.single, np.float64
    # A log(sum(exp(x))) that is tiny has cancelled by chance: nobody computes that to more than eps.
    for tiny in _tiny(call.sample) if LONG and call.pointwise else ():
        with suppress(Broken):
            yield forward(call.op, tiny), np.longdouble


def _rounded(study: Study, call: Call) -> bool:
    """Whether single precision gives what double precision does, though its inputs are rounded as well."""
    try:
        mine, exact = _results(study, call.single)[1], _results(study, call)[1]
    except Broken:
        return False
    return all(map(_as_good, mine, exact))


def _as_good(mine: Any, exact: Any) -> bool:
    if mine.shape != exact.shape:
        return False
    slack = SLACK * float(np.abs(exact).max(initial=0.0))
    return bool((np.abs(mine - exact) <= slack).all())


def _tiny(sample: Sample) -> Iterator[Sample]:
    """Yield the sample with values around 1e-12 where the domains have them, in all inputs and in each alone:
    in a product one that is tiny hides what another has lost.
    """
    inputs = list(sample.inputs)
    for i in sample.floats:
        domain = sample.domains[i]
        if isinstance(domain, Floats) and domain.low <= 0 <= domain.high and domain.high > 0:
            sign = np.sign(inputs[i]) if domain.low < 0 else 1.0
            inputs[i] = np.asarray(sign * (0.2 + np.abs(inputs[i])) * 1e-12)
    changed = [i for i in sample.floats if inputs[i] is not sample.inputs[i]]
    if changed:
        yield sample.with_inputs(tuple(inputs))
    for i in changed if len(sample.floats) > 1 else ():
        yield sample.with_inputs((*sample.inputs[:i], inputs[i], *sample.inputs[i + 1 :]))


def _judged(study: Study, call: Call, fine: Any) -> Finding | None:
    rounded, coarse = call.sample, np.float32 if fine is np.float64 else np.float64
    try:
        results = [_results(study, call), _results(study, forward(study.op, rounded.cast(fine)))]
    except Broken:
        return None
    eps = float(np.finfo(coarse).eps)
    for k, (what, mine, exact) in enumerate(zip(results[0][0], results[0][1], results[1][1], strict=True)):
        if exact.dtype != fine or not finite(exact) or exact.shape != mine.shape or not exact.size:
            continue
        size = float(np.abs(exact).max())
        slack = SLACK if coarse is np.float32 else 1e-6
        error = np.abs(mine.astype(fine) - exact)
        if size == 0 or (error <= slack * size).all():
            continue
        if what.startswith("the gradient") and float(error.max()) < 256 * eps * _steepest(rounded):
            continue  # a derivative that cancels: only rounding is left
        if coarse is np.float64 and size < 16 * eps:
            continue  # log(cosh(x)) near 0: constants rounded to float64 spoil longdouble as well
        alike = np.abs(np.sort(mine.astype(fine), axis=None) - np.sort(exact, axis=None))
        if (alike <= slack * size).all():
            continue  # the order inside a partition is nobody's promise
        if not (error <= slack * size + 64 * _moves(study, rounded.cast(fine), eps, k, exact)).all():
            lost = float(np.max(error) / size) if size else np.inf
            where = "for tiny values, against longdouble" if coarse is np.float64 else "against float64"
            fact = (
                f"{what} loses precision {where}: it is off by {lost:.1g} of its size in {np.dtype(coarse)}"
            )
            return Finding("imprecise", fact, rounded)
    return None


def _steepest(sample: Sample) -> float:
    """Return one over the smallest input: how steep rounding of an output of size 1 may look."""
    return max(
        (1 / float(np.abs(sample.inputs[i]).min()) for i in sample.floats if np.all(sample.inputs[i])),
        default=1.0,
    )


def _moves(study: Study, sample: Sample, eps: float, k: int, exact: Any) -> Any:
    """Return how far each value of a result moves where the inputs do by eps of their size.

    The largest of several moves: one that is the same for all values of a row leaves its variance alone.
    """
    rng = np.random.default_rng(0)
    moves = []
    for _ in range(4):
        inputs = tuple(
            np.asarray(x * (1 + eps * rng.uniform(-1, 1, x.shape))) if is_float(x) else x
            for x in sample.inputs
        )
        moved = _results(study, forward(study.op, sample.with_inputs(inputs)))[1][k]
        moves.append(np.abs(moved - exact))
    return np.maximum.reduce(moves)


def _results(study: Study, call: Call) -> tuple[list[str], list[Any]]:
    names = [f"output {k}" if call.many else "the output" for k in range(len(call.outputs))]
    results = list(call.outputs)
    if study.differentiable and call.sample.floats:
        names += [f"the gradient for input {i}" for i, g in enumerate(call.received) if g is not None]
        results += [g for g in call.received if g is not None]
    chosen = [(n, r) for n, r in zip(names, results, strict=True) if r.dtype.kind == "f"]
    return [n for n, _ in chosen], [r for _, r in chosen]


CHECK = Check("precision", precision, after=("dtype",))
