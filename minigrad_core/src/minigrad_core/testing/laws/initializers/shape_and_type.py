"""What is asked for is what comes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ...finding import Broken, Finding
from ...samples.arrays import SHAPES
from ...samples.initializer import refused

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...samples.initializer import InitializerDraws


def shape_and_type(draws: InitializerDraws) -> Iterator[Finding]:
    """The array has the shape and the dtype that were asked for, float32 by default; it is new and writable.

    0-d and empty ones too; values are finite; a shape that makes no sense may be refused with a ValueError,
    and a setting that nobody knows is.
    Faults: a transposed matrix, a Python float for 0-d, 0 / 0 for empty fans, float64 whatever was asked for,
    a cached array, `np.broadcast_to(value, shape)`, `**settings` that swallow a typo.
    Fix: pass `shape` on to the generator, and end in `.astype(dtype)`; `np.full`; no cache.
    """
    if not draws.name.isidentifier():
        yield Finding("bad-name", f"the name {draws.name!r} is no identifier")
    for law in (_shapes, _dtypes, _memory, _unknown):
        for finding in law(draws):
            yield finding
            return


def _shapes(draws: InitializerDraws) -> Iterator[Finding]:
    for wanted in (draws.usual, *SHAPES):
        try:
            array = draws.drawn(wanted)
        except Broken as broken:
            yield Finding(broken.code, f"at shape {wanted}: {broken.fact}")
            return
        if array is None:
            continue
        if array.shape != wanted:
            yield Finding("wrong-shape", f"asked for shape {wanted}, got {array.shape}")
        elif not np.isfinite(array).all():
            yield Finding("not-finite", f"values at shape {wanted} are NaN or infinite")
        elif array.size and 0 in array.strides:
            yield Finding("shared-memory", f"several values at shape {wanted} share one place in memory")


def _dtypes(draws: InitializerDraws) -> Iterator[Finding]:
    for shape in (draws.usual, *SHAPES[:5]):
        for wanted in (None, np.float32, np.float64):
            try:
                array = draws.draw(shape, draws.rng(), wanted)
            except Broken as broken:
                if not refused(broken, shape):
                    raise
                continue
            expected = np.dtype(wanted or np.float32)
            if array.dtype != expected:
                asked = "by default" if wanted is None else "as asked"
                yield Finding(
                    "wrong-dtype", f"expected {expected} {asked} at shape {shape}, got {array.dtype}"
                )
                return


def _memory(draws: InitializerDraws) -> Iterator[Finding]:
    for kind in (np.float32, np.float64):
        first, second = (_again(draws, kind) for _ in range(2))
        kept = second.copy()
        if not first.flags.writeable:
            yield Finding("read-only", "the array cannot be written to: a parameter has to be")
        elif np.shares_memory(first, second):
            yield Finding("shared-memory", f"two calls return the same memory (an alias, {np.dtype(kind)})")
        elif np.array_equal(first, kept):  # another law says that it is not deterministic
            first[...] = 7.0
            if not np.array_equal(second, kept) or not np.array_equal(_again(draws, kind), kept):
                yield Finding("shared-memory", "writing to one array changes what later calls return")


def _again(draws: InitializerDraws, kind: Any) -> Any:
    return draws.draw(draws.usual, draws.rng(), kind)


def _unknown(draws: InitializerDraws) -> Iterator[Finding]:
    try:
        draws.draw(draws.usual, draws.rng(), no_such_setting=1)
    except Broken:
        return
    yield Finding(
        "swallows-settings", "an unknown setting is ignored in silence: name the settings, without **"
    )
