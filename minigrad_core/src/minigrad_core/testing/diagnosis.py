"""The likely cause of a wrong gradient, in one line: the first cause that gives this very gradient."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from itertools import chain, permutations
from math import comb
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .finding import SubjectFailed
from .oracle.compare import step_sizes
from .oracle.slopes import METHODS, Function, Line, Oracle, Slope, real_slope, restrict_to_line
from .reference_output import evaluate_reference
from .samples.sample import Sample
from .subjects.subject import Subject, as_function, flatten_floats
from .trial import Trial

RELATIONS: dict[str, Callable[[NDArray[Any]], NDArray[Any]]] = {
    "the square of": np.square,
    "the root of": np.sqrt,
    "the logarithm of": np.log,
    "the exponential of": np.exp,
    "1 minus": lambda x: 1 - x,
    "1 over": lambda x: 1 / x,
    "the absolute value of": np.abs,
}
POWERS = (1, -1, 2, -2, 0.5, -0.5)  # of an input, as a factor
FIT = 1e-6  # relative tolerance; oracles are accurate to 1e-8 or better


@dataclass(frozen=True)
class Facts:
    """One call, and the input whose gradient is wrong; each property may raise SubjectFailed."""

    subject: Subject
    sample: Sample  # the arguments of the call
    index: int  # the index of the input
    cotangents: Sequence[NDArray[Any]]  # one array for each output
    oracle: Oracle  # the method of the numeric gradient

    def try_at(self, **changes: Any) -> "Facts | None":
        """Return the facts with some fields replaced, None if there are no two gradients to compare."""
        other = replace(self, **changes)
        with suppress(SubjectFailed):
            actual, expected = other.gradient, other.expected
            is_comparable = actual.dtype.kind == "f" and actual.shape == expected.shape
            if is_comparable and np.isfinite(expected).all():
                return other
        return None

    @property
    def x(self) -> NDArray[Any]:
        """The input whose gradient is wrong."""
        return np.asarray(self.sample.inputs[self.index])

    @cached_property
    def gradient(self) -> NDArray[Any]:
        """The analytic gradient."""
        return np.asarray(Trial(self.subject, self.sample).pull(self.cotangents)[self.index])

    @cached_property
    def expected(self) -> NDArray[Any]:
        """The numeric gradient."""
        return self.compute_gradient(self.cotangents)

    def compute_gradient(self, cotangents: Sequence[NDArray[Any]]) -> NDArray[Any]:
        """Return the numeric gradient for other cotangents."""
        return np.asarray((flatten_floats(cotangents) @ self.jacobian).reshape(self.x.shape))

    @cached_property
    def jacobian(self) -> NDArray[Any]:
        """The numeric Jacobian (outputs, values); NaN in the column of a value that may not move."""
        f = as_function(self.subject, self.sample, [self.index])
        return self.measure_jacobian(f, METHODS.get(self.oracle, real_slope))

    def measure_jacobian(self, f: Function, method: Callable[[Line], Slope | None]) -> NDArray[Any]:
        """Return the numeric Jacobian of a function of the input, by a method."""
        x = self.x
        jacobian = np.full((flatten_floats(self.cotangents).size, x.size), np.nan)
        for j, scale in enumerate(step_sizes(x, self.sample.domains[self.index]).flat):
            if not scale:
                continue
            at = restrict_to_line(f, [x], [scale * (np.arange(x.size) == j).reshape(x.shape)])
            # A long double difference of zero cannot prove that it was computed in long double.
            slope = method(at) or real_slope(at)
            if slope is None or slope.value.size != len(jacobian):
                raise SubjectFailed("no-jacobian", "there is no numeric Jacobian")
            jacobian[:, j] = slope.value / scale
        return jacobian


def diagnose(facts: Facts) -> str | None:
    """Return the first cause that explains a wrong gradient, None if no cause does."""
    actual, expected = facts.gradient, facts.expected
    if not np.isfinite(actual).all():
        name = facts.sample.names[facts.index]
        place = next(_find_thresholds(facts.x, ~np.isfinite(actual), name), "")
        return f"the gradient is {'NaN' if np.isnan(actual).any() else 'infinite'}{place}"
    if is_fit(actual, 0 * expected):
        return "the gradient is zero"
    if is_fit(actual, expected):  # wrong only after the sixth digit, where every cause would fit
        error = float(np.abs(actual - expected).max() / np.abs(expected).max())
        return f"the last digits of the gradient are wrong: it is off by {error:.1g} of its size"
    if (ratio := find_ratio(actual, expected)) is not None:
        return _describe_factor(facts, ratio)
    causes = chain(
        _exchange_inputs(facts),
        _drop_contributions(facts),
        _transpose_jacobian(facts),
        _take_reference(facts),
    )
    fitting = (description for description, gradient in causes if is_fit(actual, gradient))
    relations = relate_values(actual, expected, facts.sample, facts.index)
    return next(chain(_blame_output(facts), fitting, relations), None)


# Hypotheses. Each yields a description, or a description and the gradient that it would give.


def _describe_factor(facts: Facts, ratio: float) -> str:
    """Return what a constant factor may mean: a sign, a factor of 2, the size of an axis."""
    if np.isclose(ratio, -1, rtol=FIT):
        return "the sign is wrong: the gradient is minus the numeric one"
    outputs, values = facts.jacobian.shape
    arrays = (facts.x, *facts.cotangents) if outputs != values else ()
    sizes = [n for array in arrays for n in array.shape if n > 1]
    hint = ": a mean, or a sum?" if np.isclose(max(ratio, 1 / ratio), sizes, rtol=FIT).any() else ""
    return f"the gradient is {format_ratio(ratio)} times the numeric one (a constant factor{hint})"


def _blame_output(facts: Facts) -> Iterator[str]:
    """Yield that only the part of the gradient from one of several outputs is wrong."""
    for k, g in enumerate(facts.cotangents if len(facts.cotangents) > 1 else ()):
        part = facts.compute_gradient([other * (other is g) for other in facts.cotangents])
        if part.any() and (values := _describe_values(facts.gradient - (facts.expected - part), part)):
            yield f"wrong only in what comes back through output {k}{values}"


def _exchange_inputs(facts: Facts) -> Iterator[tuple[str, NDArray[Any]]]:
    """Yield the gradient transposed, the gradients for other inputs, and with another input transposed."""
    names, inputs = facts.sample.names, facts.sample.inputs
    for gradient in _transpose(facts.expected):
        yield "the gradient is transposed", gradient
    for j in [j for j in facts.sample.floats if j != facts.index]:
        hypotheses = [(f"of input {j}: the inputs are swapped", facts.try_at(index=j))]
        for transposed in _transpose(inputs[j]):
            sample = facts.sample.replace_inputs({j: transposed.copy()})
            hypotheses.append((f"with {names[j]} transposed", facts.try_at(sample=sample)))
        for description, other in hypotheses:
            if other is not None:
                yield f"it is the gradient {description}", other.expected


def _transpose(a: NDArray[Any]) -> Iterator[NDArray[Any]]:
    """Yield the transposes that have the shape of the array."""
    axes = tuple(range(a.ndim))
    for order in permutations(axes):
        if order != axes and a.transpose(order).shape == a.shape:
            yield a.transpose(order)


def _drop_contributions(facts: Facts) -> Iterator[tuple[str, NDArray[Any]]]:
    """Yield gradients in which only one of several contributions to a value counts."""
    contributions = flatten_floats(facts.cotangents)[:, None] * facts.jacobian
    size = np.abs(facts.jacobian)
    is_present = size > 1e-7 * size.max(initial=0.0)
    last = len(contributions) - 1 - is_present[::-1].argmax(axis=0)
    description = "of several contributions to one value only one counts"
    kept = np.take_along_axis(contributions, last[None], axis=0).reshape(facts.x.shape)
    yield f"{description}: assigned in the place of added, as where an index repeats or windows overlap", kept
    if len(contributions) == contributions.shape[1]:
        diagonal = np.diagonal(contributions).reshape(facts.x.shape)
        yield f"{description}: the diagonal of the Jacobian", diagonal


def _transpose_jacobian(facts: Facts) -> Iterator[tuple[str, NDArray[Any]]]:
    """Yield the product with the Jacobian in the place of the product with its transpose."""
    jacobian, g = facts.jacobian, flatten_floats(facts.cotangents)
    if len(jacobian) == jacobian.shape[1]:
        yield (
            "it is J grad in the place of J^T grad, with the Jacobian J",
            (jacobian @ g).reshape(facts.x.shape),
        )


def _take_reference(facts: Facts) -> Iterator[tuple[str, NDArray[Any]]]:
    """Yield the gradient of the author's reference."""
    reference, subject, sample = facts.subject.declared.reference, facts.subject, facts.sample

    def f(xs: list[Any]) -> NDArray[Any]:
        output = reference and evaluate_reference(
            reference, subject, sample.replace_inputs({facts.index: xs[0]})
        )
        return flatten_floats(output.arrays if output else [])

    with suppress(SubjectFailed, ValueError):
        gradient = flatten_floats(facts.cotangents) @ facts.measure_jacobian(f, real_slope)
        yield "it is the gradient of the reference: the output is wrong", gradient.reshape(facts.x.shape)


def relate_values(
    actual: NDArray[Any], expected: NDArray[Any], sample: Sample, index: int | None = None
) -> Iterator[str]:
    """Yield simple relations of a wrong result, or of the gradient for input `index`, to the right values.

    These are a factor, another order, a constant difference, a function such as the square, and errors that
    are the same along an axis, or lie beyond a threshold or at some places along an axis only.
    """
    is_same = (actual == expected) | (np.isnan(actual) & np.isnan(expected))
    actual, expected = (np.where(is_same & ~np.isfinite(x), 0, x) for x in (actual, expected))
    if not (np.isfinite(actual).all() and np.isfinite(expected).all()) or is_fit(actual, expected):
        return
    if ratio := find_ratio(actual, expected):
        yield f"{format_ratio(ratio)} times the right values"
    difference = actual - expected
    if actual.size > 2:
        if is_fit(np.sort(actual, axis=None), np.sort(expected, axis=None)):
            yield "the values are right, but in another order"
        if is_fit(difference, np.full_like(difference, difference.flat[0])):
            yield f"all values are off by {difference.flat[0]:.6g}"
        for text, function in RELATIONS.items():
            with np.errstate(all="ignore"):
                related = function(expected)
            if np.isfinite(related).all() and is_fit(actual, related):
                yield f"each value is {text} the right one"
        for axis in range(actual.ndim):
            if actual.shape[axis] > 1 and is_fit(difference, difference.take([0], axis) + 0 * difference):
                yield f"the error is the same all along axis {axis}"
    size = np.abs(expected)  # values far below the largest are rounding errors
    is_wrong = np.abs(difference) > FIT * np.maximum(size, 1e-3 * size.max(initial=0.0)) + 1e-13
    for place in _find_places(is_wrong, sample, index):
        yield f"wrong only{place}{_describe_values(actual[is_wrong], expected[is_wrong])}"
    with np.errstate(divide="ignore", invalid="ignore"):
        ratios = actual / expected
    is_other = ~np.isclose(ratios, ratios.flat[0], rtol=FIT)
    factors = [find_ratio(actual[part], expected[part]) for part in (is_other, ~is_other)]
    if all(factors):
        other, first = (format_ratio(factor) for factor in factors if factor)
        for place in _find_places(is_other, sample, index):
            yield f"{other} times the right values{place}, {first} times elsewhere"
    for i in sample.floats if actual.size > 2 and np.isfinite(ratios).all() else ():
        size = np.abs(sample.inputs[i])
        if size.shape == actual.shape and size.all():
            for power in POWERS:
                if factor := find_ratio(np.abs(ratios), size**power):
                    text = f"{format_ratio(factor)} |{sample.names[i]}|^{power}"
                    yield f"{text} times the right values, but for the sign"


def _find_places(is_wrong: NDArray[Any], sample: Sample, index: int | None) -> list[str]:
    """Return conditions on the values of inputs, and places along an axis, that hold at the wrong places."""
    places: list[str] = []
    if comb(is_wrong.size, int(is_wrong.sum())) >= 15:  # a threshold often separates few values by chance
        for i in sorted(sample.floats, key=lambda i: i != index):
            places += _find_thresholds(sample.inputs[i], is_wrong, sample.names[i])
    for axis, n in enumerate(is_wrong.shape):
        other_axes = tuple(k for k in range(is_wrong.ndim) if k != axis)
        along_axis = is_wrong.any(axis=other_axes)
        is_separated = np.array_equal(along_axis, is_wrong.all(axis=other_axes))
        if along_axis.any() and not along_axis.all() and is_separated:
            indices = ", ".join(map(str, np.flatnonzero(along_axis)))
            places.append(f" at {indices} along axis {axis} (of {n})")
    return places


def _find_thresholds(values: NDArray[Any], is_wrong: NDArray[Any], name: str) -> Iterator[str]:
    """Yield conditions on values, or on absolute values, that hold at the wrong places only."""
    if values.shape != is_wrong.shape or not is_wrong.any() or is_wrong.all():
        return
    for text, v in ((name, values), (f"|{name}|", np.abs(values))):
        wrong, right = v[is_wrong], v[~is_wrong & ~np.isnan(v)]
        if not right.size:
            continue
        for sign, low, high in ((">", right.max(), wrong.min()), ("<", wrong.max(), right.min())):
            if low < high:
                rounded = (n for digits in range(-3, 8) for n in (round(low, digits), round(high, digits)))
                threshold = next((n for n in (0, *rounded) if low < n < high), (low + high) / 2)
                yield f" where {text} {sign} {threshold:.3g}"
    right = values[~is_wrong & ~np.isnan(values)]
    if right.size > 2 and np.all((values < right.min()) | (values > right.max()) | ~is_wrong):
        yield f" where {name} lies outside of [{right.min():.3g}, {right.max():.3g}]"


def _describe_values(actual: NDArray[Any], expected: NDArray[Any]) -> str:
    """Return what wrong values are: zero, a multiple of the right ones, or nothing simple (empty)."""
    if is_fit(actual, 0 * expected):
        return ": zero there"
    ratio = find_ratio(actual, expected)
    return f": {format_ratio(ratio)} times there" if ratio else ""


# Comparisons.


def is_fit(actual: Any, expected: Any) -> bool:
    """Return whether two arrays are equal within the accuracy of an oracle."""
    scale = float(np.abs(expected).max(initial=0.0))
    if np.shape(actual) != np.shape(expected):
        return False
    return bool((np.abs(actual - expected) <= FIT * scale + 1e-12).all())


def find_ratio(actual: Any, expected: Any) -> float | None:
    """Return c != 0 if actual = c * expected, by more than chance, else None."""
    size = np.abs(expected)
    is_big = size > 1e-3 * size.max(initial=0.0)
    ratio = float(np.median(actual[is_big] / expected[is_big])) if is_big.any() else 0.0
    # A single value is a multiple of any other: only a simple fraction counts.
    by_chance = is_big.sum() == 1 and "." in format_ratio(ratio)
    return ratio if ratio and not by_chance and is_fit(actual, ratio * expected) else None


def format_ratio(ratio: float) -> str:
    """Return a ratio as text: as a fraction of small numbers if possible."""
    fraction = Fraction(ratio).limit_denominator(12)
    return str(fraction) if np.isclose(ratio, float(fraction), rtol=1e-7) else f"{ratio:.6g}"
