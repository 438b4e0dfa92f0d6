"""Reductions and running ones: axis None, integer, negative, tuple, empty; keepdims, where, initial, ddof."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..sketch import MARGIN, Sketch, distinct


def _kept(s: Sketch) -> str:
    return s.one_of(["", "", ", keepdims=True", ", keepdims=False"])


def _count(s: Sketch, x: str, axes: Any) -> int:
    """Return how many values are reduced into one."""
    shape = s.shape(x)
    chosen = range(len(shape)) if axes is None else (axes,) if isinstance(axes, int) else axes
    return int(np.prod([shape[a] for a in chosen], dtype=int))


def _mask(s: Sketch, x: str) -> str:
    """Return a mask for `where` along the last axis, with something true in it."""
    n = s.shape(x)[-1]
    mask = [s.flag() for _ in range(n - 1)] + [True]
    return f"np.array({s.order(mask)})"


def summed(s: Sketch, x: str) -> str:
    name = s.one_of(["sum", "sum", "mean", "prod", "nansum", "nanprod", "nanmean"])
    axes = s.axes(x)
    if "mean" in name and not _count(s, x, axes):
        axes = ()
    return f"xp.{name}({x}, axis={axes}{_kept(s)})"


def as_method(s: Sketch, x: str) -> str | None:
    axes = s.axes(x)
    names = ["sum", "mean", "prod", "var"] + (["max", "min"] if _all_distinct(s, x) else [])
    return f"{x}.{s.one_of(names)}(axis={axes}{_kept(s)})" if _count(s, x, axes) else None


def of_what_is_no_nan(s: Sketch, x: str) -> str | None:
    """A mask makes NaN of some values; in each row one is left."""
    if not s.ndim(x) or not s.shape(x)[-1] or not distinct(s.values[x]):
        return None
    name = s.one_of(["nansum", "nanprod", "nanmean", "nanmax", "nanmin", "nanvar", "nanmedian", "nancumsum"])
    kept = "" if name == "nancumsum" else _kept(s)
    return f"xp.{name}(xp.where({_mask(s, x)}, {x}, np.nan), axis=-1{kept})"


def of_some(s: Sketch, x: str) -> str | None:
    """Return a reduction of what a mask selects, from an initial value."""
    if not s.ndim(x) or not s.shape(x)[-1]:
        return None
    name = s.one_of(["sum", "prod", "mean", "max", "min", "var"])
    initial = {
        "sum": ", initial=0.5",
        "prod": ", initial=2.0",
        "max": ", initial=-99.0",
        "min": ", initial=99.0",
    }
    extreme = name in ("max", "min")
    begun = initial.get(name, "") if extreme or s.flag() else ""
    if extreme and not distinct(s.values[x], None):
        return None
    return f"xp.{name}({x}, axis={s.axes(x)}, where={_mask(s, x)}{begun}{_kept(s)})"


def spread(s: Sketch, x: str) -> str | None:
    axes = s.axes(x)
    ddof = s.one_of([0, 0, 1])
    if _count(s, x, axes) <= ddof:
        return None
    name = s.one_of(["var", "std", "nanvar", "nanstd"])
    if "std" in name and not (np.std(s.values[x], axis=axes) > 0.1).all():
        return None
    return f"xp.{name}({x}, axis={axes}{', ddof=1' if ddof else ''}{_kept(s)})"


def _all_distinct(s: Sketch, x: str) -> bool:
    return bool(s.values[x].size) and distinct(s.values[x], None)


def extreme(s: Sketch, x: str) -> str | None:
    if not _all_distinct(s, x):
        return None
    name = s.one_of(
        ["max", "min", "amax", "amin", "nanmax", "nanmin", "ptp", "maximum.reduce", "minimum.reduce"]
    )
    return f"xp.{name}({x}, axis={s.axes(x)}{_kept(s)})"


def middle(s: Sketch, x: str) -> str | None:
    if not _all_distinct(s, x):
        return None
    axes = s.axes(x)
    if axes == ():
        return None
    method = s.one_of(["linear", "lower", "higher", "nearest", "midpoint"])
    return s.one_of(
        [
            f"xp.median({x}, axis={axes}{_kept(s)})", f"xp.nanmedian({x}, axis={axes})",
            f"xp.nanquantile({x}, 0.3, axis={axes})",
            f"xp.quantile({x}, {s.one_of([0.2, 0.55, 0.9])}, axis={axes}, method='{method}'{_kept(s)})",
            f"xp.quantile({x}, np.array([0.25, 0.6], {x}.dtype), axis={axes}{_kept(s)})",
            f"xp.percentile({x}, {s.one_of([0.0, 30.0, 100.0])}, axis={axes})",
        ]
    )  # fmt: skip


def reduced_by_ufunc(s: Sketch, x: str) -> str | None:
    if not s.ndim(x):
        return None
    axis = s.axis(x)
    if not s.shape(x)[axis]:
        return None
    return f"xp.{s.one_of(['logaddexp', 'add', 'multiply'])}.reduce({x}, axis={axis})"


def running(s: Sketch, x: str) -> str | None:
    axis = s.axis(x) if s.ndim(x) and s.flag() else None
    name = s.one_of(["cumsum", "cumprod", "nancumsum", "nancumprod"])
    if axis is None:
        return f"xp.{name}({x})"
    return s.one_of(
        [
            f"xp.{name}({x}, axis={axis})", f"{x}.cumsum(axis={axis})",
            f"xp.cumulative_sum({x}, axis={axis}, include_initial={s.flag()})",
            f"xp.cumulative_prod({x}, axis={axis}, include_initial={s.flag()})",
            f"xp.add.accumulate({x}, axis={axis})", f"{x}.cumprod({axis})",
            f"xp.logaddexp.accumulate({x}, axis={axis})",
        ]
    )  # fmt: skip


def running_extreme(s: Sketch, x: str) -> str | None:
    if not s.ndim(x) or not distinct(s.values[x], axis := s.axis(x)):
        return None
    return f"xp.{s.one_of(['maximum', 'minimum'])}.accumulate({x}, axis={axis})"


def average(s: Sketch, x: str) -> str | None:
    if not s.ndim(x) or not s.shape(x)[axis := s.axis(x)]:
        return None
    n = s.shape(x)[axis]
    line = f"xp.average({x}, axis={axis}, weights=0.5 + np.arange({n}.0))"
    weights = s.other(lambda w: w.shape == (n,) and bool((w > MARGIN).all()))
    return s.one_of([line, f"xp.average({x}, axis={axis}, weights={weights})"]) if weights else line


def integral(s: Sketch, x: str) -> str | None:
    if not s.ndim(x):
        return None
    axis = s.axis(x)
    return s.one_of(
        [
            f"xp.trapezoid({x}, dx=0.5, axis={axis})",
            f"xp.trapezoid({x}, np.arange({s.shape(x)[axis]}.0) ** 2, axis={axis})",
        ]
    )  # fmt: skip


def norm(s: Sketch, x: str) -> str | None:
    value = s.values[x]
    if not value.size or not (np.abs(value) > MARGIN).all():
        return None
    if s.ndim(x) and s.flag():
        order = s.one_of(
            [None, 1, 2, 3, 2.5, -1] + (["np.inf", "-np.inf"] if distinct(np.abs(value), None) else [])
        )
        return f"xp.linalg.norm({x}, {order}, axis={s.axis(x)}{_kept(s)})"
    return s.one_of(
        [
            f"xp.linalg.norm({x})",
            f"xp.linalg.norm({x}, keepdims=True)",
            f"xp.linalg.vector_norm({x}, axis=None)",
        ]
    )


def matrix_norm(s: Sketch, x: str) -> str | None:
    value = s.values[x]
    if s.ndim(x) != 2 or not value.size or not (np.abs(value) > MARGIN).all():
        return None
    columns, rows = np.abs(value).sum(0), np.abs(value).sum(1)
    orders = ["'fro'"]
    orders += ["1", "-1"] if distinct(columns) else []
    orders += ["np.inf", "-np.inf"] if distinct(rows) else []
    singular = np.linalg.svd(value.astype(np.float64), compute_uv=False)
    orders += ["'nuc'", "2", "-2"] if singular[-1] > 0.1 and distinct(singular) else []
    order = s.one_of(orders)
    return s.one_of([f"xp.linalg.norm({x}, {order}{_kept(s)})", f"xp.linalg.matrix_norm({x}, ord={order})"])


STEPS: list[Any] = [
    summed, summed, as_method, of_what_is_no_nan, of_some, spread, extreme, middle, reduced_by_ufunc,
    running, running_extreme,
    average, integral, norm, matrix_norm,
]  # fmt: skip
