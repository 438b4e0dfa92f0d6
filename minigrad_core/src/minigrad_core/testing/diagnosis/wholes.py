"""Hypotheses on the whole gradient: a factor, another input's gradient, values in the wrong places."""

from collections.abc import Iterator
from itertools import permutations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .facts import FIT, Facts, as_number, fits, ratio_of


def constant(facts: Facts) -> Iterator[str]:
    """One factor for all: a sign, a 2, a size, a setting."""
    ratio = ratio_of(*facts.pair)
    if fits(facts.gradient.ravel(), facts.jacobian.sum(0)):
        yield "grad is ignored: the gradient is that of a sum (grad = 1)"
    elif ratio is not None and np.isclose(ratio, -1, rtol=FIT):
        yield "the sign is wrong: the gradient is minus the numeric one"
    elif ratio is not None:
        hint = "".join(f": {told}" for told in _hints(ratio, facts))
        yield f"the gradient is {as_number(ratio)} times the numeric one (a constant factor{hint})"


def _hints(ratio: float, facts: Facts) -> Iterator[str]:
    """Yield which setting or size the factor is."""
    for name, value in facts.sample.settings.items():
        if isinstance(value, int | float) and abs(value) not in (0, 1):
            hints = {name: value, f"1/{name}": 1 / value}
            yield from (told for told, number in hints.items() if np.isclose(ratio, number, rtol=FIT))
    for told, a in (("the input", facts.x), ("grad", facts.cotangents[0])):
        for axis, n in enumerate(a.shape if facts.x.size != facts.g.size else ()):  # else no sum is at work
            if n > 1 and np.isclose(max(ratio, 1 / ratio), n, rtol=FIT):
                kind = "a mean for a sum" if ratio < 1 else "a sum for a mean"
                yield f"{kind}? axis {axis} of {told} has {n} values"


def of_values(facts: Facts) -> Iterator[str]:
    """A factor of its own for each value: an inner derivative, say."""
    mine, true = facts.gradient, facts.expected
    for name, v in facts.values.items():
        if v.shape == true.shape and (c := ratio_of(mine, true * v)) is not None:
            yield f"a factor too many: {as_number(c)} * {name}"
        if v.shape == true.shape and (c := ratio_of(true, mine * v)) is not None:
            yield f"a factor is missing: the gradient times {as_number(c)} * {name} is the right one"


def exchanged(facts: Facts) -> Iterator[str]:
    """It is the gradient for another input, or at other values of one."""
    names, inputs = facts.sample.names, facts.sample.inputs
    others: list[tuple[str, Facts | None]] = []
    for j in [j for j in facts.sample.floats if j != facts.index]:
        others.append((f"of input {j}: the inputs are swapped", facts.at(index=j)))
        others += [
            (f"with {names[j]} {told}", facts.at(sample=facts.sample.but({j: changed[0].copy()})))
            for told, changed in _moves(inputs[j][None])
        ]
    for told, other in others:
        if other is not None and fits(facts.gradient, other.expected):
            yield f"it is the gradient {told}"


def rearranged(facts: Facts) -> Iterator[str]:
    """The values of the gradient, or those of grad, are in the wrong places or summed."""
    (mine, true), x, g = facts.pair, facts.x, facts.cotangents[0]
    sides = [("the gradient", mine.reshape(-1, *x.shape), true.reshape(-1, *x.shape))]
    if len(mine) == g.size:
        sides.append(("grad", mine.T.reshape(-1, *g.shape), true.T.reshape(-1, *g.shape)))
    for what, m, t in sides:
        before, after = (m, t) if what == "grad" else (t, m)  # mine = moved(true), but moved(mine.T) = true.T
        yield from (f"{what} is {told}" for told, changed in _moves(before) if fits(changed, after))
        sums = _sums(t) if len(mine) > 1 else ()
        yield from (f"{what} is {told}" for told, changed in sums if fits(m, changed))


def _moves(a: NDArray[Any]) -> Iterator[tuple[str, NDArray[Any]]]:
    """Yield other orders of the values of some arrays (n, *shape)."""
    axes = range(1, a.ndim)
    for order in permutations(axes):
        if order != tuple(axes) and a.transpose(0, *order).shape == a.shape:
            yield "transposed", a.transpose(0, *order)
    for axis in axes:
        yield f"reversed along axis {axis - 1}", np.flip(a, axis)
        for shift in range(1, a.shape[axis]):
            yield f"shifted by {shift} along axis {axis - 1}", np.roll(a, shift, axis)


def _sums(a: NDArray[Any]) -> Iterator[tuple[str, NDArray[Any]]]:
    """Yield sums and means of some arrays (n, *shape) over an axis or all, repeated."""
    for axis in [*range(1, a.ndim), None]:
        axes, over = ((axis,), f"axis {axis - 1}") if axis else (tuple(range(1, a.ndim)), "all axes")
        for told, made in (("sum", a.sum), ("mean", a.mean)):
            values = np.broadcast_to(made(axes, keepdims=True), a.shape)
            yield f"the {told} over {over} of the right one, repeated", values
