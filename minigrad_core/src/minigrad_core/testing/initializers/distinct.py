"""Every value is drawn, and drawn anew."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ..finding import Broken, Check, DoesNotApply, Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from .study import InitializerStudy

LARGE = ((150, 150), (300, 70), (32, 16, 7, 6))
ODD = ((31, 17), (7,), (5, 3, 3, 3))
GENERATORS = 48


def spread_out(study: InitializerStudy) -> Iterator[Finding]:
    """Values are drawn one by one: rows and columns are not copies or shifts of one another.

    Faults: one row drawn and repeated, one value for a whole kernel.
    Fix: draw `shape` values, not `shape[0]`.
    """
    if not study.random:
        raise DoesNotApply("it draws nothing")
    for shape in ((125, 160), (40, 20, 5, 5)):
        try:
            values = study.draw(shape, study.rng("spread"), np.float64)
        except Broken:
            continue
        for axis in range(values.ndim):
            rows = np.moveaxis(values, axis, 0).reshape(values.shape[axis], -1)
            scale = float(rows.var()) or 1.0
            together = float(np.mean((rows[1:] - rows.mean()) * (rows[:-1] - rows.mean()))) / scale
            if abs(together) > 0.5:
                yield Finding(
                    "correlated", f"values repeat along axis {axis} (correlation {together:.2f} at {shape})"
                )
                return
        if values.ndim == 2 and (told := _same_places(study, values)):
            yield Finding("correlated", told)
            return


def _same_places(study: InitializerStudy, values: NDArray[Any]) -> str:
    """Return what is wrong if the places of zeros are drawn, and are those of all rows or of all columns."""
    kept = values != 0
    for axis, lines in ((0, "row"), (1, "column")):
        alike = np.all(kept == kept.take([0], axis=axis)) and 0 < np.count_nonzero(kept) < kept.size
        if alike and np.any(kept != (study.draw(values.shape, study.rng("other"), np.float64) != 0)):
            return f"zeros are drawn once for all: at the same places of every {lines}"
    return ""


def distinct(study: InitializerStudy) -> Iterator[Finding]:
    """No two values are of one size, no place keeps its value from draw to draw, no draw comes twice.

    Asked of draws from a continuum only.
    Faults: a pool of values that is repeated, a second half that mirrors the first, a last value that is
    never filled, a seed of a few bits that is drawn from `rng`.
    Fix: draw `shape` values from `rng`.
    """
    if not study.continuous:
        raise DoesNotApply("its values are no draws from a continuum")
    for finding in (*_repeated(study), *_constant(study), *_few(study)):
        yield finding
        return


def _repeated(study: InitializerStudy) -> Iterator[Finding]:
    for shape in LARGE:
        try:
            values = study.draw(shape, study.rng("repeated"), np.float64)
        except Broken:
            continue
        sizes = len(np.unique(np.abs(values)))
        if sizes < 0.9 * values.size:
            yield Finding(
                "values-repeat",
                f"values repeat: {sizes} sizes, whatever the sign, among {values.size} values at {shape}",
            )
            return


def _constant(study: InitializerStudy) -> Iterator[Finding]:
    for shape in ODD:
        rng = study.rng("constant")
        try:
            first, *others = (study.draw(shape, rng, np.float64) for _ in range(3))
        except Broken:
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


def _few(study: InitializerStudy) -> Iterator[Finding]:
    draws = {study.draw(study.usual, study.rng(f"few {k}")).tobytes() for k in range(GENERATORS)}
    if len(draws) < GENERATORS:
        yield Finding(
            "few-draws",
            f"{GENERATORS} generators give {len(draws)} different arrays: too few bits are taken from rng",
        )


DISTINCT = (
    Check("independence", spread_out, after=("shape",)),
    Check("distinct", distinct, after=("shape", "generator", "independence")),
)
