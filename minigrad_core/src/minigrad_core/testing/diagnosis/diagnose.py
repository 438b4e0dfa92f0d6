"""What is wrong with a gradient, in a line: causes are tried out, until one gives this very gradient."""

from collections.abc import Iterator
from itertools import chain, permutations
from math import comb
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..subjects.subject import flatten_floats
from .facts import FIT, Facts, find_ratio, format_ratio, is_fit


def diagnose(facts: Facts) -> str | None:
    """Return the first cause that fits, None if none does."""
    actual, expected = facts.gradient, facts.expected
    if not np.isfinite(actual).all():
        where = next(_find_thresholds(facts.x, ~np.isfinite(actual), facts.sample.names[facts.index]), "")
        return f"the gradient is {'NaN' if np.isnan(actual).any() else 'infinite'}{where}"
    if is_fit(actual, 0 * expected):
        return "the gradient is zero"
    if is_fit(actual, expected):  # to six digits: everything would fit
        return None
    if (ratio := find_ratio(actual, expected)) is not None:
        return _describe_factor(facts, ratio)
    causes = (
        cause for found in (_exchange_inputs, _lose_contributions, _rearrange) for cause in found(facts)
    )
    fitting = (description for description, gradient in causes if is_fit(actual, gradient))
    return next(chain(_check_outputs(facts), fitting, _locate_errors(facts)), None)


def _describe_factor(facts: Facts, ratio: float) -> str:
    """One factor for all: a sign, a 2, a size."""
    if np.isclose(ratio, -1, rtol=FIT):
        return "the sign is wrong: the gradient is minus the numeric one"
    outputs, values = facts.jacobian.shape
    sums = (facts.x, *facts.cotangents) if outputs != values else ()
    sizes = [n for a in sums for n in a.shape if n > 1]
    hint = ": a mean, or a sum?" if np.isclose(max(ratio, 1 / ratio), sizes, rtol=FIT).any() else ""
    return f"the gradient is {format_ratio(ratio)} times the numeric one (a constant factor{hint})"


def _check_outputs(facts: Facts) -> Iterator[str]:
    """Wrong in what comes back through one of several outputs."""
    for k, g in enumerate(facts.cotangents if len(facts.cotangents) > 1 else ()):
        through = facts.compute_gradient([other * (other is g) for other in facts.cotangents])
        if through.any() and (how := _describe_values(facts.gradient - (facts.expected - through), through)):
            yield f"wrong only in what comes back through output {k}{how}"


def _exchange_inputs(facts: Facts) -> Iterator[tuple[str, NDArray[Any]]]:
    """The gradient for another input, or at another one transposed."""
    names, inputs = facts.sample.names, facts.sample.inputs
    for j in [j for j in facts.sample.floats if j != facts.index]:
        samples = [facts.sample.replace_inputs({j: turned.copy()}) for turned in _transpose(inputs[j])]
        others = [(f"of input {j}: the inputs are swapped", facts.try_at(index=j))]
        others += [(f"with {names[j]} transposed", facts.try_at(sample=sample)) for sample in samples]
        yield from (
            (f"it is the gradient {description}", other.expected) for description, other in others if other
        )


def _rearrange(facts: Facts) -> Iterator[tuple[str, NDArray[Any]]]:
    """The gradient, or grad, is transposed, or summed and repeated; or a sum is missing."""
    g, *others = facts.cotangents
    yield from (
        ("the gradient " + description, moved) for description, moved in _rearrange_array(facts.expected)
    )
    yield from (
        ("grad " + description, facts.compute_gradient([moved, *others]))
        for description, moved in _rearrange_array(g)
    )
    for axis in range(g.ndim - facts.x.ndim):
        kept = np.zeros_like(g)
        np.moveaxis(kept, axis, 0)[0] = np.moveaxis(g, axis, 0)[0]
        description = f"the sum over axis {axis} of grad is missing: the first counts"
        yield description, facts.compute_gradient([kept, *others])


def _rearrange_array(a: NDArray[Any]) -> Iterator[tuple[str, NDArray[Any]]]:
    yield from (("is transposed", turned) for turned in _transpose(a))
    for axis in [*range(a.ndim), None]:
        over = "all axes" if axis is None else f"axis {axis}"
        for description, total in (("sum", a.sum), ("mean", a.mean)):
            repeated = np.broadcast_to(total(axis=axis, keepdims=True), a.shape)
            yield f"is the {description} over {over} of the right one, repeated", repeated


def _transpose(a: NDArray[Any]) -> Iterator[NDArray[Any]]:
    axes = tuple(range(a.ndim))
    yield from (a.transpose(o) for o in permutations(axes) if o != axes and a.transpose(o).shape == a.shape)


def _lose_contributions(facts: Facts) -> Iterator[tuple[str, NDArray[Any]]]:
    """Of several contributions to one value one counts: the last, or that of the same place."""
    parts, size = flatten_floats(facts.cotangents)[:, None] * facts.jacobian, np.abs(facts.jacobian)
    there = size > 1e-7 * size.max(initial=0.0)
    last = len(parts) - 1 - there[::-1].argmax(axis=0)
    description = "of several contributions to one value only one counts"
    kept = np.take_along_axis(parts, last[None], axis=0).reshape(facts.x.shape)
    yield f"{description}: assigned in the place of added, as where an index repeats or windows overlap", kept
    if len(parts) == parts.shape[1]:
        yield f"{description}: the diagonal of the Jacobian", np.diagonal(parts).reshape(facts.x.shape)


def _locate_errors(facts: Facts) -> Iterator[str]:
    """Wrong only beyond a threshold, or at places along an axis."""
    actual, expected = facts.gradient, facts.expected
    size = np.abs(expected)  # what is far below the largest is rounding
    bad = np.abs(actual - expected) > FIT * np.maximum(size, 1e-3 * size.max(initial=0.0)) + 1e-13
    places: list[str] = []
    if comb(bad.size, int(bad.sum())) >= 15:  # few values are often separated by chance
        for i in sorted(facts.sample.floats, key=lambda i: i != facts.index):
            places += _find_thresholds(facts.sample.inputs[i], bad, facts.sample.names[i])
    for axis, n in enumerate(bad.shape):
        rest = tuple(k for k in range(bad.ndim) if k != axis)
        wrong = bad.any(axis=rest)
        if wrong.any() and not wrong.all() and np.array_equal(wrong, bad.all(axis=rest)):
            places.append(f" at {', '.join(map(str, np.flatnonzero(wrong)))} along axis {axis} (of {n})")
    yield from (f"wrong only{place}{_describe_values(actual[bad], expected[bad])}" for place in places)


def _find_thresholds(values: NDArray[Any], bad: NDArray[Any], name: str) -> Iterator[str]:
    """Yield the conditions on the values that separate the bad ones from the rest."""
    if values.shape != bad.shape or not bad.any() or bad.all():
        return
    for description, v in ((name, values), (f"|{name}|", np.abs(values))):
        for sign, low, high in ((">", v[~bad].max(), v[bad].min()), ("<", v[bad].max(), v[~bad].min())):
            if low < high:
                rounded = (n for digits in range(-3, 8) for n in (round(low, digits), round(high, digits)))
                between = next((n for n in (0, *rounded) if low < n < high), (low + high) / 2)
                yield f" where {description} {sign} {between:.3g}"


def _describe_values(actual: NDArray[Any], expected: NDArray[Any]) -> str:
    """Return what wrong values are: zero, or a multiple."""
    ratio = find_ratio(actual, expected)
    return (
        ": zero there"
        if is_fit(actual, 0 * expected)
        else f": {format_ratio(ratio)} times there"
        if ratio
        else ""
    )
