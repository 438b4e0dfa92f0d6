"""Filters whose output is a pixel of the image: minima, maxima, medians, ranks, erosion and dilation."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, TypeAlias

import numpy as np

from minigrad_core import Operation
from minigrad_core.cases import Case, axis_of, real

from .arguments import find_axes, repeat
from .correlation import MODES
from .windows import GREATEST, LEAST, Choice, Window

Axes: TypeAlias = "int | Sequence[int] | None"


def _spread(values: Sequence[Any], axes: Sequence[int], d: int, other: Any) -> list[Any]:
    """Return one value for each of d axes: those of `axes`, and `other` elsewhere."""
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
    """Return the window of a footprint with as many axes as `axes`, as SciPy spreads it over the image."""
    origins = repeat(origin, len(axes))
    if len(axes) < d:
        others = tuple(axis for axis in range(d) if axis not in axes)
        origins = _spread(origins, axes, d, 0)
        footprint = np.expand_dims(footprint, others)
        structure = None if structure is None else np.expand_dims(structure, others)
    return Window(footprint, structure, origins, repeat(mode, d), cval, rank)


def list_minimum_axis(
    input: Any, *, size: int, axis: int = -1, mode: str = "reflect", cval: float = 0.0, origin: int = 0
) -> list[Window]:
    """The least of `size` neighbouring values along `axis`.

    d/dinput = grad, added to the chosen pixel, the first one among equal ones.
    """
    d = len(input.shape)
    return _list_boxes(d, (axis % d,), size, origin, mode, cval, LEAST)


def list_maximum_axis(
    input: Any, *, size: int, axis: int = -1, mode: str = "reflect", cval: float = 0.0, origin: int = 0
) -> list[Window]:
    """The greatest of `size` neighbouring values along `axis`.

    d/dinput = grad, added to the chosen pixel, the last one among equal ones.
    """
    d = len(input.shape)
    return _list_boxes(d, (axis % d,), size, origin, mode, cval, GREATEST)


def _list_extrema(
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
    d = len(input.shape)
    axes = find_axes(axes, d)
    if footprint is None and structure is None:
        return _list_boxes(d, axes, size, origin, mode, cval, rank)
    footprint = np.ones(structure.shape, bool) if footprint is None else np.asarray(footprint, bool)
    return [expand(footprint, structure, d, axes, origin, mode, cval, rank)]


def list_minimum(
    input: Any,
    *,
    size: Any = None,
    footprint: Any = None,
    mode: str | Sequence[str] = "reflect",
    cval: float = 0.0,
    origin: Any = 0,
    axes: Axes = None,
) -> list[Window]:
    """The least value in a window: a box of `size`, or where `footprint` is true.

    d/dinput = grad, added to the chosen pixel, the first one among equal ones.
    """
    box = {"size": size, "footprint": footprint, "mode": mode, "cval": cval, "origin": origin, "axes": axes}
    return _list_extrema(LEAST, input, **box)


def list_maximum(
    input: Any,
    *,
    size: Any = None,
    footprint: Any = None,
    mode: str | Sequence[str] = "reflect",
    cval: float = 0.0,
    origin: Any = 0,
    axes: Axes = None,
) -> list[Window]:
    """The greatest value in a window: a box of `size`, or where `footprint` is true.

    d/dinput = grad, added to the chosen pixel, the last one among equal ones.
    """
    box = {"size": size, "footprint": footprint, "mode": mode, "cval": cval, "origin": origin, "axes": axes}
    return _list_extrema(GREATEST, input, **box)


def list_ranked(
    input: Any,
    *,
    rank: int,
    size: Any = None,
    footprint: Any = None,
    mode: str = "reflect",
    cval: float = 0.0,
    origin: Any = 0,
    axes: Axes = None,
) -> list[Window]:
    """The value of the given rank in a window: a box of `size`, or where `footprint` is true.

    d/dinput = grad, added to the chosen pixel. Of equal pixels, the later one counts as the greater one.
    """
    axes = find_axes(axes, len(input.shape))
    footprint = _make_footprint(size, footprint, len(axes))
    rank = rank % int(np.count_nonzero(footprint))
    return [expand(footprint, None, len(input.shape), axes, origin, mode, cval, rank)]


def _make_footprint(size: Any, footprint: Any, n: int) -> Any:
    return np.ones(repeat(size, n), bool) if footprint is None else np.asarray(footprint, bool)


def list_median(
    input: Any,
    *,
    size: Any = None,
    footprint: Any = None,
    mode: str = "reflect",
    cval: float = 0.0,
    origin: Any = 0,
    axes: Axes = None,
) -> list[Window]:
    """The median of the values in a window: a box of `size`, or where `footprint` is true.

    d/dinput = grad, added to the chosen pixel. Of equal pixels, the later one counts as the greater one.
    """
    footprint = _make_footprint(size, footprint, len(find_axes(axes, len(input.shape))))
    rank = int(np.count_nonzero(footprint)) // 2
    box = {"footprint": footprint, "mode": mode, "cval": cval, "origin": origin, "axes": axes}
    return list_ranked(input, rank=rank, **box)


def list_percentile(
    input: Any,
    *,
    percentile: float,
    size: Any = None,
    footprint: Any = None,
    mode: str = "reflect",
    cval: float = 0.0,
    origin: Any = 0,
    axes: Axes = None,
) -> list[Window]:
    """The percentile, of 100, of the values in a window: a box of `size`, or where `footprint` is true.

    d/dinput = grad, added to the chosen pixel. Of equal pixels, the later one counts as the greater one.
    """
    footprint = _make_footprint(size, footprint, len(find_axes(axes, len(input.shape))))
    n = int(np.count_nonzero(footprint))
    percentile = percentile + 100.0 if percentile < 0 else percentile
    rank = n - 1 if percentile == 100 else int(float(n) * percentile / 100.0)  # as in SciPy
    box = {"footprint": footprint, "mode": mode, "cval": cval, "origin": origin, "axes": axes}
    return list_ranked(input, rank=rank, **box)


def list_eroded(
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
    """The least difference of the image and the structure in a window; structure: constants, or 0.

    d/dinput = grad, added to the chosen pixel, the first one among equal ones.
    """
    added = None if structure is None else -np.asarray(structure, float)
    box = {"size": size, "footprint": footprint, "structure": added}
    return _list_extrema(LEAST, input, **box, mode=mode, cval=cval, origin=origin, axes=axes)


def list_dilated(
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
    """The greatest sum of the image and the mirrored structure in a window; structure: constants, or 0.

    d/dinput = grad, added to the chosen pixel, the last one among equal ones.
    """
    n = len(find_axes(axes, len(input.shape)))
    shape = next((np.shape(a) for a in (footprint, structure) if a is not None), None) or repeat(size, n)
    box = {
        "size": size,
        "footprint": None if footprint is None else np.flip(footprint),
        "structure": None if structure is None else np.flip(np.asarray(structure, float)),
        "origin": [-o - (k % 2 == 0) for o, k in zip(repeat(origin, n), shape, strict=True)],
    }
    return _list_extrema(GREATEST, input, **box, mode=mode, cval=cval, axes=axes)


def _list_both(
    first: Callable[..., list[Window]],
    second: Callable[..., list[Window]],
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
    """The dilation of the erosion, or the erosion of the dilation; structure: constants, 0 by default.

    d/dinput = grad, added to the chosen pixel. Of equal pixels, the later one counts as the greater one.
    """
    box = {"size": size, "footprint": footprint, "structure": structure}
    settings = {**box, "mode": mode, "cval": cval, "origin": origin, "axes": axes}
    return [*first(input, **settings), *second(input, **settings)]


list_opened = partial(_list_both, list_eroded, list_dilated)
list_closed = partial(_list_both, list_dilated, list_eroded)

_CROSS = np.array([[False, True, False], [True, True, True], [False, True, False]])
_STRUCTURE = np.array([[0.25, -0.125, 0.5], [0.75, 1.0, -0.375]])  # sums of float32 are exact
_AXIS_CASES = tuple(Case(input=real("3 4"), size=3, axis=axis_of("input"), mode=mode) for mode in MODES[:6])
_BOX_CASES = (
    Case(input=real("3 4"), size=(2, 3), mode="nearest", origin=(0, 1)),
    Case(input=real("3 4"), size=3, axes=(1,), mode="constant", cval=0.5),
    Case(input=real("3 4"), footprint=_CROSS, mode="wrap"),
)
_STRUCTURE_CASES = (
    Case(input=real("3 4"), size=(2, 3), mode="nearest", origin=(-1, 1)),
    Case(input=real("3 4"), structure=_STRUCTURE, mode="mirror"),
    Case(input=real("3 4"), footprint=_CROSS[0], structure=_STRUCTURE[0], axes=(1,), origin=1),
)


def _make_ranked(name: str, describe: Callable[..., list[Window]], **settings: Any) -> Choice:
    cases = [Case(**case.arguments, **settings) for case in _BOX_CASES]
    return Choice(f"ndimage.{name}", describe, (*cases, Case(input=real("n"), size=3, **settings)))


OPERATIONS: tuple[Operation, ...] = (
    Choice("ndimage.minimum_filter1d", list_minimum_axis, _AXIS_CASES),
    Choice("ndimage.maximum_filter1d", list_maximum_axis, _AXIS_CASES),
    Choice("ndimage.minimum_filter", list_minimum, _BOX_CASES),
    Choice("ndimage.maximum_filter", list_maximum, _BOX_CASES),
    _make_ranked("median_filter", list_median),
    _make_ranked("rank_filter", list_ranked, rank=1),
    _make_ranked("percentile_filter", list_percentile, percentile=70),
    Choice("ndimage.grey_erosion", list_eroded, _STRUCTURE_CASES),
    Choice("ndimage.grey_dilation", list_dilated, _STRUCTURE_CASES),
    Choice("ndimage.grey_opening", list_opened, _STRUCTURE_CASES),
    Choice("ndimage.grey_closing", list_closed, _STRUCTURE_CASES),
)
