"""Points where operations have kinks and ties: zeros, equal values, round ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ..contracts.cases import Dominant, Floats
from .signed import signed_values

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray

    from .call import Call
    from .sample import Sample
    from .study import Study

ROUNDS = 4  # samples with round values, at most
CONSTANTS = (0.0, 1.0, -1.0, 0.5, -0.5, 2.0, -2.0, 3.0, -3.0, 6.0)


def points(study: Study, call: Call) -> Iterator[tuple[str, Sample]]:
    """Yield the sample at points where operations have kinks, and what they are called.

    Fewer of them for further cases, and for elementwise operations: round values say all about these.
    """
    sample, first = call.sample, call is study.first
    count = 1 if call.elementwise or not first else len(_MAKERS)
    for what, make in _MAKERS[:count]:
        yield what, _replaced(sample, [make(sample.inputs[i]) for i in sample.floats])
    if first:
        yield from _round(sample)
        yield from _equal(sample)
        if not call.elementwise:  # round values are zeros in one input here, in another there
            yield from _zero_alone(sample)


def _equal(sample: Sample) -> Iterator[tuple[str, Sample]]:
    """Yield the sample with inputs that have the values of the first, or its rows, as far as they go."""
    inputs = [sample.inputs[i] for i in sample.floats]
    same = [x.shape[1:] == inputs[0].shape[1:] and x.ndim == inputs[0].ndim for x in inputs]
    if sum(same) > 1 and inputs[0].size:
        equal = [np.resize(inputs[0], x.shape) if s else x for x, s in zip(inputs, same, strict=True)]
        yield "equal inputs", _replaced(sample, equal)


def _zero_alone(sample: Sample) -> Iterator[tuple[str, Sample]]:
    """Yield the sample with zeros for one of several inputs, of the first two: a cell of an LSTM has ten."""
    for i in sample.floats[:2] if len(sample.floats) > 1 else ():
        values = [np.zeros_like(sample.inputs[k]) if k == i else sample.inputs[k] for k in sample.floats]
        yield f"zero for {sample.names[i]}", _replaced(sample, values)


def _zeros_in_rows(x: NDArray[Any], count: int) -> NDArray[Any]:
    return np.where(np.arange(x.size).reshape(x.shape) % _row(x) < count, 0.0, x)


def _in_pairs(x: NDArray[Any]) -> NDArray[Any]:
    half = _short(x).ravel()[: max(1, x.size // 2)]
    order = signed_values(0, 0, (x.size,)).argsort()
    return np.resize(half, x.size)[order].reshape(x.shape)


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


_MAKERS: tuple[tuple[str, Callable[[NDArray[Any]], NDArray[Any]]], ...] = (
    ("zero", np.zeros_like),
    ("a zero in each row", lambda x: _zeros_in_rows(x, 1)),
    ("two zeros in each row", lambda x: _zeros_in_rows(x, 2)),
    ("values in pairs", _in_pairs),
    ("the largest value twice", _largest_again),
)


def _round(sample: Sample) -> Iterator[tuple[str, Sample]]:
    """Yield the sample with round values, each of them somewhere; the inputs have different ones."""
    constants = np.array(_constants(sample))
    least = min((sample.inputs[i].size for i in sample.floats), default=1)
    for turn in range(min(ROUNDS, -(-len(constants) // max(least, 1)))):
        values = [
            constants[(turn * least + 3 * k + np.arange(x.size)) % len(constants)].reshape(x.shape)
            for k, x in enumerate(sample.inputs[i] for i in sample.floats)
        ]
        yield "round values", _replaced(sample, values)


def _constants(sample: Sample) -> list[float]:
    return [
        *CONSTANTS,
        *(float(v) for v in sample.settings.values() if type(v) in (int, float) and abs(v) < 100),
    ]


def _short(x: NDArray[Any]) -> NDArray[Any]:
    """Return values of eight binary digits: the mean of equal ones is exact, and no rounding hides a tie."""
    mantissa, exponent = np.frexp(x)
    return np.asarray(np.ldexp(np.round(mantissa * 256) / 256, exponent))


def _row(x: NDArray[Any]) -> int:
    return max(1, x.shape[-1]) if x.ndim else 1


def _replaced(sample: Sample, values: Sequence[Any]) -> Sample:
    """Return the sample with new float inputs, where their domain has them."""
    inputs = list(sample.inputs)
    for i, new in zip(sample.floats, values, strict=True):
        domain = sample.domains[i]
        if isinstance(domain, Floats) and not isinstance(domain, Dominant):  # no such matrix has ties
            inside = (new > domain.low) & (new < domain.high) & ~(domain.nonzero & (new == 0))
            inputs[i] = np.array(np.where(inside, new, inputs[i]))
    return sample.with_inputs(tuple(inputs))
