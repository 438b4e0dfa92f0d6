"""Indexing of every kind, selection, order, differences."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..sketch import Sketch, is_apart, is_distinct


def _draw_index(s: Sketch, n: int) -> str:
    """Return an index into an axis of length n."""
    kinds = ["slice", "slice"] + (["int", "fancy", "mask"] if n else [])
    kind = s.choose(*kinds)
    if kind == "int":
        return str(s.draw_integer(-n, n - 1))
    if kind == "fancy":
        return f"np.array({s.draw_integers(-n, n - 1, s.draw_integer(1, 3))})"
    if kind == "mask":
        return f"np.array({[s.draw_flag() for _ in range(n)]})"
    start, stop = (s.choose("", *range(-n - 1, n + 2)) for _ in range(2))
    return f"{start}:{stop}:{s.choose(-2, -1, 1, 1, 2)}"


def get_item(s: Sketch, x: str) -> str:
    used = s.draw_integer(0, s.ndim(x))
    parts = [_draw_index(s, n) for n in s.shape(x)[:used]]
    masks = [i for i, part in enumerate(parts) if "array" in part]
    for i in masks[1:]:  # two index arrays would have to broadcast
        parts[i] = "1:"
    extra = s.choose("", "", "...", "None")
    if extra and not (masks and extra == "None" and s.draw_flag()):
        parts.insert(s.draw_integer(0, len(parts)) if extra == "None" else len(parts), extra)
    return f"{x}[{', '.join(parts)}]" if parts else f"{x}[()]"


def _draw_mask(s: Sketch, shape: tuple[int, ...]) -> str:
    """Return an array of bools."""
    return f"np.array({[s.draw_flag() for _ in range(int(np.prod(shape)))]}).reshape({shape})"


def index_by_arrays(s: Sketch, x: str) -> str | None:
    """Two index arrays that broadcast, with what is between them."""
    if s.ndim(x) < 2 or not s.values[x].size:
        return None
    n, m = s.shape(x)[0], s.shape(x)[-1]
    rows, columns = s.draw_integers(-n, n - 1, 2), s.draw_integers(-m, m - 1, 2)
    apart_ = ", ..., " if s.ndim(x) > 2 else ", "
    return s.choose(
        f"{x}[np.array({rows}){apart_}np.array({columns})]",
        f"{x}[np.array({rows})[:, None]{apart_}np.array({columns})]",
        f"{x}[{rows}{apart_}{columns[0]}]", f"{x}[{rows[0]}, ..., {columns}]",
        f"{x}[{rows}][..., {columns}]",
        f"{x}[{_draw_mask(s, s.shape(x)[:2])}]", f"{x}[..., {_draw_mask(s, s.shape(x)[-2:])}]",
        f"{x}[np.int64({rows[0]})]",
        f"{x}[np.ix_({rows}, {s.draw_integers(-s.shape(x)[1], s.shape(x)[1] - 1, 3)})]",
    )  # fmt: skip


def select_by_mask(s: Sketch, x: str) -> str | None:
    value = s.values[x]
    if not is_apart(value, 0):
        return None
    return s.choose(f"{x}[{x} > 0]", f"xp.extract({x} < 0, {x})", f"xp.where({x} > 0, {x}, 0.1 * {x})")


def take(s: Sketch, x: str) -> str | None:
    size = s.values[x].size
    if not size or not s.ndim(x):
        return None
    axis = s.draw_axis(x)
    n = s.shape(x)[axis]
    indices = [s.draw_integers(-n, n - 1, 2) for _ in range(s.draw_integer(1, 2))]
    mode = s.choose("", "", ", mode='wrap'", ", mode='clip'")
    order = np.argsort(s.values[x], axis=axis)
    return s.choose(
        f"xp.take({x}, np.array({indices}), axis={axis}{mode})",
        f"xp.take({x}, np.array({s.draw_integers(-size, size - 1, 3)}))",
        f"xp.take({x}, {indices[0][0]}, axis={axis})",
        f"xp.take_along_axis({x}, np.array({order.tolist()}).reshape({order.shape}), axis={axis})",
    )  # fmt: skip


def select_slices(s: Sketch, x: str) -> str | None:
    if not s.ndim(x) or not s.shape(x)[axis := s.draw_axis(x)]:
        return None
    n = s.shape(x)[axis]
    y = s.find_fitting(lambda y: y.shape == s.shape(x)) or x
    index = [s.draw_integer(0, 1) for _ in range(s.shape(x)[-1])]
    return s.choose(
        f"xp.compress(np.array({[s.draw_flag() for _ in range(n)]}), {x}, axis={axis})",
        f"xp.delete({x}, {s.draw_integer(-n, n - 1)}, axis={axis})",
        f"xp.choose(np.array({index}, dtype=int), [{x}, {y}])",
        f"xp.insert({x}, {s.draw_integer(0, n)}, 0.5, axis={axis})",
    )  # fmt: skip


def sort(s: Sketch, x: str) -> str | None:
    if not s.ndim(x) or not s.values[x].size:
        return None
    axis = s.draw_axis(x)
    if not is_distinct(s.values[x], axis):
        return None
    k = s.draw_integer(0, s.shape(x)[axis] - 1)
    return s.choose(
        f"xp.sort({x}, axis={axis})",
        f"xp.sort({x})" if is_distinct(s.values[x]) else f"xp.sort({x}, {axis})",
        f"xp.partition({x}, {k}, axis={axis}).take({k}, axis={axis})",
    )


def take_differences(s: Sketch, x: str) -> str | None:
    if not s.ndim(x):
        return None
    axis = s.draw_axis(x)
    lines = [
        f"xp.diff({x}, axis={axis})",
        f"xp.diff({x}, n=2, axis={axis})",
        f"xp.ediff1d({x})",
        f"xp.diff({x}, axis={axis}, prepend=0.5)",
    ]
    lines += [f"xp.diff({x}, axis={axis}, prepend={x}, append={x})"]
    if s.shape(x)[axis] >= 2:
        lines += [f"xp.gradient({x}, axis={axis})", f"xp.gradient({x}, 0.5, axis={axis})"]
        places = f"np.cumsum(0.5 + np.arange({s.shape(x)[axis]}.0)).astype({x}.dtype)"
        lines += [f"xp.gradient({x}, {places}, axis={axis})"]
        lines += [f"xp.gradient({x})[{axis}]"] if s.ndim(x) > 1 and min(s.shape(x)) > 1 else []
    if s.shape(x)[axis] >= 3:
        lines += [f"xp.gradient({x}, 0.5, axis={axis}, edge_order=2)"]
    return s.choose(*lines)


def interpolate(s: Sketch, x: str) -> str | None:
    """Between heights that are a value, at places away from the knots."""
    y = s.find_fitting(lambda y: y.ndim == 1 and y.size > 1)
    if y is None or not is_apart(s.values[x][..., None], np.arange(s.shape(y)[0]) - 0.5):
        return None
    return f"xp.interp({x}, np.arange({s.shape(y)[0]}) - 0.5, {y}).astype({x}.dtype)"


STEPS: list[Any] = [
    get_item,
    get_item,
    get_item,
    index_by_arrays,
    select_by_mask,
    take,
    select_slices,
    sort,
    take_differences,
    interpolate,
]
