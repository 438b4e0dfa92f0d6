"""The array itself: shape, dtype, memory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ..finding import Broken, Check, Finding
from .study import refused

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .study import InitializerStudy

SHAPES = ((12, 3), (3, 12), (5, 2, 3, 3), (7,), (), (0,), (3, 0), (1, 1))


def shape(study: InitializerStudy) -> Iterator[Finding]:
    """The array has the shape that was asked for, 0-d and empty too, and finite values.

    Faults: a transposed matrix, a 0-d array that becomes a Python float, 0 / 0 for empty fans.
    Fix: pass `shape` on to the generator. A shape that makes no sense may be refused with a ValueError.
    """
    if not study.name.isidentifier():
        yield Finding("bad-name", f"the name {study.name!r} is no identifier")
    for wanted in (study.usual, *SHAPES):
        try:
            array = study.draw(wanted, study.rng("shape"))
        except Broken as broken:
            if refused(broken, wanted):
                continue
            yield Finding(broken.code, f"at shape {wanted}: {broken.fact}")
            return
        if array.shape != wanted:
            yield Finding("wrong-shape", f"asked for shape {wanted}, got {array.shape}")
            return
        if not np.isfinite(array).all():
            yield Finding("not-finite", f"values at shape {wanted} are NaN or infinite")
            return


def dtype(study: InitializerStudy) -> Iterator[Finding]:
    """The array has the dtype that was asked for, float32 by default.

    Faults: float64 whatever was asked for.
    Fix: `rng.standard_normal(shape, dtype=dtype)` or `.astype(dtype)`.
    """
    for wanted in (None, np.float32, np.float64):
        array = study.draw(study.usual, study.rng("dtype"), wanted)
        expected = np.dtype(wanted or np.float32)
        if array.dtype != expected:
            asked = "by default" if wanted is None else "as asked"
            yield Finding("wrong-dtype", f"expected {expected} {asked}, got {array.dtype}")
            return


def fresh(study: InitializerStudy) -> Iterator[Finding]:
    """Each array is new and writable: writing to it changes no other one.

    Faults: a cached array, a broadcast scalar, one row for all rows.
    Fix: `np.full`, not `np.broadcast_to`; no cache.
    """
    for kind in (np.float32, np.float64):
        if finding := _shared(study, kind):
            yield finding
            return


def _shared(study: InitializerStudy, kind: Any) -> Finding | None:
    first, second = (study.draw(study.usual, study.rng("fresh"), kind) for _ in range(2))
    kept = second.copy()
    if not first.flags.writeable:
        return Finding("read-only", "the array cannot be written to: a parameter has to be")
    if 0 in first.strides:
        return Finding("shared-memory", "several values of the array share one place in memory")
    if np.shares_memory(first, second):
        return Finding("shared-memory", f"two calls return the same memory (an alias, {np.dtype(kind)})")
    if not np.array_equal(first, kept):
        return None  # another check says that it is not deterministic
    first[...] = 7.0
    again = study.draw(study.usual, study.rng("fresh"), kind)
    if not np.array_equal(second, kept) or not np.array_equal(again, kept):
        return Finding("shared-memory", "writing to one array changes what later calls return")
    return None


ARRAYS = (
    Check("shape", shape),
    Check("dtype", dtype, after=("shape",)),
    Check("fresh", fresh, after=("shape",)),
)
