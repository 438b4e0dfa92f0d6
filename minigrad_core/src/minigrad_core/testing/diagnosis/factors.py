"""Hypotheses on a formula: a factor or a term that is wrong, missing or one too many, or too few digits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from .facts import FIT, as_number, fits, ratio_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from numpy.typing import NDArray

    from .facts import Facts

FUNCTIONS: dict[str, Callable[[Any], Any]] = {
    "{}": lambda v: v,
    "{}**2": lambda v: v * v,
    "(1 - {})": lambda v: 1 - v,
    "(1 - {}**2)": lambda v: 1 - v * v,
    "exp({})": np.exp,
    "log({})": np.log,
    "|{}|": np.abs,
}


def constant(facts: Facts) -> Iterator[str]:
    """One factor for all: a sign, a 2, a size, a setting."""
    ratio = ratio_of(*facts.pair)
    if fits(facts.gradient.ravel(), facts.jacobian.sum(0)):
        yield "grad is ignored: the gradient is that of a sum (grad = 1)"
    elif ratio is not None and np.isclose(ratio, -1, rtol=FIT):
        yield "the sign is wrong: the gradient is minus the numeric one"
    elif ratio is not None and np.isclose(ratio, 2, rtol=FIT):
        yield "the gradient is twice the numeric one (a factor of 2)"
    elif ratio is not None:
        hint = "".join(f": {told}" for told in _hints(ratio, facts))
        yield f"the gradient is {as_number(ratio)} times the numeric one (a constant factor{hint})"


def _hints(ratio: float, facts: Facts) -> Iterator[str]:
    """Yield which setting or size the factor is."""
    for name, value in facts.settings.items():
        if isinstance(value, int | float) and abs(value) not in (0, 1):
            hints = {name: value, f"1/{name}": 1 / value}
            yield from (told for told, number in hints.items() if np.isclose(ratio, number, rtol=FIT))
    for told, a in (("the input", facts.x), ("grad", facts.cotangents[0])):
        for axis, n in enumerate(a.shape if facts.x.size != facts.g.size else ()):  # else no sum is at work
            if n > 1 and np.isclose(max(ratio, 1 / ratio), n, rtol=FIT):
                kind = "a mean for a sum" if ratio < 1 else "a sum for a mean"
                yield f"{kind}? axis {axis} of {told} has {n} values"


def nonlinear(facts: Facts) -> Iterator[str]:
    """Another grad gives a gradient that is not in proportion."""
    other = facts.at(cotangents=[-2 * g for g in facts.cotangents])
    if other is not None and not fits(other.gradient, -2 * facts.gradient):
        yield "the gradient is not linear in grad: is grad clipped, squared, or its sign or size lost?"


def of_values(facts: Facts) -> Iterator[str]:
    """A factor of its own for each value of the gradient or of grad: an inner derivative, say."""
    mine, true = facts.pair
    for what, a, side in (("the gradient", facts.x, (1, -1)), ("grad", facts.cotangents[0], (-1, 1))):
        if what == "grad" and len(mine) != a.size:
            continue
        known = [(told, v.reshape(side)) for told, v in _known(facts, a.shape, FUNCTIONS)]
        for told, v in known:
            if factor := _multiple(mine, true * v, told):
                yield f"a factor too many: {factor}"
            elif factor := _multiple(true, mine * v, told):
                yield f"a factor is missing: {what} times {factor} is the right one"


def _known(
    facts: Facts, shape: tuple[int, ...], functions: Mapping[str, Callable[[Any], Any]]
) -> Iterator[tuple[str, NDArray[Any]]]:
    """Yield functions of the inputs and the output that fit a shape, or would with one more axis."""
    with np.errstate(all="ignore"):
        for told, function in functions.items():
            for name, v in facts.values.items():
                gaps = [k for k in range(len(shape)) if v.shape == shape[:k] + shape[k + 1 :] and v.ndim]
                values = function(np.expand_dims(v, gaps[:1]))
                if (v.shape == shape or not v.ndim or gaps) and np.isfinite(values).all() and values.any():
                    yield told.replace("{}", name), np.broadcast_to(values, shape)


def _multiple(mine: NDArray[Any], true: NDArray[Any], told: str) -> str | None:
    """Return "c told" if mine = c true, and c is a small fraction."""
    ratio = ratio_of(mine, true)
    number = "" if ratio is None else as_number(ratio)
    factor = {"1": told, "-1": f"minus {told}"}.get(number, f"{number} {told}")
    return factor if 0 < len(number) < 5 else None


def term(facts: Facts) -> Iterator[str]:
    """The difference is a multiple of grad, or along an axis a + b times something known."""
    rest, g = facts.gradient - facts.expected, facts.cotangents[0]
    if g.shape in (rest.shape, ()) and (ratio := ratio_of(rest, np.broadcast_to(g, rest.shape))) is not None:
        yield f"a term is missing or too many: the difference is {as_number(ratio)} times grad"
    one, known = np.ones(rest.shape), dict(_known(facts, rest.shape, {"{}": np.asarray}))
    bases = {"constant": [one]} | {f"proportional to {name}": [v] for name, v in known.items()}
    bases |= {f"a + b {name}": [one, v] for name, v in known.items()}
    for axis, n in enumerate(rest.shape):
        if n > 2 and _explains([facts.expected], facts.gradient, axis):
            yield f"along axis {axis} the gradient is a multiple of the numeric one, another in each row"
        for told, basis in bases.items():
            if n > len(basis) + 1 and _explains(basis, rest, axis):
                cause = f"is a mean or variance over axis {axis} taken for a constant?"
                yield f"a term is missing or too many: along axis {axis} the difference is {told}; {cause}"


def _explains(basis: list[NDArray[Any]], a: NDArray[Any], axis: int) -> bool:
    """Whether each row along the axis is a sum of multiples of the basis there."""
    rows, *known = (np.moveaxis(v, axis, -1).reshape(-1, a.shape[axis]) for v in (a, *basis))
    columns = np.stack(known, -1)
    left = [row - b @ np.linalg.lstsq(b, row, rcond=None)[0] for row, b in zip(rows, columns, strict=True)]
    return bool(np.abs(left).max() < FIT * np.abs(a).max())


def precision(facts: Facts) -> Iterator[str]:
    """All values are off a little: rounded to a coarser type, or by a small term in a formula."""
    errors = np.abs(facts.gradient - facts.expected) / (np.abs(facts.expected).max(initial=0.0) or 1.0)
    worst = float(errors.max(initial=0.0))
    if 1e-9 < worst < 2e-3 and worst < 100 * np.median(errors):
        cast = "single precision (float32)" if worst < 1e-6 else "half precision (float16)"
        yield f"the gradient is right to {worst:.1g} only: {cast}, an epsilon, or a constant cut short?"
