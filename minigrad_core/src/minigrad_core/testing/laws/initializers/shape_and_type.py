"""The law `shape_and_type`: the array as requested."""

from contextlib import suppress
from typing import Any

import numpy as np

from ...finding import Finding, Findings, Law, SubjectFailed, apply_judge
from ...samples.initializer_draws import Draws, InitializerDraws, Shape

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
    for shape in (draws.usual_shapes[0], *SHAPES):
        for dtype in ("float64", "float32", None):
            if draws.accepts(shape, dtype):
                yield from apply_judge(judge_array, draws, shape=shape, dtype=dtype)
    choices = [(name, "no_such_choice") for name, p in draws.settings.items() if isinstance(p.default, str)]
    for name, value in (("no_such_setting", 1), *choices):
        yield from apply_judge(judge_setting, draws, shape=draws.usual_shapes[0], name=name, value=value)


def judge_array(draws: Draws, shape: Shape, dtype: str | None) -> Findings:
    """Yield what is wrong with an array, whatever its distribution."""
    array, second = draws.draw(shape, dtype=dtype), draws.draw(shape, dtype=dtype)
    expected = np.dtype(dtype or "float32")
    if array.shape != shape:
        yield Finding("wrong-shape", f"asked for shape {shape}, got {array.shape}")
    if array.dtype != expected:
        yield Finding("wrong-dtype", f"dtype {dtype}: expected {expected}, got {array.dtype}")
    if not np.isfinite(array).all():
        yield Finding("not-finite", f"values at shape {shape} are NaN or infinite")
    if not array.flags.writeable:
        yield Finding("read-only", f"the array of shape {shape} cannot be written to")
    if array.size and 0 in array.strides:
        yield Finding("shared-memory", f"values at shape {shape} share memory")
    if np.shares_memory(array, second):
        yield Finding("shared-memory", f"two calls return the same memory ({expected})")


def judge_setting(draws: Draws, shape: Shape, name: str, value: Any) -> Findings:
    """Yield that a setting is not refused."""
    with suppress(SubjectFailed):
        draws.draw(shape, **{name: value})
        yield Finding("swallows-settings", f"{name}={value!r} is ignored silently: refuse it")


LAW = Law("shape_and_type", shape_and_type)
