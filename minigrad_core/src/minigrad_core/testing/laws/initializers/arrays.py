"""The laws `shape_and_type` and `generator`: the array as requested, all its values from the generator."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...finding import Finding, Findings, SubjectFailed
from ...global_state import watch_global_state
from ...samples.initializer_draws import InitializerDraws, Shape
from ...samples.settings import read_settings

# 0-d and empty shapes are among them; no size is a multiple of another one of the same shape.
SHAPES = ((12, 3), (3, 12), (5, 2, 3, 3), (7,), (), (0,), (3, 0), (1, 1), (31, 17))


def shape_and_type(draws: InitializerDraws) -> Findings:
    """The array has the requested shape and dtype, float32 by default; it is new and writable.

    That includes 0-d and empty shapes; all values are finite. A shape that makes no sense may be refused with
    a ValueError. An unknown setting, and an unknown string for a setting, are refused.
    Faults: a transposed matrix, a Python float for 0-d, 0 / 0 for empty fans, float64 for every dtype, a
    cached array, `np.broadcast_to(value, shape)`, `**settings` that swallow a typo.
    Fix: pass `shape` on to the generator, and end in `.astype(dtype)`; `np.full`; no cache.
    """
    for shape in (draws.usual_shape, *SHAPES):
        for dtype in (np.float64, np.float32, None):
            array, expected = draws.draw_once(shape, dtype=dtype), np.dtype(dtype or np.float32)
            if array is None:
                continue
            for code, is_broken, fact in (
                ("wrong-shape", array.shape != shape, f"asked for shape {shape}, got {array.shape}"),
                ("wrong-dtype", array.dtype != expected, f"{dtype}: expected {expected}, got {array.dtype}"),
                ("not-finite", not np.isfinite(array).all(), f"values at shape {shape} are NaN or infinite"),
                ("read-only", not array.flags.writeable, f"the array of shape {shape} cannot be written to"),
                ("shared-memory", array.size and 0 in array.strides, f"values at shape {shape} share memory"),
            ):
                if is_broken:
                    yield Finding(code, fact, values={"shape": shape, "dtype": dtype})
    for kind in (np.float32, np.float64):
        first, second = (draws.draw(draws.usual_shape, draws.rng(), kind) for _ in range(2))
        if np.shares_memory(first, second):
            fact = f"two calls return the same memory ({np.dtype(kind)})"
            yield Finding("shared-memory", fact, values={"shape": draws.usual_shape, "dtype": kind})
    settings = read_settings(draws.call, "shape", "rng", "dtype")
    choices = [(name, "no_such_choice") for name, p in settings.items() if isinstance(p.default, str)]
    for name, value in (("no_such_setting", 1), *choices):
        with suppress(SubjectFailed):
            draws.draw(draws.usual_shape, draws.rng(), **{name: value})
            values = {"shape": draws.usual_shape, "settings": {name: value}}
            yield Finding(
                "swallows-settings", f"{name}={value!r} is ignored silently: refuse it", values=values
            )


# One has an odd number of values: a loop over pairs of values may leave out the last value.
GENERATOR_SHAPES = ((30, 12, 3, 3), (301, 7), (40, 40), (301,))
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
        yield from _judge_calls(draws, shape)
    for shape in GENERATOR_SHAPES if draws.is_random(draws.usual_shape) else ():
        arrays = [draws.draw_once(shape, stream) for stream in range(STREAMS)]
        if arrays[0] is not None:
            yield from _judge_axes(arrays[0], arrays[1])
            if draws.is_continuous(draws.usual_shape):
                yield from _judge_values(draws, arrays)
                if np.array_equal(arrays[0], arrays[0].astype(np.float32)):
                    fact = f"float64 values at shape {shape} have the digits of float32"
                    yield Finding("imprecise", fact, values={"shape": shape})


def _judge_calls(draws: InitializerDraws, shape: Shape) -> Findings:
    """Yield a finding if calls use or change global state, repeat themselves, or are not deterministic."""
    arrays = []
    for global_seed in (1, 1, 2):
        with watch_global_state(draws.process_state, global_seed) as (_, find_changes):
            arrays.append(draws.draw(shape, draws.rng()))
            changes = find_changes()
        for name in changes:
            fact = f"a call changes {name}: draw from rng, and leave it alone"
            yield Finding("changes-global-state", fact, values={"shape": shape})
    first, repeated, other_global_seed = arrays
    if np.array_equal(first, repeated) and not np.array_equal(first, other_global_seed):
        fact = "the values depend on the global random state: draw from rng"
        yield Finding("reads-global-state", fact, values={"shape": shape})
    shared = draws.draw_once(shape)  # the very first draw
    if not np.array_equal(first, repeated) or not np.array_equal(first, shared):
        fact = "one generator state gives two arrays: is rng ignored?"
        yield Finding("not-deterministic", fact, values={"shape": shape, "other_shapes": draws.usual_shapes})
    rng = draws.rng()
    rng_state = rng.bit_generator.state
    array = draws.draw(shape, rng)
    rng.bit_generator.state = rng_state
    if not np.array_equal(array, draws.draw(shape, rng)):
        fact = "a generator whose state is restored gives another array: is it cached, or its draws?"
        yield Finding("not-deterministic", fact, values={"shape": shape, "other_shapes": draws.usual_shapes})
    rng = draws.rng()
    expected = DRAWS if draws.is_continuous(shape) else 2 if draws.is_random(shape) else 1
    count = len({draws.draw(shape, rng).tobytes() for _ in range(expected)})
    if count < expected:
        fact = f"{expected} draws of shape {shape} give {count} arrays: is rng advanced, and by enough?"
        yield Finding("few-draws", fact, values={"shape": shape, "expected": expected})


def _judge_axes(values: NDArray[Any], other_values: NDArray[Any]) -> Findings:
    """Yield a finding if neighbors along an axis are correlated, or have their zeros at the same places."""
    for axis, size in enumerate(values.shape):
        rows = np.moveaxis(values - values.mean(), axis, 0).reshape(size, -1)
        correlation = float(np.mean(rows[1:] * rows[:-1])) / (float(rows.var()) or 1.0)
        if abs(correlation) > 0.5:
            fact = f"axis {axis} of {values.shape} repeats (correlation {correlation:.2f})"
            yield Finding("correlated", fact, values={"shape": values.shape, "axis": axis})
        is_zero = values == 0
        has_common_zeros = is_zero.any() and np.all(is_zero == is_zero.take([0], axis=axis))
        if has_common_zeros and np.any(is_zero != (other_values == 0)):
            fact = f"zeros are drawn once for all along axis {axis} of {values.shape}"
            yield Finding("correlated", fact, values={"shape": values.shape, "axis": axis})


def _judge_values(draws: InitializerDraws, arrays: Sequence[NDArray[Any]]) -> Findings:
    """Yield a finding if values repeat within an array, or a value is the same in every draw.

    Values that do so in draws of the reference, too, do so by intention.
    """
    sizes = _count_sizes(arrays[0])
    if sizes < 0.9 * np.count_nonzero(arrays[0]) and (
        not draws.reference or sizes < 0.9 * _count_sizes(draws.draw_reference(arrays[0].shape, draws.rng()))
    ):
        fact = f"{sizes} sizes, whatever the sign, at shape {arrays[0].shape}"
        yield Finding("values-repeat", fact, values={"shape": arrays[0].shape})
    is_constant = np.ptp(arrays, axis=0) == 0
    if 0 < is_constant.mean() < 0.5 and draws.reference:
        references = [draws.draw_reference(is_constant.shape, draws.rng(k)) for k in range(STREAMS)]
        is_constant &= np.ptp(references, axis=0) > 0
    if 0 < is_constant.mean() < 0.5:
        place = tuple(map(int, np.argwhere(is_constant)[0]))
        fact = f"the value at {place} of shape {is_constant.shape} is one in every draw"
        yield Finding("never-drawn", fact, values={"shape": is_constant.shape, "place": place})


def _count_sizes(values: NDArray[Any]) -> int:
    """Return the number of different absolute values other than 0."""
    return len(np.unique(np.abs(values[values != 0])))
