"""The comparison at the heart of the kit: what `backward` returns against the numeric derivative."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ..engine.node import Context
from .call import Call, backward, cotangents, forward, signed
from .guarded import guarded
from .oracle import (
    REAL_STEP,
    Slope,
    all_slopes,
    complex_slope,
    has_kink,
    long_slope,
    real_slope,
    slopes,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from .oracle import Function
    from .sample import Sample


@dataclass(frozen=True)
class Evidence:
    """A gradient that is wrong.

    Attributes
    ----------
    input : int
        Of which input.
    cotangents : list of arrays
        What `backward` was given.
    analytic : array
        What it returned for that input.
    numeric, terms : float
        The derivative along `direction`, and the sum of the absolute values of the terms that make it up.
    direction : array
        Along which they were compared.
    oracle, step, noise, tolerance, error
        How the comparison was made, and by how much it failed.
    """

    input: int
    cotangents: Sequence[NDArray[Any]]
    analytic: NDArray[Any]
    direction: NDArray[Any]
    oracle: str
    step: float
    noise: float
    tolerance: float
    error: float


def as_function(op: Any, sample: Sample, indices: Sequence[int]) -> Function:
    """Return the float outputs as a function of the inputs at `indices`, the others held."""
    settings, needs = sample.settings, sample.needs

    def f(xs: list[Any]) -> NDArray[Any]:
        inputs = list(sample.inputs)
        for i, x in zip(indices, xs, strict=True):
            inputs[i] = x
        ctx = Context(op, tuple(inputs), settings, needs)
        out = guarded("forward", lambda: op.forward(ctx, *inputs, **settings))
        if not isinstance(out, tuple):
            out = np.asarray(out)
            return out.ravel() if out.dtype.kind in "fc" else np.empty(0)
        return np.concatenate([np.ravel(y) for y in out if y.dtype.kind in "fc"] or [np.empty(0)])

    return f


def steps(x: NDArray[Any], domain: Any = None) -> NDArray[Any]:
    """Return how far each value may move: its own size, at most 1, never over the edge of its domain."""
    size = np.abs(x)
    scale = np.where(size == 0, 1.0, np.minimum(size, 1.0))
    if domain is not None:
        scale = np.minimum(scale, np.minimum(np.abs(x - domain.low), np.abs(domain.high - x)))
    return np.where(np.isfinite(x), scale, 0.0)  # a NaN that the author put in stays


def direction(x: NDArray[Any], domain: Any, rng: np.random.Generator) -> NDArray[Any]:
    """Return a random direction that visits every value, with steps that fit them."""
    u = rng.uniform(-0.5, 0.5, x.shape)
    v = steps(x, domain) * (u + np.copysign(0.5, u))
    stepped = ((x + REAL_STEP * v) - x) / REAL_STEP  # what is really stepped, after rounding x + h v
    return np.where(np.isfinite(x), stepped, 0.0)


def flat(grads: Sequence[NDArray[Any]]) -> NDArray[Any]:
    """Return the cotangents of the float outputs as one vector, in the order of `as_function`."""
    if len(grads) == 1 and grads[0].dtype.kind in "fc":
        return np.ravel(grads[0])
    return np.concatenate([np.ravel(g) for g in grads if g.dtype.kind in "fc"] or [np.empty(0)])


def compare(
    op: Any,
    sample: Sample,
    rng: np.random.Generator,
    *,
    call: Call | None = None,
    grads: Sequence[NDArray[Any]] | None = None,
    directions: int = 1,
) -> Evidence | None:
    """Return the evidence that a gradient is wrong here, None if all are right or nothing can be said.

    For each input, along random directions v that move all of its values: <gradient, v> against <g, J v>. The
    precise oracles leave errors of 1e-10 of the terms, so one wrong entry among a thousand stands out.
    """
    call = call or forward(op, sample)
    grads = cotangents(call, signed(rng)) if grads is None else grads
    received = backward(call, grads)
    for i in sample.floats:
        if not sample.inputs[i].size:
            continue
        f = as_function(op, sample, [i])
        for _ in range(directions):
            v = direction(sample.inputs[i], sample.domains[i], rng)
            evidence = _along(f, sample, i, v, received[i], grads, call)
            if evidence is not None:
                return evidence
    return None


def _along(
    f: Function,
    sample: Sample,
    i: int,
    v: NDArray[Any],
    received: NDArray[Any],
    grads: Sequence[NDArray[Any]],
    call: Call,
) -> Evidence | None:
    xs, vs = [sample.inputs[i]], [v]
    found = slopes(f, xs, vs)
    if not found:
        return None
    first = found[0]
    evidence = _judged(first, i, v, received, grads, call)
    if evidence is None:
        return None
    if first.oracle != "complex step" and has_kink(f, xs, vs):
        return None
    opinions = [_judged(slope, i, v, received, grads, call) for slope in all_slopes(f, xs, vs)]
    return None if None in opinions else [*opinions, evidence][0]  # in conflict, nobody is accused


def _judged(
    slope: Slope,
    i: int,
    v: NDArray[Any],
    received: NDArray[Any],
    grads: Sequence[NDArray[Any]],
    call: Call,
) -> Evidence | None:
    g = flat(grads)
    with np.errstate(all="ignore"):
        mine, theirs = np.where(v == 0, 0.0, received * v), g * slope.value
        error = float(np.abs(mine.sum() - theirs.sum()))
        terms = float(np.abs(mine).sum() + np.abs(theirs).sum())
    tolerance = slope.rtol * terms + _floor(slope, call, g) if np.isfinite(terms) else 0.0
    if error <= tolerance:
        return None
    return Evidence(
        i, grads, np.asarray(received), v, slope.oracle, slope.step, slope.noise, tolerance, error
    )


def jacobian(f: Function, x: NDArray[Any], scale: NDArray[Any], oracle: str) -> NDArray[Any] | None:
    """Return the numeric Jacobian (outputs, values of `x`); NaN for a value that may not move."""
    take = {"complex step": complex_slope, "longdouble central difference": long_slope}.get(
        oracle, real_slope
    )
    columns: list[Any] = []
    for j in range(x.size):
        if not scale.flat[j]:
            columns.append(None)
            continue
        unit = np.zeros(x.size)
        unit[j] = scale.flat[j]
        slope = take(f, [x], [unit.reshape(x.shape)])
        if slope is None:
            return None
        columns.append(slope.value / scale.flat[j])
    known = next((column for column in columns if column is not None), None)
    if known is None:
        return None
    return np.stack([known * np.nan if column is None else column for column in columns], axis=1)


def compare_entries(
    op: Any,
    call: Call,
    i: int,
    grads: Sequence[NDArray[Any]],
    received: NDArray[Any],
    jacobians: dict[int, tuple[Slope, NDArray[Any]] | None],
    rng: np.random.Generator,
) -> Evidence | None:
    """Return the evidence that the gradient for input `i` differs from that of the numeric Jacobian.

    `jacobians` keeps the numeric side for other cotangents on the same sample.
    """
    sample = call.sample
    f = as_function(op, sample, [i])
    if i not in jacobians:
        jacobians[i] = _numeric(f, sample, i, rng)
    known = jacobians[i]
    if known is None:
        return None
    slope, matrix = known
    g = flat(grads)
    with np.errstate(all="ignore"):
        numeric = g @ matrix
        terms = np.abs(g) @ np.abs(np.nan_to_num(matrix))
        error = np.abs(np.ravel(received) - numeric)
        worst = float(np.nanmax(np.abs(matrix), initial=0.0) * np.abs(g).max(initial=0.0))
    tolerance = (
        slope.rtol * terms
        + slope.rtol * worst
        + _floor(slope, call, g) / np.ravel(steps(sample.inputs[i], sample.domains[i]))
    )
    bad = ~(error <= tolerance) & np.isfinite(numeric)
    if not bad.any():
        return None
    j = int(np.argmax(np.where(bad, np.nan_to_num(error, nan=np.inf) / (tolerance + 1e-300), 0)))
    v = np.zeros(sample.inputs[i].size)
    v[j] = np.ravel(steps(sample.inputs[i], sample.domains[i]))[j]
    return _along(f, sample, i, v.reshape(sample.inputs[i].shape), received, grads, call)


def _numeric(
    f: Function, sample: Sample, i: int, rng: np.random.Generator
) -> tuple[Slope, NDArray[Any]] | None:
    x, domain = sample.inputs[i], sample.domains[i]
    v = direction(x, domain, rng)
    found = slopes(f, [x], [v])
    if not found:
        return None
    matrix = jacobian(f, x, steps(x, domain), found[0].oracle)
    return None if matrix is None else (found[0], matrix)


def _floor(slope: Slope, call: Call, g: NDArray[Any]) -> float:
    size = max((float(np.abs(y).max(initial=0.0)) for y in call.outputs if y.dtype.kind == "f"), default=0.0)
    return (slope.noise + 1e-13 * size) * float(np.abs(g).sum())
