"""The law `shape_and_type`: the array has the requested shape and dtype."""

import numpy as np

from ...finding import Finding, Findings, SubjectFailed
from ...samples.initializer_draws import InitializerDraws

# 0-d and empty shapes are among them; no size is a multiple of another one of the same shape.
SHAPES = ((12, 3), (3, 12), (5, 2, 3, 3), (7,), (), (0,), (3, 0), (1, 1), (31, 17))


def shape_and_type(draws: InitializerDraws) -> Findings:
    """The array has the requested shape and dtype, float32 by default; it is new and writable.

    0-d and empty shapes included; all values are finite. A shape that makes no sense may be refused with a
    ValueError. An unknown setting is refused.
    Faults: a transposed matrix, a Python float for 0-d, 0 / 0 for empty fans, float64 for every dtype, a
    cached array, `np.broadcast_to(value, shape)`, `**settings` that swallow a typo.
    Fix: pass `shape` on to the generator, and end in `.astype(dtype)`; `np.full`; no cache.
    """
    for shape in (draws.usual_shape, *SHAPES):
        for dtype in (np.float64, np.float32, None):
            array, expected = draws.draw_shared(shape, dtype=dtype), np.dtype(dtype or np.float32)
            if array is None:
                continue
            if array.shape != shape:
                yield Finding("wrong-shape", f"asked for shape {shape}, got {array.shape}")
            if array.dtype != expected:
                yield Finding("wrong-dtype", f"asked for {dtype}: expected {expected}, got {array.dtype}")
            if not np.isfinite(array).all():
                yield Finding("not-finite", f"values at shape {shape} are NaN or infinite")
            if array.size and 0 in array.strides:
                yield Finding("shared-memory", f"several values at shape {shape} share one place in memory")
    for kind in (np.float32, np.float64):
        first, second = (draws.draw(draws.usual_shape, draws.rng(), kind) for _ in range(2))
        if not first.flags.writeable:
            yield Finding("read-only", "the array cannot be written to: a parameter has to be")
        if np.shares_memory(first, second):
            yield Finding("shared-memory", f"two calls return the same memory ({np.dtype(kind)})")
    try:
        draws.draw(draws.usual_shape, draws.rng(), no_such_setting=1)
    except SubjectFailed:
        return
    yield Finding("swallows-settings", "an unknown setting is ignored in silence: name the settings")
