"""Filters whose output is a pixel of the image: minima, maxima, medians, ranks, erosion and dilation."""

from __future__ import annotations

import inspect
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
        windows += _list_extrema(rank, input, size=size, **box, axes=axes, **borders)
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
    **number: Any,
) -> list[Window]:
    d = len(input.shape)
    axes = find_axes(axes, d)
    footprint = np.ones(repeat(size, len(axes)), bool) if footprint is None else np.asarray(footprint, bool)
    rank = find_rank(int(np.count_nonzero(footprint)), **number)
    return [expand(footprint, None, d, axes, origin, mode, cval, rank)]


def _find_rank(n: int, *, rank: int) -> int:
    return rank % n


def _find_median(n: int) -> int:
    return n // 2


def _find_percentile(n: int, *, percentile: float) -> int:
    percentile = percentile + 100.0 if percentile < 0 else percentile
    return n - 1 if percentile == 100 else int(float(n) * percentile / 100.0)  # as in SciPy


def _describe(
    function: Callable[..., list[Window]],
    first: Any,
    *,
    without: str = "",
    required: Sequence[str] = (),
    template: Callable[..., Any] = _list_extrema,
) -> Callable[..., list[Window]]:
    """Return `function(first, ...)` with the arguments of SciPy's filter.

    These are the arguments of `template` after the first one, but for `without`, and those that are
    `required`.
    """
    describe: Any = partial(function, first)
    parameters = [p for p in list(inspect.signature(template).parameters.values())[1:] if p.name != without]
    more = [inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY) for name in required]
    describe.__signature__ = inspect.Signature([*parameters, *more])
    return describe


_FIRST, _LAST, _LATER = (
    f"\n\nd/dinput = grad, added to the chosen pixel{tie}"
    for tie in (
        ", the first one among equal ones.",
        ", the last one among equal ones.",
        ". Of equal pixels, the later one counts as the greater one.",
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
    name: str, value: str, find_rank: Callable[..., int], *others: dict[str, Any], **settings: Any
) -> Choice:
    describe = _describe(_list_ranked, find_rank, without="structure", required=tuple(settings))
    cases = [Case(**case.arguments, **settings) for case in _BOX_CASES]
    cases += [Case(input=real("n"), size=3, **numbers) for numbers in (settings, *others)]
    return Choice(f"ndimage.{name}", describe, cases, f"The {value} {_WINDOW}{_LATER}")


def _make_extremum(name: str, value: str, rank: int, tie: str) -> tuple[Choice, Choice]:
    along = f"The {value} of `size` neighbouring values along `axis`.{tie}"
    box = f"The {value} value {_WINDOW}{tie}"
    describe = _describe(_list_along_axis, rank, template=_list_along_axis)
    return (
        Choice(f"ndimage.{name}1d", describe, _AXIS_CASES, along),
        Choice(f"ndimage.{name}", _describe(_list_extrema, rank, without="structure"), _BOX_CASES, box),
    )


def _make_morphology(name: str, text: str, *ranks: int) -> Choice:
    return Choice(f"ndimage.{name}", _describe(_list_morphology, ranks), _STRUCTURE_CASES, text)


_OF_STRUCTURE = "in a window; structure: constants, or 0."
OPERATIONS: tuple[Operation, ...] = (
    *_make_extremum("minimum_filter", "least", LEAST, _FIRST),
    *_make_extremum("maximum_filter", "greatest", GREATEST, _LAST),
    _make_ranked("median_filter", "median of the values", _find_median),
    _make_ranked("rank_filter", "value of the given rank", _find_rank, {"rank": -2}, rank=1),
    _make_ranked(
        "percentile_filter",
        "percentile, of 100, of the values",
        _find_percentile,
        {"percentile": 100},
        {"percentile": -20},
        percentile=70,
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
