"""Filters whose output is a pixel of the image: minima, maxima, medians, ranks, erosion and dilation."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, TypeAlias

import numpy as np

from minigrad_core import Operation
from minigrad_core.cases import Case, axis_of, real

from ..binding import take_settings_of
from .arguments import find_axes, repeat
from .correlation import MODES
from .windows import GREATEST, LEAST, Choice, Window

Axes: TypeAlias = "int | Sequence[int] | None"


def _spread(values: Sequence[Any], axes: Sequence[int], d: int, other: Any) -> list[Any]:
    """Return a value for each of d axes: one of `values` for each of `axes`, and `other` for the rest."""
    by_axis = dict(zip(axes, values, strict=True))
    return [by_axis.get(axis, other) for axis in range(d)]


def _list_boxes(
    d: int, axes: Sequence[int], sizes: Any, origins: Any, modes: Any, cval: float, rank: int
) -> list[Window]:
    """Return one window along each of `axes`, as SciPy filters with a box."""
    settings = (repeat(value, len(axes)) for value in (sizes, origins, modes))
    return [
        Window(
            np.ones(_spread([size], [axis], d, 1), bool),
            None,
            _spread([origin], [axis], d, 0),
            [mode] * d,
            cval,
            rank,
        )
        for axis, size, origin, mode in zip(axes, *settings, strict=True)
        if size > 1
    ]


def expand(
    footprint: Any,
    structure: Any,
    d: int,
    axes: Sequence[int],
    origin: Any,
    mode: Any,
    cval: float,
    rank: int,
) -> Window:
    """Return the window of a footprint for `axes`; along the other axes of the image, its size is 1."""
    origins = repeat(origin, len(axes))
    if len(axes) < d:
        others = tuple(axis for axis in range(d) if axis not in axes)
        origins = _spread(origins, axes, d, 0)
        footprint = np.expand_dims(footprint, others)
        structure = None if structure is None else np.expand_dims(structure, others)
    return Window(footprint, structure, origins, repeat(mode, d), cval, rank)


def _list_along_axis(
    rank: int,
    input: Any,
    *,
    size: int,
    axis: int = -1,
    mode: str = "reflect",
    cval: float = 0.0,
    origin: int = 0,
) -> list[Window]:
    d = len(input.shape)
    return _list_boxes(d, (axis % d,), size, origin, mode, cval, rank)


def list_extrema(
    rank: int,
    input: Any,
    *,
    size: Any = None,
    footprint: Any = None,
    structure: Any = None,
    mode: str | Sequence[str] = "reflect",
    cval: float = 0.0,
    origin: Any = 0,
    axes: Axes = None,
) -> list[Window]:
    """Return windows for the least or the greatest pixels, which may have a structure added to them."""
    d = len(input.shape)
    axes = find_axes(axes, d)
    if footprint is None and structure is None:
        return _list_boxes(d, axes, size, origin, mode, cval, rank)
    footprint = np.ones(structure.shape, bool) if footprint is None else np.asarray(footprint, bool)
    return [expand(footprint, structure, d, axes, origin, mode, cval, rank)]


@take_settings_of(list_extrema, "structure")
def _list_extrema_of_pixels(rank: int, input: Any, **settings: Any) -> list[Window]:
    return list_extrema(rank, input, **settings)


@take_settings_of(list_extrema)
def _list_morphology(
    ranks: Sequence[int],
    input: Any,
    *,
    size: Any = None,
    footprint: Any = None,
    structure: Any = None,
    origin: Any = 0,
    axes: Axes = None,
    **borders: Any,
) -> list[Window]:
    """Return windows for erosions and dilations: the least differences and greatest sums of a structure."""
    n = len(find_axes(axes, len(input.shape)))
    shape = next((np.shape(a) for a in (footprint, structure) if a is not None), None) or repeat(size, n)
    weights = None if structure is None else np.asarray(structure, float)
    windows = []
    for rank in ranks:
        box = {"footprint": footprint, "structure": None if weights is None else -weights, "origin": origin}
        if rank == GREATEST:  # mirrored
            box = {
                "footprint": None if footprint is None else np.flip(footprint),
                "structure": None if weights is None else np.flip(weights),
                "origin": [-o - (k % 2 == 0) for o, k in zip(repeat(origin, n), shape, strict=True)],
            }
        windows += list_extrema(rank, input, size=size, **box, axes=axes, **borders)
    return windows


def _list_ranked(
    find_rank: Callable[..., int],
    input: Any,
    *,
    size: Any = None,
    footprint: Any = None,
    mode: str = "reflect",
    cval: float = 0.0,
    origin: Any = 0,
    axes: Axes = None,
) -> list[Window]:
    d = len(input.shape)
    axes = find_axes(axes, d)
    footprint = np.ones(repeat(size, len(axes)), bool) if footprint is None else np.asarray(footprint, bool)
    rank = find_rank(int(np.count_nonzero(footprint)))
    return [expand(footprint, None, d, axes, origin, mode, cval, rank)]


@take_settings_of(_list_ranked)
def _list_medians(input: Any, **settings: Any) -> list[Window]:
    return _list_ranked(lambda n: n // 2, input, **settings)


@take_settings_of(_list_ranked)
def _list_of_rank(input: Any, *, rank: int, **settings: Any) -> list[Window]:
    return _list_ranked(lambda n: rank % n, input, **settings)


@take_settings_of(_list_ranked)
def _list_percentiles(input: Any, *, percentile: float, **settings: Any) -> list[Window]:
    share = percentile + 100.0 if percentile < 0 else percentile
    # As in SciPy.
    return _list_ranked(lambda n: n - 1 if share == 100 else int(float(n) * share / 100.0), input, **settings)


_FIRST, _LAST, _LATER = (
    f"\n\nd/dinput = grad, added to the chosen pixel{tie}"
    for tie in (
        ", the first one among equal ones.",
        ", the last one among equal ones.",
        ". If pixels are equal, a later pixel counts as greater.",
    )
)
_WINDOW = "in a window: a box of `size`, or where `footprint` is true."
_CROSS = np.array([[False, True, False], [True, True, True], [False, True, False]])
_ASKEW = np.array([True, True, False])
_STRUCTURE = np.array([[0.25, -0.125, 0.5], [0.75, 1.0, -0.375]])  # sums of float32 are exact
_AXIS_CASES = tuple(
    Case(input=real("3 4"), size=3, axis=axis_of("input"), mode=mode, cval=0.5) for mode in MODES[:6]
)
_BOX_CASES = (
    Case(input=real("3 4"), size=(2, 3), mode="nearest", origin=(0, 1)),
    Case(input=real("3 4"), size=3, axes=(1,), mode="constant", cval=0.5),
    Case(input=real("3 4"), footprint=_CROSS, mode="wrap"),
    Case(input=real("3 4"), footprint=_CROSS, mode="constant", cval=0.5),
)
_STRUCTURE_CASES = (
    Case(input=real("3 4"), size=(2, 3), mode="nearest", origin=(-1, 1)),
    Case(input=real("3 4"), structure=_STRUCTURE, mode="mirror"),
    Case(input=real("3 4"), footprint=_ASKEW, structure=_STRUCTURE[0], axes=(1,), origin=1),
    Case(input=real("3 4"), footprint=_ASKEW, axes=(1,), mode="constant", cval=0.5),
)


def _make_ranked(
    name: str,
    value: str,
    list_windows: Callable[..., list[Window]],
    *others: dict[str, Any],
    **settings: Any,
) -> Choice:
    cases = [Case(**case.arguments, **settings) for case in _BOX_CASES]
    cases += [Case(input=real("n"), size=3, **numbers) for numbers in (settings, *others)]
    return Choice(f"ndimage.{name}", list_windows, cases, f"The {value} {_WINDOW}{_LATER}")


def _make_extremum(name: str, value: str, rank: int, tie: str) -> tuple[Choice, Choice]:
    along = f"The {value} of `size` neighbouring values along `axis`.{tie}"
    box = f"The {value} value {_WINDOW}{tie}"
    return (
        Choice(f"ndimage.{name}1d", partial(_list_along_axis, rank), _AXIS_CASES, along),
        Choice(f"ndimage.{name}", partial(_list_extrema_of_pixels, rank), _BOX_CASES, box),
    )


def _make_morphology(name: str, text: str, *ranks: int) -> Choice:
    return Choice(f"ndimage.{name}", partial(_list_morphology, ranks), _STRUCTURE_CASES, text)


_OF_STRUCTURE = "in a window; structure: constants, or 0."
OPERATIONS: tuple[Operation, ...] = (
    *_make_extremum("minimum_filter", "least", LEAST, _FIRST),
    *_make_extremum("maximum_filter", "greatest", GREATEST, _LAST),
    _make_ranked("median_filter", "median of the values", _list_medians),
    _make_ranked("rank_filter", "value of the given rank", _list_of_rank, {"rank": -2}, rank=1),
    _make_ranked(
        "percentile_filter",
        "percentile, of 100, of the values",
        _list_percentiles,
        {"percentile": 100},
        {"percentile": 0},
        percentile=-30,
    ),
    _make_morphology(
        "grey_erosion", f"The least difference of the image and the structure {_OF_STRUCTURE}{_FIRST}", LEAST
    ),
    _make_morphology(
        "grey_dilation",
        f"The greatest sum of the image and the mirrored structure {_OF_STRUCTURE}{_LAST}",
        GREATEST,
    ),
    _make_morphology("grey_opening", f"The dilation of the erosion {_OF_STRUCTURE}{_LATER}", LEAST, GREATEST),
    _make_morphology("grey_closing", f"The erosion of the dilation {_OF_STRUCTURE}{_LATER}", GREATEST, LEAST),
)
