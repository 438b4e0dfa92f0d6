"""Gradients and parameters of zeros, and of sizes near it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ...parameter import Parameter
from ..finding import Check, Finding
from .study import read_only

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from .study import OptimizerStudy

STEPS = 6  # some rules do something every few steps


def zero_gradient(study: OptimizerStudy) -> Iterator[Finding]:
    """A gradient of zeros, tiny or large values gives finite parameters, and zeros move nothing from zero.

    Momentum carries on under zeros as it does under values next to zero, of either sign.
    Faults: 0 / 0 without an epsilon, a sign of zero that is taken for 1, `if grad.any()`.
    Fix: divide by `sqrt(v) + eps`; `np.sign`; skip what is None only.
    """
    for scale in (0.0, 1e-30, 1e10):
        params = study.params()
        optimizer = study.make(params)
        for step in range(2):
            study.step(optimizer, params, [read_only(g * scale) for g in study.grads(params, step)])
        if not all(np.isfinite(p.data).all() for p in params):
            yield Finding("not-finite", f"gradients of size {scale:g} make a parameter NaN or infinite")
            return
    for settings in study.modes:
        moved = _from(study, np.zeros((3, 4)), 0.0, settings)
        if not np.isfinite(moved).all():
            yield Finding("not-finite", "a gradient of zeros makes a parameter of zeros NaN")
            return
        if moved[0, 0] and np.all(np.abs(moved) == abs(moved[0, 0])):  # noise moves each otherwise
            yield Finding(
                "moves-without-gradient", "a gradient of zeros moves a parameter of zeros: is it sign(0)?"
            )
            return
        if _stops(study, settings):
            yield Finding(
                "zero-is-none", "a gradient of zeros is skipped, though momentum goes on: it is not None"
            )
            return


def _stops(study: OptimizerStudy, settings: dict[str, Any]) -> bool:
    """Whether zeros move nothing after two steps, though tiny values of either sign move all alike."""
    zero, below, above = (_third(study, settings, scale) for scale in (0.0, -1e-15, 1e-15))
    return not zero.any() and bool(np.all(above != 0) and np.allclose(above, below, rtol=1e-6, atol=0))


def _third(study: OptimizerStudy, settings: dict[str, Any], scale: float) -> NDArray[Any]:
    """Return how a parameter moves in the third step, whose gradient is scaled."""
    (param,) = params = study.params()[:1]
    optimizer = study.make(params, **settings)
    study.run(optimizer, params, 2)
    before = param.data.copy()
    study.step(optimizer, params, [study.grads(params, 2)[0] * scale])
    return np.asarray(param.data - before)


def zero_parameter(study: OptimizerStudy) -> Iterator[Finding]:
    """A parameter of zeros, as biases begin, moves.

    A rule that multiplies leaves each zero where it is, and may: what leaves a zero only if all are divides
    by or multiplies with a norm.
    Faults: a trust ratio `|p| / |update|` that is 0 for ever.
    Fix: 1 where either norm is 0.
    """
    for settings in study.modes:
        mixed = study.params()[0].data.copy()
        mixed[0] = 0.0
        if _from(study, mixed, 1.0, settings)[0].all() and not _from(study, 0 * mixed, 1.0, settings).any():
            yield Finding(
                "stuck-at-zero", "a parameter of zeros never moves: is its norm a factor of the step?"
            )
            return


def _from(study: OptimizerStudy, start: NDArray[Any], scale: float, settings: dict[str, Any]) -> NDArray[Any]:
    """Return how a parameter moves from a start under gradients of a scale."""
    param = Parameter(start.copy())
    optimizer = study.make([param], **settings)
    for step in range(STEPS):
        study.step(optimizer, [param], [study.grads([param], step)[0] * scale])
    return np.asarray(param.data - start)


ZEROS = (
    Check("zero_gradient", zero_gradient, after=("in_place",)),
    Check("zero_parameter", zero_parameter, after=("in_place", "zero_gradient")),
)
