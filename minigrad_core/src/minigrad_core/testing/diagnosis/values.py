"""Hypotheses on the size of the values: a factor, a term, too few digits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from .facts import FIT, Facts, as_number, fits, ratio_of, spread

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray


def missing_factor(facts: Facts) -> Iterator[str]:
    """The gradient is off by a factor that is a known function of x, y or g: an inner derivative, say."""
    with np.errstate(all="ignore"):
        ratio = facts.mine / facts.true
    if facts.true.size < 3 or not np.isfinite(ratio).all() or np.ptp(ratio) < FIT * np.abs(ratio).max():
        return
    for told, values in _quantities(facts):
        if values.shape != ratio.shape:
            continue
        if fits(ratio, values):
            yield f"a factor too many: the gradient is {told} times the numeric one"
        elif fits(ratio * values, np.ones_like(ratio)):
            yield f"a factor is missing: the gradient times {told} is the numeric one"
        elif fits(ratio * values, -np.ones_like(ratio)):
            yield f"sign and a factor are wrong: minus the gradient times {told} is the numeric one"


def _quantities(facts: Facts) -> Iterator[tuple[str, NDArray[Any]]]:
    with np.errstate(all="ignore"):
        for name, v in spread(facts):
            yield from (
                (name, v),
                (f"{name}**2", v * v),
                (f"(1 - {name}**2)", 1 - v * v),
                (f"(1 - {name})", 1 - v),
            )
            yield from (
                (f"(1 + {name})", 1 + v),
                (f"|{name}|", np.abs(v)),
                (f"2 {name}", 2 * v),
                (f"{name} / 2", v / 2),
            )
            yield from (
                (f"exp({name})", np.exp(v)),
                (f"log({name})", np.log(v)),
                (f"sqrt({name})", np.sqrt(v)),
            )
            yield from (
                (f"cos({name})", np.cos(v)),
                (f"sin({name})", np.sin(v)),
                (f"{name} (1 - {name})", v * (1 - v)),
            )
            yield from ((f"(1 + {name}**2)", 1 + v * v), (f"{name}**3", v**3), (f"tanh({name})", np.tanh(v)))


def residual(facts: Facts) -> Iterator[str]:
    """What is left over is proportional to something known."""
    rest = facts.mine - facts.true
    if rest.size < 3:
        return
    if np.ptp(rest) <= FIT * np.abs(rest).max():
        yield f"a constant is added to the gradient: {float(rest.flat[0]):.4g} everywhere"
    for told, values in spread(facts):
        ratio = ratio_of(rest, values)
        if ratio is not None:
            kind = "a term is missing" if ratio < 0 else "a term too many"
            yield f"{kind}: the difference is {as_number(ratio)} times {told}"
        yield from _row_by_row(rest, told, values)
    for axis in range(rest.ndim):
        if rest.shape[axis] > 1 and fits(rest, np.broadcast_to(rest.mean(axis, keepdims=True), rest.shape)):
            yield f"a term summed over axis {axis} is missing or too many: the difference is constant there"


def _row_by_row(rest: NDArray[Any], told: str, values: NDArray[Any]) -> Iterator[str]:
    """The difference is a multiple of something known, another multiple in each row."""
    for axis in range(rest.ndim):
        if rest.shape[axis] < 3 or np.ptp(values, axis=axis).max() == 0:
            continue
        scale = (rest * values).sum(axis, keepdims=True) / np.maximum(
            (values * values).sum(axis, keepdims=True), 1e-300
        )
        if fits(rest, scale * values):
            yield f"a term is missing or too many: along axis {axis} the difference is proportional to {told}"


def precision(facts: Facts) -> Iterator[str]:
    """Yield that digits are lost: something is cast to a coarser type."""
    error = float(np.abs(facts.mine - facts.true).max() / (np.abs(facts.true).max() or 1.0))
    if error < 2e-3:
        kind = "single" if error < 1e-5 else "half"
        if fits(facts.mine, facts.true, 10 * (1e-7 if kind == "single" else 1e-3)):
            cast = "float32" if kind == "single" else "float16"
            yield f"the gradient is right to {error:.1g} only: {kind} precision, is something cast to {cast}?"
