"""The first line of a wrong result: the first cause that gives these very values."""

from collections.abc import Iterator
from contextlib import suppress
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..finding import SubjectFailed
from ..reference_output import evaluate_reference
from ..subjects.subject import flatten_floats
from .arguments import exchange_arguments, find_ignored, simplify_arguments
from .facts import Facts, GradientFacts, measure_jacobian
from .relations import FIT, describe_values, find_ratio, find_thresholds, format_ratio, is_fit, relate_values


def diagnose_output(facts: Facts) -> str | None:
    """Return the first relation of a wrong output to the right values, None if there is none."""
    relations = relate_values(facts.actual, facts.expected, facts.variables, facts.is_wrong)
    is_coarse = facts.is_ordinary and not is_fit(facts.actual, facts.expected)
    return next(chain(relations, _vary_arguments(facts, "value") if is_coarse else ()), None)


def _vary_arguments(facts: Facts, result: str) -> Iterator[str]:
    """Yield hypotheses about arguments; `result` is the name of the result."""
    yield from (f"it is the {result} {text}" for text in exchange_arguments(facts))
    yield from find_ignored(facts)
    yield from simplify_arguments(facts)


def diagnose_gradient(facts: GradientFacts) -> str | None:
    """Return the first cause that explains a wrong gradient, None if no cause does."""
    actual, expected = facts.actual, facts.expected
    if not np.isfinite(actual).all():
        name = facts.sample.names[facts.index]
        place = next(find_thresholds(facts.x, ~np.isfinite(actual), name), "")
        return f"the gradient is {'NaN' if np.isnan(actual).any() else 'infinite'}{place}"
    if is_fit(actual, 0 * expected):
        return "the gradient is zero"
    if is_fit(actual, expected):  # wrong only after the sixth digit, where every cause would fit
        error = float(np.abs(actual - expected).max() / np.abs(expected).max())
        return f"the last digits of the gradient are wrong: it is off by {error:.1g} of its size"
    if (ratio := find_ratio(actual, expected)) is not None:
        return _describe_factor(facts, ratio)
    causes = chain(
        _exchange_gradients(facts),
        _drop_contributions(facts),
        _transpose_jacobian(facts),
        _take_reference(facts),
    )
    fitting = (description for description, gradient in causes if is_fit(actual, gradient))
    relations = relate_values(actual, expected, facts.variables)
    varied = _vary_arguments(facts, "gradient") if facts.is_ordinary else ()
    return next(chain(_blame_output(facts), fitting, relations, varied, _name_right_gradients(facts)), None)


def _name_right_gradients(facts: GradientFacts) -> Iterator[str]:
    """Yield the other inputs whose gradients are right."""
    others = [(j, facts.at_input(j)) for j in facts.sample.floats if j != facts.index]
    names = [facts.sample.names[j] for j, other in others if other and is_fit(other.actual, other.expected)]
    if names:
        yield f"d/d{facts.sample.names[facts.index]} is another formula, d/d{', d/d'.join(names)} right"


# Hypotheses. Each yields a description, or a description and the gradient that it would give.


def _describe_factor(facts: GradientFacts, ratio: float) -> str:
    """Return what a constant factor may mean: a sign, a factor of 2, the size of an axis."""
    if np.isclose(ratio, -1, rtol=FIT):
        return "the sign is wrong: the gradient is minus the numeric one"
    outputs, values = facts.jacobian.shape
    arrays = (facts.x, *facts.cotangents) if outputs != values else ()
    sizes = [n for array in arrays for n in array.shape if n > 1]
    hint = ": a mean, or a sum?" if np.isclose(max(ratio, 1 / ratio), sizes, rtol=FIT).any() else ""
    return f"the gradient is {format_ratio(ratio)} times the numeric one (a constant factor{hint})"


def _blame_output(facts: GradientFacts) -> Iterator[str]:
    """Yield that only the part of the gradient from one of several outputs is wrong."""
    for k, g in enumerate(facts.cotangents if len(facts.cotangents) > 1 else ()):
        part = facts.compute_gradient([other * (other is g) for other in facts.cotangents])
        if part.any() and (values := describe_values(facts.actual - (facts.expected - part), part)):
            yield f"wrong only in what comes back through output {k}{values}"


def _exchange_gradients(facts: GradientFacts) -> Iterator[tuple[str, NDArray[Any]]]:
    """Yield the gradients for other inputs."""
    for j in facts.sample.floats:
        if j != facts.index and (other := facts.at_input(j)):
            yield f"it is the gradient of input {j}: the inputs are swapped", other.expected


def _drop_contributions(facts: GradientFacts) -> Iterator[tuple[str, NDArray[Any]]]:
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


def _transpose_jacobian(facts: GradientFacts) -> Iterator[tuple[str, NDArray[Any]]]:
    """Yield the product with the Jacobian in the place of the product with its transpose."""
    jacobian, g = facts.jacobian, flatten_floats(facts.cotangents)
    if len(jacobian) == jacobian.shape[1]:
        yield (
            "it is J grad in the place of J^T grad, with the Jacobian J",
            (jacobian @ g).reshape(facts.x.shape),
        )


def _take_reference(facts: GradientFacts) -> Iterator[tuple[str, NDArray[Any]]]:
    """Yield the gradient of the author's reference."""
    subject, sample = facts.subject, facts.sample
    reference = subject.declared.reference

    def f(xs: list[Any]) -> NDArray[Any]:
        output = reference and evaluate_reference(
            reference, subject, sample.replace_inputs({facts.index: xs[0]})
        )
        return flatten_floats(output.arrays if output else [])

    with suppress(SubjectFailed, ValueError):
        gradient = flatten_floats(facts.cotangents) @ measure_jacobian(
            f, sample, facts.index, len(facts.jacobian)
        )
        yield "it is the gradient of the reference: the output is wrong", gradient.reshape(facts.x.shape)
