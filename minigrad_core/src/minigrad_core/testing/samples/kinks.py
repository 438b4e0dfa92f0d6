"""Points where functions have kinks and ties: zeros, equal values, round ones."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from ...contracts.cases import Dominant, Floats
from .sample import Sample, Undrawable
from .signed import signed_values
from .sizes import any_shaped

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from ..subjects.subject import Subject
    from .sample import Recipe

CONSTANTS = (0.0, 1.0, -1.0, 0.5, -0.5, 2.0, -2.0, 3.0, -3.0, 6.0)
ROUNDS = 2  # samples with round values, at most
MOST = 80  # float values: a kink is looked for one value at a time


def kinks(recipe: Recipe, subject: Subject) -> Iterator[Recipe]:
    """Yield the sample at points where functions have kinks; where each value counts alone, all at once."""
    alone = subject.declared.broadcasts and any_shaped(recipe.case)
    if alone:
        recipe = recipe.but(any_shape=(len(CONSTANTS) + 3,))
    for told, make in _POINTS[: 1 if alone else None]:
        yield _at(recipe, told, partial(_each, make))
    for turn in range(1 if alone else ROUNDS):
        yield _at(recipe, f"round values{turn * ' again'}", partial(_round, turn))
    yield _at(recipe, "equal inputs", _equal)
    for i in range(2):  # of an LSTM's ten inputs the others would show the same
        yield _at(recipe, f"zero for input {i} alone", partial(_zero_alone, i))


def _at(recipe: Recipe, told: str, make: Callable[[Sample], Sample]) -> Recipe:
    def then(sample: Sample) -> Sample:
        if not 0 < sum(sample.inputs[i].size for i in sample.floats) <= MOST:
            raise Undrawable("no values, or too many to move one at a time")
        return make(sample)

    return recipe.but(then=then, promised=False, label=told)


def _each(make: Callable[[NDArray[Any]], NDArray[Any]], sample: Sample) -> Sample:
    return _replaced(sample, {i: make(sample.inputs[i]) for i in sample.floats})


def _equal(sample: Sample) -> Sample:
    """Return the sample with inputs that have the values of the first, or its rows, as far as they go."""
    first = sample.inputs[sample.floats[0]]
    alike = [
        i
        for i in sample.floats[1:]
        if sample.inputs[i].shape[1:] == first.shape[1:] and sample.inputs[i].ndim == first.ndim
    ]
    if not alike or not first.size:
        raise Undrawable("no two inputs of one shape")
    return _replaced(sample, {i: np.resize(first, sample.inputs[i].shape) for i in alike})


def _zero_alone(k: int, sample: Sample) -> Sample:
    if len(sample.floats) < 2:
        raise Undrawable("a single input")
    i = sample.floats[k]
    return _replaced(sample, {i: np.zeros_like(sample.inputs[i])})


def _round(turn: int, sample: Sample) -> Sample:
    """Return the sample with round values, each somewhere in some turn; inputs have different ones."""
    given = [float(v) for v in sample.settings.values() if type(v) in (int, float) and 0 < abs(v) < 100]
    constants = np.array([*CONSTANTS, *(times * v for v in given for times in (1.0, 0.5, 1.5))])
    least = min(sample.inputs[i].size for i in sample.floats)
    if turn * least >= len(constants):
        raise Undrawable("all of them have been somewhere")
    return _replaced(
        sample,
        {
            i: np.resize(np.roll(constants, -(turn * least + 3 * k)), sample.inputs[i].shape)
            for k, i in enumerate(sample.floats)
        },
    )


def _zero_in_rows(x: NDArray[Any]) -> NDArray[Any]:
    row = max(1, x.shape[-1]) if x.ndim else 1
    return np.where(np.arange(x.size).reshape(x.shape) % row == 0, 0.0, x)


def _in_pairs(x: NDArray[Any]) -> NDArray[Any]:
    half = _short(x).ravel()[: max(1, x.size // 2)]
    order = signed_values(0, 0, (x.size,)).argsort()
    return np.resize(half, x.size)[order].reshape(x.shape)


def _short(x: NDArray[Any]) -> NDArray[Any]:
    """Return values of eight binary digits: the mean of equal ones is exact, and no rounding hides a tie."""
    mantissa, exponent = np.frexp(x)
    return np.asarray(np.ldexp(np.round(mantissa * 256) / 256, exponent))


def _largest_again(x: NDArray[Any]) -> NDArray[Any]:
    """Return values of which the largest stands beside itself, along the first axis and the last: a tie in
    one row, and none in the others.
    """
    y = x.copy()
    if x.size and x.ndim:
        place = np.unravel_index(int(x.argmax()), x.shape)
        for axis in {0, x.ndim - 1}:
            beside = list(place)
            beside[axis] = (beside[axis] + 1) % x.shape[axis]
            y[tuple(beside)] = x[place]
    return y


_POINTS: tuple[tuple[str, Callable[[NDArray[Any]], NDArray[Any]]], ...] = (
    ("zero", np.zeros_like),
    ("a zero in each row", _zero_in_rows),
    ("values in pairs", _in_pairs),
    ("the largest value twice", _largest_again),
)


def _replaced(sample: Sample, values: dict[int, NDArray[Any]]) -> Sample:
    """Return the sample with new float inputs, where their domain has them."""
    changed: dict[int, Any] = {}
    for i, new in values.items():
        domain = sample.domains[i]
        if isinstance(domain, Floats) and not isinstance(domain, Dominant):  # no such matrix has ties
            inside = (new > domain.low) & (new < domain.high) & ~(domain.nonzero & (new == 0))
            if inside.any():
                changed[i] = np.array(np.where(inside, new, sample.inputs[i]))
    if not changed:
        raise Undrawable("outside of every domain")
    return sample.but(changed)
