"""Hypotheses about arguments: a result is that of other ones, is right at simpler ones, or ignores some."""

from collections.abc import Iterator, Mapping
from itertools import combinations, permutations
from typing import Any

import numpy as np

from ..samples.sample import Sample
from .facts import Facts
from .relations import find_places, is_fit

MOST_MOVED = 30  # values that are moved one by one


def exchange_arguments(facts: Facts) -> Iterator[str]:
    """Yield other arguments at which the right result is the wrong result."""
    for text, sample in _exchange(facts.sample, facts.settings):
        other = facts.at(sample)
        if (
            other is not None
            and is_fit(facts.actual, other.expected)
            and not is_fit(facts.expected, other.expected)
        ):
            yield f"with {text}"


def _exchange(sample: Sample, settings: Mapping[str, Any]) -> Iterator[tuple[str, Sample]]:
    names, inputs = sample.names, sample.inputs
    numbers = {name: v for name, v in settings.items() if type(v) in (int, float)}
    with np.errstate(all="ignore"):
        for i, j in combinations(sample.floats, 2):
            if inputs[i].shape == inputs[j].shape:
                yield (
                    f"{names[i]} and {names[j]} exchanged",
                    sample.replace_inputs({i: inputs[j].copy(), j: inputs[i].copy()}),
                )
        for a, b in combinations(numbers, 2):
            changed = sample.with_setting(a, settings[b]).with_setting(b, settings[a])
            yield f"{a} and {b} exchanged", changed
        for i in sample.floats:
            for axes in permutations(range(inputs[i].ndim)):
                x = inputs[i].transpose(axes)
                if x.shape == inputs[i].shape and list(axes) != sorted(axes):
                    yield f"{names[i]} transposed", sample.replace_inputs({i: x.copy()})
            for value in (0, 1):
                constant = sample.replace_inputs({i: np.full_like(inputs[i], value)})
                yield f"{value} in the place of {names[i]}", constant
        sizes = sorted({n for x in inputs for n in np.shape(x) if n > 1})
        for name, v in numbers.items():
            factors = (2, 0.5, -1, *sizes, *(1 / n for n in sizes))
            for value in (0, 1, v**2, abs(v) ** 0.5, v + 1, v - 1, *(v * factor for factor in factors)):
                text = f"{name} = {value:.6g} in the place of {v:.6g}"
                yield text, sample.with_setting(name, type(v)(value))
        for name, v in settings.items():
            if type(v) is bool:
                yield f"{name} = {not v}", sample.with_setting(name, not v)


def simplify_arguments(facts: Facts) -> Iterator[str]:
    """Yield simpler arguments at which the result is right: a factor or a term has no effect there."""
    for text, sample in _simplify(facts.sample, facts.settings):
        other = facts.at(sample)
        if other is not None and is_fit(other.actual, other.expected) and np.abs(other.expected).max() > 1e-6:
            yield f"right where {text}"


def _simplify(sample: Sample, settings: Mapping[str, Any]) -> Iterator[tuple[str, Sample]]:
    """Yield other settings, and inputs that are positive, equal, 1 or 0."""
    for name, v in settings.items():
        for value in [1, 0] if type(v) in (int, float) else [not v] if type(v) is bool else []:
            yield f"{name} = {value}", sample.with_setting(name, type(v)(value))
    for i in sample.floats:
        name, x = sample.names[i], sample.inputs[i]
        yield f"all values of {name} are positive", sample.replace_inputs({i: np.abs(x)})
        yield f"all values of {name} are equal", sample.replace_inputs({i: np.full_like(x, x.mean())})
        yield f"{name} = 1", sample.replace_inputs({i: np.ones_like(x)})
        yield f"{name} = 0", sample.replace_inputs({i: np.zeros_like(x)})


def find_ignored(facts: Facts) -> Iterator[str]:
    """Yield inputs, or some of their values, that have no effect on the result, and should have one."""
    for i in facts.sample.floats:
        x, name = facts.sample.inputs[i], facts.sample.names[i]
        has_effect, should_have_effect = np.zeros(x.shape, bool), np.zeros(x.shape, bool)
        for index in np.ndindex(x.shape) if x.size <= MOST_MOVED else ():
            changed = x.copy()
            changed[index] *= 1 + 1e-3
            moved = facts.at(facts.sample.replace_inputs({i: changed}))
            if moved is not None:
                has_effect[index] = not np.array_equal(moved.actual, facts.actual)
                should_have_effect[index] = not is_fit(moved.expected, facts.expected)
        is_ignored = should_have_effect & ~has_effect
        if is_ignored.any() and np.array_equal(is_ignored, should_have_effect):
            yield f"{name} has no effect"
        elif is_ignored.any():
            indices = [str(tuple(map(int, index))) for index in np.argwhere(is_ignored)]
            listed = f" at {', '.join(indices[:4])}{' ...' * (len(indices) > 4)}"
            yield f"{name} has no effect{next(iter(find_places(is_ignored, {})), listed)}"
