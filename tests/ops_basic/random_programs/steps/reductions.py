"""Reductions and running ones: axis None, integer, negative, tuple, empty; keepdims, where, initial, ddof."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..sketch import MARGIN, Sketch, is_distinct


def _draw_keepdims(s: Sketch) -> str:
    return s.choose("", "", ", keepdims=True", ", keepdims=False")


def _count(s: Sketch, x: str, axes: Any) -> int:
    """Return how many values are reduced into one."""
    shape = s.shape(x)
    chosen = range(len(shape)) if axes is None else (axes,) if isinstance(axes, int) else axes
    return int(np.prod([shape[a] for a in chosen], dtype=int))


def _draw_mask(s: Sketch, x: str) -> str:
    """Return a mask for `where` along the last axis, with something true in it."""
    n = s.shape(x)[-1]
    mask = [s.draw_flag() for _ in range(n - 1)] + [True]
    return f"np.array({s.permute(mask)})"


def sum_axes(s: Sketch, x: str) -> str:
    name = s.choose("sum", "sum", "mean", "prod", "nansum", "nanprod", "nanmean")
    axes = s.draw_axes(x)
    if "mean" in name and not _count(s, x, axes):
        axes = ()
    return f"xp.{name}({x}, axis={axes}{_draw_keepdims(s)})"


def call_method(s: Sketch, x: str) -> str | None:
    axes = s.draw_axes(x)
    names = ["sum", "mean", "prod", "var"] + (["max", "min"] if _is_distinct(s, x) else [])
    return f"{x}.{s.choose(*names)}(axis={axes}{_draw_keepdims(s)})" if _count(s, x, axes) else None


def skip_nan(s: Sketch, x: str) -> str | None:
    """A mask makes NaN of some values; in each row one is left."""
    if not s.ndim(x) or not s.shape(x)[-1] or not is_distinct(s.values[x]):
        return None
    name = s.choose("nansum", "nanprod", "nanmean", "nanmax", "nanmin", "nanvar", "nanmedian", "nancumsum")
    kept = "" if name == "nancumsum" else _draw_keepdims(s)
    return f"xp.{name}(xp.where({_draw_mask(s, x)}, {x}, np.nan), axis=-1{kept})"


def reduce_where(s: Sketch, x: str) -> str | None:
    """Return a reduction of what a mask selects, from an initial value."""
    if not s.ndim(x) or not s.shape(x)[-1]:
        return None
    name = s.choose("sum", "prod", "mean", "max", "min", "var")
    initial = {
        "sum": ", initial=0.5",
        "prod": ", initial=2.0",
        "max": ", initial=-99.0",
        "min": ", initial=99.0",
    }
    extreme = name in ("max", "min")
    begun = initial.get(name, "") if extreme or s.draw_flag() else ""
    if extreme and not is_distinct(s.values[x], None):
        return None
    return f"xp.{name}({x}, axis={s.draw_axes(x)}, where={_draw_mask(s, x)}{begun}{_draw_keepdims(s)})"


def take_variance(s: Sketch, x: str) -> str | None:
    axes = s.draw_axes(x)
    ddof = s.choose(0, 0, 1)
    if _count(s, x, axes) <= ddof:
        return None
    name = s.choose("var", "std", "nanvar", "nanstd")
    if "std" in name and not (np.std(s.values[x], axis=axes) > 0.1).all():
        return None
    return f"xp.{name}({x}, axis={axes}{', ddof=1' if ddof else ''}{_draw_keepdims(s)})"


def _is_distinct(s: Sketch, x: str) -> bool:
    return bool(s.values[x].size) and is_distinct(s.values[x], None)


def take_extreme(s: Sketch, x: str) -> str | None:
    if not _is_distinct(s, x):
        return None
    name = s.choose(
        "max", "min", "amax", "amin", "nanmax", "nanmin", "ptp", "maximum.reduce", "minimum.reduce"
    )
    return f"xp.{name}({x}, axis={s.draw_axes(x)}{_draw_keepdims(s)})"


def take_quantile(s: Sketch, x: str) -> str | None:
    if not _is_distinct(s, x):
        return None
    axes = s.draw_axes(x)
    if axes == ():
        return None
    method = s.choose("linear", "lower", "higher", "nearest", "midpoint")
    kept = _draw_keepdims(s)
    return s.choose(
        f"xp.median({x}, axis={axes}{kept})", f"xp.nanmedian({x}, axis={axes})",
        f"xp.nanquantile({x}, 0.3, axis={axes})",
        f"xp.quantile({x}, {s.choose(0.2, 0.55, 0.9)}, axis={axes}, method='{method}'{kept})",
        f"xp.quantile({x}, np.array([0.25, 0.6], {x}.dtype), axis={axes}{kept})",
        f"xp.percentile({x}, {s.choose(0.0, 30.0, 100.0)}, axis={axes})",
    )  # fmt: skip


def reduce_by_ufunc(s: Sketch, x: str) -> str | None:
    if not s.ndim(x):
        return None
    axis = s.draw_axis(x)
    if not s.shape(x)[axis]:
        return None
    return f"xp.{s.choose('logaddexp', 'add', 'multiply')}.reduce({x}, axis={axis})"


def accumulate(s: Sketch, x: str) -> str | None:
    axis = s.draw_axis(x) if s.ndim(x) and s.draw_flag() else None
    name = s.choose("cumsum", "cumprod", "nancumsum", "nancumprod")
    if axis is None:
        return f"xp.{name}({x})"
    return s.choose(
        f"xp.{name}({x}, axis={axis})", f"{x}.cumsum(axis={axis})",
        f"xp.cumulative_sum({x}, axis={axis}, include_initial={s.draw_flag()})",
        f"xp.cumulative_prod({x}, axis={axis}, include_initial={s.draw_flag()})",
        f"xp.add.accumulate({x}, axis={axis})", f"{x}.cumprod({axis})",
        f"xp.logaddexp.accumulate({x}, axis={axis})",
    )  # fmt: skip


def accumulate_extreme(s: Sketch, x: str) -> str | None:
    if not s.ndim(x) or not is_distinct(s.values[x], axis := s.draw_axis(x)):
        return None
    return f"xp.{s.choose('maximum', 'minimum')}.accumulate({x}, axis={axis})"


def take_average(s: Sketch, x: str) -> str | None:
    if not s.ndim(x) or not s.shape(x)[axis := s.draw_axis(x)]:
        return None
    n = s.shape(x)[axis]
    line = f"xp.average({x}, axis={axis}, weights=0.5 + np.arange({n}.0))"
    weights = s.find_fitting(lambda w: w.shape == (n,) and bool((w > MARGIN).all()))
    return s.choose(line, f"xp.average({x}, axis={axis}, weights={weights})") if weights else line


def integrate(s: Sketch, x: str) -> str | None:
    if not s.ndim(x):
        return None
    axis = s.draw_axis(x)
    return s.choose(
        f"xp.trapezoid({x}, dx=0.5, axis={axis})",
        f"xp.trapezoid({x}, np.arange({s.shape(x)[axis]}.0) ** 2, axis={axis})",
    )  # fmt: skip


def take_norm(s: Sketch, x: str) -> str | None:
    value = s.values[x]
    if not value.size or not (np.abs(value) > MARGIN).all():
        return None
    if s.ndim(x) and s.draw_flag():
        order = s.choose(
            *[None, 1, 2, 3, 2.5, -1] + (["np.inf", "-np.inf"] if is_distinct(np.abs(value), None) else [])
        )
        return f"xp.linalg.norm({x}, {order}, axis={s.draw_axis(x)}{_draw_keepdims(s)})"
    return s.choose(
        f"xp.linalg.norm({x})",
        f"xp.linalg.norm({x}, keepdims=True)",
        f"xp.linalg.vector_norm({x}, axis=None)",
    )


def take_matrix_norm(s: Sketch, x: str) -> str | None:
    value = s.values[x]
    if s.ndim(x) != 2 or not value.size or not (np.abs(value) > MARGIN).all():
        return None
    columns, rows = np.abs(value).sum(0), np.abs(value).sum(1)
    orders = ["'fro'"]
    orders += ["1", "-1"] if is_distinct(columns) else []
    orders += ["np.inf", "-np.inf"] if is_distinct(rows) else []
    singular = np.linalg.svd(value.astype(np.float64), compute_uv=False)
    orders += ["'nuc'", "2", "-2"] if singular[-1] > 0.1 and is_distinct(singular) else []
    order = s.choose(*orders)
    return s.choose(
        f"xp.linalg.norm({x}, {order}{_draw_keepdims(s)})", f"xp.linalg.matrix_norm({x}, ord={order})"
    )


STEPS: list[Any] = [
    sum_axes, sum_axes, call_method, skip_nan, reduce_where, take_variance, take_extreme, take_quantile,
    reduce_by_ufunc, accumulate, accumulate_extreme, take_average, integrate, take_norm, take_matrix_norm,
]  # fmt: skip
