"""The law `generator`: all values come from the generator."""

import random
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...finding import Finding, Findings, Law, Script, apply_judge
from ...global_state import read_global_state, watch_global_state
from ...samples.initializer_draws import Draws, InitializerDraws, Shape

# One has an odd number of values: a loop over pairs of values may leave out the last value.
SHAPES = ((30, 12, 3, 3), (301, 7), (40, 40), (301,))
DRAWS = 48  # different arrays from one generator
STREAMS = 6  # generators; a clipped value may be the same in three draws by chance


def generator(draws: InitializerDraws) -> Findings:
    """The same generator state gives the same array, whatever was drawn before; another state gives another.

    Nothing global is read or changed, and every value is drawn: rows and columns are not copies or shifts of
    one another. In a continuous distribution no value occurs twice, or in every draw; zeros may.
    Faults: `np.random.randn`, `default_rng(0)` inside, a cache by shape, one row for all rows, a set of
    values that is repeated, a last value that is never filled, a seed of a few bits.
    Fix: draw `shape` values from `rng`, and keep nothing.
    """
    for shape in draws.usual_shapes:
        with watch_global_state(draws.process_state) as (_, find_changes):
            draws.draw(shape)
            changes = find_changes()
        for name in changes:
            fact = f"a call changes {name}: draw from rng, and leave it alone"
            script = Script(judge_global_state, {"shape": shape}, run=draws)
            yield Finding("changes-global-state", fact, script=script)
        yield from apply_judge(judge_global_seed, draws, shape=shape)
        calls: dict[str, Any] = {"shape": shape, "other_shapes": draws.usual_shapes}
        yield from apply_judge(judge_repetition, draws, **calls)
        if not np.array_equal(draws.first_draws.get(shape, 0), draws.draw(shape)):
            fact = "one generator state gives two arrays: is rng ignored?"
            yield Finding("not-deterministic", fact, script=Script(judge_repetition, calls, run=draws))
        expected = DRAWS if draws.is_continuous(shape) else 2 if draws.is_random(shape) else 1
        yield from apply_judge(judge_count, draws, shape=shape, expected=expected)
    for shape in SHAPES if draws.is_random(draws.usual_shapes[0]) else ():
        if draws.accepts(shape):
            yield from apply_judge(judge_axes, draws, shape=shape)
            if draws.is_continuous(draws.usual_shapes[0]):
                # Values of the reference may repeat by intention.
                sizes = count_sizes(draws.draw_reference(shape, draws.rng())) if draws.reference else None
                yield from apply_judge(judge_values, draws, shape=shape, expected=sizes)
                yield from _judge_places(draws, shape)


def judge_global_state(draws: Draws, shape: Shape) -> Findings:
    """Yield that a call changes global state."""
    before = read_global_state()
    draws.draw(shape)
    if read_global_state() != before:
        yield Finding(
            "changes-global-state", "a call changes global state: draw from rng, and leave it alone"
        )


def judge_global_seed(draws: Draws, shape: Shape) -> Findings:
    """Yield that the values depend on the seeds of the global generators."""
    arrays = []
    for global_seed in (1, 1, 2):
        random.seed(global_seed)
        np.random.seed(global_seed)  # noqa: NPY002
        arrays.append(np.copy(draws.draw(shape)))
    if np.array_equal(arrays[0], arrays[1]) and not np.array_equal(arrays[0], arrays[2]):
        fact = "the values depend on the global random state: draw from rng"
        yield Finding("reads-global-state", fact)


def judge_repetition(draws: Draws, shape: Shape, other_shapes: Sequence[Shape]) -> Findings:
    """Yield that a state of a generator gives two arrays, after draws of other shapes or once restored."""
    rng = draws.rng()
    rng_state = rng.bit_generator.state
    first = np.copy(draws.draw(shape, rng))
    for other_shape in other_shapes:
        draws.draw(other_shape)
    if not np.array_equal(first, draws.draw(shape)):
        fact = "one generator state gives two arrays: is rng ignored?"
        yield Finding("not-deterministic", fact)
    rng.bit_generator.state = rng_state
    if not np.array_equal(first, draws.draw(shape, rng)):
        fact = "a generator whose state is restored gives another array: is it cached, or its draws?"
        yield Finding("not-deterministic", fact)


def judge_count(draws: Draws, shape: Shape, expected: int) -> Findings:
    """Yield that draws from one generator give fewer arrays than expected."""
    rng = draws.rng()
    count = len({draws.draw(shape, rng).tobytes() for _ in range(expected)})
    if count < expected:
        fact = f"{expected} draws of shape {shape} give {count} arrays: is rng advanced, and by enough?"
        yield Finding("few-draws", fact)


def judge_axes(draws: Draws, shape: Shape) -> Findings:
    """Yield that neighbors along an axis are correlated, or have their zeros at the same places."""
    values, other_values = draws.draw(shape), draws.draw(shape, draws.rng(1))
    for axis, size in enumerate(shape):
        rows = np.moveaxis(values - values.mean(), axis, 0).reshape(size, -1)
        correlation = float(np.mean(rows[1:] * rows[:-1])) / (float(rows.var()) or 1.0)
        if abs(correlation) > 0.5:
            fact = f"axis {axis} of {shape} repeats (correlation {correlation:.2f})"
            yield Finding("correlated", fact)
        is_zero = values == 0
        has_common_zeros = is_zero.any() and np.all(is_zero == is_zero.take([0], axis=axis))
        if has_common_zeros and np.any(is_zero != (other_values == 0)):
            fact = f"zeros are drawn once for all along axis {axis} of {shape}"
            yield Finding("correlated", fact)


def count_sizes(values: NDArray[Any]) -> int:
    """Return the number of different absolute values other than 0."""
    return len(np.unique(np.abs(values[values != 0])))


def judge_values(draws: Draws, shape: Shape, expected: int | None) -> Findings:
    """Yield that values of a continuous distribution repeat, or have the digits of float32.

    expected: the number of sizes of the reference; without a reference all values other than 0 differ.
    """
    array = draws.draw(shape)
    sizes, most = count_sizes(array), np.count_nonzero(array)
    if sizes < 0.9 * min(most, most if expected is None else expected):
        yield Finding("values-repeat", f"{sizes} sizes, whatever the sign, at shape {shape}")
    if np.array_equal(array, array.astype(np.float32)):
        yield Finding("imprecise", f"float64 values at shape {shape} have the digits of float32")


def _judge_places(draws: InitializerDraws, shape: Shape) -> Findings:
    """Yield a value that is the same in every draw, and not so in the reference."""
    is_constant = np.ptp([draws.draw(shape, draws.rng(k)) for k in range(STREAMS)], axis=0) == 0
    if 0 < is_constant.mean() < 0.5 and draws.reference:
        references = [draws.draw_reference(shape, draws.rng(k)) for k in range(STREAMS)]
        is_constant &= np.ptp(references, axis=0) > 0
    if 0 < is_constant.mean() < 0.5:
        place = tuple(map(int, np.argwhere(is_constant)[0]))
        yield from apply_judge(judge_place, draws, shape=shape, place=place)


def judge_place(draws: Draws, shape: Shape, place: tuple[int, ...]) -> Findings:
    """Yield that the value at a place is the same in every draw."""
    if np.ptp([draws.draw(shape, draws.rng(stream))[place] for stream in range(STREAMS)]) == 0:
        yield Finding("never-drawn", f"the value at {place} of shape {shape} is one in every draw")


LAW = Law("generator", generator, after=("shape_and_type",))
