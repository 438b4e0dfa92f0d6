"""Chance comes from the generator that is handed in, value by value."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...finding import Finding, Findings
from ...global_state import watch_global_state
from ...samples.initializer_draws import InitializerDraws

# An odd number of values, too, where some are left out of pairs.
LINES = ((30, 12, 3, 3), (301, 7), (40, 40), (301,))
DRAWS, STREAMS = 48, 6  # what is clipped may be the same at one place in three draws


def generator(draws: InitializerDraws) -> Findings:
    """The same generator state gives the same array, whatever was drawn before; another one another array.

    Nothing global is read or moved, and every value is drawn: rows and columns are no copies or shifts of one
    another, and of a continuum no value comes twice, or in every draw. Zeros may, around the values.
    Faults: `np.random.randn`, `default_rng(0)` inside, a cache by shape, one row for all rows, a pool of
    values that is repeated, a last value that is never filled, a seed of a few bits.
    Fix: draw `shape` values from `rng`, and keep nothing.
    """
    yield from _judge_calls(draws)
    for shape in LINES if draws.is_random else ():
        found = [draws.draw_shared(shape, stream) for stream in range(STREAMS)]
        if found[0] is not None:
            yield from _judge_lines(found[0], found[1])
            yield from _judge_values(draws, found) if draws.is_continuous else ()


def _judge_calls(draws: InitializerDraws) -> Findings:
    shape, several = draws.usual_shape, DRAWS if draws.is_continuous else 2 if draws.is_random else 1
    results = []
    for seed in (1, 1, 2):  # of the global generators
        with watch_global_state(draws.process_state, seed) as (_, changes):
            results.append(draws.draw(shape, draws.rng()))
            changed = changes()
        for name in changed:
            yield Finding("changes-global-state", f"a call changes {name}: draw from rng, and leave it alone")
    one, again, elsewhere = results
    if np.array_equal(one, again) and not np.array_equal(one, elsewhere):
        yield Finding("reads-global-state", "the values depend on the global random state: draw from rng")
    if not np.array_equal(one, again) or not np.array_equal(
        one, draws.draw_shared(shape)
    ):  # the first of all
        yield Finding("not-deterministic", "one generator state gives two arrays: is rng ignored?")
    rng = draws.rng()
    count = len({draws.draw(shape, rng).tobytes() for _ in range(several)})
    if count < several:
        yield Finding("few-draws", f"{several} draws give {count} arrays: is rng advanced, and by enough?")


def _judge_lines(values: NDArray[Any], propose_values: NDArray[Any]) -> Findings:
    for axis, size in enumerate(values.shape):
        rows = np.moveaxis(values - values.mean(), axis, 0).reshape(size, -1)
        together = float(np.mean(rows[1:] * rows[:-1])) / (float(rows.var()) or 1.0)
        if abs(together) > 0.5:
            yield Finding("correlated", f"axis {axis} of {values.shape} repeats (correlation {together:.2f})")
        zeros = values == 0
        of_all = zeros.any() and np.all(zeros == zeros.take([0], axis=axis))
        if of_all and np.any(zeros != (propose_values == 0)):
            yield Finding("correlated", f"zeros are drawn once for all along axis {axis} of {values.shape}")


def _judge_values(draws: InitializerDraws, found: Sequence[NDArray[Any]]) -> Findings:
    values = found[0][found[0] != 0]
    sizes = len(np.unique(np.abs(values)))
    if sizes < 0.9 * values.size:
        yield Finding("values-repeat", f"{sizes} sizes, whatever the sign, at shape {found[0].shape}")
    same = np.ptp(found, axis=0) == 0
    if 0 < same.mean() < 0.5 and draws.reference:  # where that is constant it is meant
        same &= np.ptp([draws.draw_reference(same.shape, draws.rng(k)) for k in range(STREAMS)], axis=0) > 0
    if 0 < same.mean() < 0.5:
        place = tuple(map(int, np.argwhere(same)[0]))
        yield Finding("never-drawn", f"the value at {place} of shape {same.shape} is one in every draw")
