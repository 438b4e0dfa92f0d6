"""Chance comes from the generator that is handed in, value by value."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

import numpy as np

from ...finding import Finding
from ...samples.arrays import LINES, SHAPES
from ...surroundings import unusual

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from ...samples.initializer import InitializerDraws

DRAWS = 48


def generator(draws: InitializerDraws) -> Iterator[Finding]:
    """The same generator state gives the same array, whatever was drawn before; another one another array.

    Successive draws differ, nothing global is read or moved, and every value is drawn: rows and columns are no
    copies or shifts of one another, and of a continuum no value comes twice, or in every draw.
    Faults: `np.random.randn`, `default_rng(0)` inside, a cache by shape, one row for all rows, a pool of
    values that is repeated, a last value that is never filled, a seed of a few bits.
    Fix: draw `shape` values from `rng`, and keep nothing.
    """
    for law in (_surroundings, _same, _kept, _lines, _repeated, _constant, _few):
        if law in (_kept, _lines) and not draws.random:
            return
        if law is _repeated and not draws.continuous:
            return
        for finding in law(draws):
            yield finding
            return


def _surroundings(draws: InitializerDraws) -> Iterator[Finding]:
    results = []
    for seed in (1, 2):
        random.seed(seed)
        with unusual(draws.process, seed) as changes:
            results.append(draws.draw(draws.usual, draws.rng()))
            changed = changes()
        for name in changed:
            yield Finding("changes-global-state", f"a call changes {name}: draw from rng, and leave it alone")
            return
    if not np.array_equal(*results):
        yield Finding("reads-global-state", "the values depend on the global random state: draw from rng")


def _same(draws: InitializerDraws) -> Iterator[Finding]:
    shape, rng = draws.usual, draws.rng()
    first, following = draws.draw(shape, rng), draws.draw(shape, rng)
    if not np.array_equal(first, draws.draw(shape, draws.rng())):
        yield Finding("not-deterministic", "the same generator state gives another array: rng is ignored")
    elif not draws.random:
        return
    elif np.array_equal(first, draws.draw(shape, draws.rng(1))):
        yield Finding("ignores-generator", "another seed gives the same array: rng is ignored")
    elif np.array_equal(first, following):
        yield Finding("same-draw", "two draws from one generator are the same: its state is not advanced")


def _kept(draws: InitializerDraws) -> Iterator[Finding]:
    other = tuple(max(n // 2, 1) for n in draws.usual)
    first = draws.draw(draws.usual, draws.rng())
    if draws.unused is not None:  # what the first call leaves behind was not there for its copy
        fresh = type(draws)(draws.unused, seed=draws.seed)
        fresh.draw(other, fresh.rng(2))
        if not np.array_equal(first, fresh.draw(draws.usual, fresh.rng())):
            yield Finding("keeps-state", "the first call settles what later ones return: nothing may be kept")
            return
    draws.draw(other, draws.rng(2))
    if not np.array_equal(first, draws.draw(draws.usual, draws.rng())):
        yield Finding("keeps-state", "an earlier call changes what a later one returns")


def _lines(draws: InitializerDraws) -> Iterator[Finding]:
    for shape in LINES:
        values = draws.drawn(shape)
        if values is None:
            continue
        for axis in range(values.ndim):
            rows = np.moveaxis(values, axis, 0).reshape(values.shape[axis], -1)
            rows = rows - rows.mean()
            scale = float(rows.var()) or 1.0
            together = float(np.mean(rows[1:] * rows[:-1])) / scale
            if abs(together) > 0.5:
                yield Finding(
                    "correlated", f"values repeat along axis {axis} (correlation {together:.2f} at {shape})"
                )
                return
        if told := _same_places(draws, values):
            yield Finding("correlated", told)
            return


def _same_places(draws: InitializerDraws, values: NDArray[Any]) -> str:
    """Return what is wrong if the places of zeros are drawn, and are those of all rows or of all columns."""
    kept = values != 0
    if values.ndim != 2 or kept.all() or not kept.any():
        return ""
    for axis, lines in ((0, "row"), (1, "column")):
        if np.all(kept == kept.take([0], axis=axis)) and np.any(kept != (draws.drawn(values.shape, 1) != 0)):
            return f"zeros are drawn once for all: at the same places of every {lines}"
    return ""


def _repeated(draws: InitializerDraws) -> Iterator[Finding]:
    for shape in LINES:
        values = draws.drawn(shape)
        sizes = None if values is None else len(np.unique(np.abs(values)))
        if values is not None and sizes is not None and sizes < 0.9 * values.size:
            yield Finding(
                "values-repeat",
                f"values repeat: {sizes} sizes, whatever the sign, among {values.size} values at {shape}",
            )
            return


def _constant(draws: InitializerDraws) -> Iterator[Finding]:
    for shape in SHAPES[2:4] + SHAPES[-1:]:
        found = [draws.drawn(shape, stream) for stream in range(3)]
        first, *others = (
            (values for values in found if values is not None)
            if all(values is not None for values in found)
            else (None,)
        )
        if first is None:
            continue
        same = np.logical_and.reduce([first == other for other in others])
        if same.any():
            place = tuple(int(k) for k in np.argwhere(same)[0])
            yield Finding(
                "never-drawn",
                f"the value at {place} of shape {shape} is {first[place]:.4g} in every draw: "
                "is the last one left out?",
            )
            return


def _few(draws: InitializerDraws) -> Iterator[Finding]:
    rng = draws.rng()
    found = {draws.draw(draws.usual, rng).tobytes() for _ in range(DRAWS)}
    if len(found) < DRAWS:
        yield Finding("few-draws", f"{DRAWS} draws give {len(found)} arrays: too few bits are taken from rng")
