"""Narrow and unsigned integers, and booleans, beside a value and as settings.

NumPy's value must be that of the same numbers as floats: what wraps around in NumPy itself is left out.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..sketch import Sketch, is_apart
from .elementwise import make_nonzero, make_positive

_TYPES: dict[str, tuple[int, int]] = {
    "np.uint8": (0, 200), "np.int8": (-128, 127), "np.uint16": (0, 300), "np.int16": (-300, 300),
    "np.uint64": (0, 9), "np.int64": (-9, 9), "bool": (0, 1)
}  # fmt: skip


def _draw_array(s: Sketch, shape: tuple[int, ...], *, least: int = -300) -> str:
    """Return an array of integers of any type."""
    kind = s.choose(*list(_TYPES))
    low, high = _TYPES[kind]
    drawn = s.draw_integers(max(low, least), high, int(np.prod(shape)))
    return f"np.array({drawn}, {kind}).reshape({shape})"


def _draw_row(s: Sketch, x: str) -> str:
    """Return integers that broadcast with `x`: of its last axis, of all its axes, or one."""
    return _draw_array(s, s.choose(s.shape(x)[-1:], s.shape(x), ()))


def combine_beside(s: Sketch, x: str) -> str:
    k = _draw_row(s, x)
    line: str = s.choose(
        "({k} - {x}) / 64", "({x} - {k}) / 64", "{x} * {k} / 64", "({k} + {x}) / 64",
        "xp.subtract({k}, {x}) / 64", "xp.hypot({x}, {k}) / 64", "xp.arctan2({k}, {p})",
        "xp.arctan2({p}, {k})", "{k} / {n} / 64", "xp.logaddexp({x}, {k}) / 64", "{p} ** ({k} / 256)",
        "xp.add.outer({k}, {x}) / 64", "xp.subtract.outer({k}, {x}) / 64", "xp.kron({k}, {x}) / 64",
    )  # fmt: skip
    return line.format(x=x, k=k, p=make_positive(s, x), n=make_nonzero(s, x))


def choose(s: Sketch, x: str) -> str | None:
    k = _draw_row(s, x)
    value = eval(k, {"np": np}) / 64  # like `k`, a text
    if not is_apart(s.values[x], value):
        return None
    line: str = s.choose(
        "xp.maximum({x}, {k} / 64)", "xp.minimum({k} / 64, {x})", "xp.clip({x}, {k} / 64, None)",
        "xp.where({x} > {k} / 64, {x}, {k} / 64)", "xp.select([{x} > {k} / 64], [{x}], {k} / 64)",
    )  # fmt: skip
    return line.format(x=x, k=k)


def multiply(s: Sketch, x: str) -> str | None:
    if not s.ndim(x):
        return None
    n = s.shape(x)[-1]
    matrix, vector = _draw_array(s, (n, 2)), _draw_array(s, (n,))
    lines = [
        f"{x} @ {matrix} / 64", f"xp.dot({x}, {vector}) / 64", f"xp.inner({vector}, {x}) / 64",
        f"xp.tensordot({x}, {matrix}, axes=1) / 64", f"xp.einsum('...i,ij->...j', {x}, {matrix}) / 64",
        f"xp.average({x}, axis=-1, weights={_draw_array(s, (n,), least=1)})" if n else f"xp.sum({x})",
    ]  # fmt: skip
    if n == 3:
        lines += [f"xp.cross({x}, {vector}) / 64", f"xp.cross({vector}, {x}) / 64"]
    if s.ndim(x) == 2 and n > 1 and s.shape(x)[0]:
        weights = f"np.array({s.draw_integers(1, 100, n)}, np.uint8)"
        lines += [f"xp.cov({x}, fweights={weights}, dtype={x}.dtype)"]
    return s.choose(*lines)


def use_sequence(s: Sketch, x: str) -> str | None:
    if s.ndim(x) != 1 or not s.values[x].size:
        return None
    n = s.shape(x)[0]
    k = _draw_array(s, (s.draw_integer(1, 4),))
    widths = s.draw_integers(1, 250 // n, n)  # their sum is a byte: it would wrap around before NumPy sees it
    points = f"np.cumsum({widths}).astype({s.choose('np.uint8', 'np.int16')})"
    lines = [
        f"xp.polysub({x}, {k}) / 64", f"xp.polysub({k}, {x}) / 64", f"xp.polyadd({k}, {x}) / 64",
        f"xp.polyval({k}, xp.tanh({x})) / 256", f"xp.convolve({x}, {k}) / 64",
        f"xp.trapezoid({x}, {points}) / 64", f"xp.diff({x}, prepend={k}) / 64",
        f"xp.append({x}, {k} / 64)", f"xp.linspace({x}, {_draw_array(s, (n,))}, 3) / 64",
    ]  # fmt: skip
    if n > 1:
        lines += [f"xp.gradient({x}, {points})"]
    return s.choose(*lines)


def use_settings(s: Sketch, x: str) -> str | None:
    if not s.ndim(x):
        return None
    axis = s.draw_axis(x)
    n = s.shape(x)[axis]
    shift = f"{s.choose('np.uint8', 'np.uint16', 'np.int8')}({s.draw_integer(0, 5)})"
    lines = [
        f"xp.roll({x}, {shift}, axis={axis})", f"xp.roll({x}, {shift})",
        f"xp.diff({x}, n=np.uint8({s.draw_integer(0, 2)}), axis={axis})",
        f"xp.repeat({x}, np.array({s.draw_integers(0, 2, n)}, np.uint8), axis={axis})",
        f"xp.prod({x}, axis={axis}, initial=np.int8(-2))", f"{x} ** np.uint8({s.draw_integer(0, 3)})",
    ]  # fmt: skip
    if n:
        lines += [
            f"xp.take({x}, np.array({s.draw_integers(-n, n - 1, 3)}, np.int8), axis={axis})",
            f"xp.take({x}, np.array({s.draw_integers(0, n - 1, 3)}, np.uint8), axis={axis})",
        ]
    if n > 1:
        lines += [f"xp.var({x}, axis={axis}, ddof=np.uint8(1))"]
    return s.choose(*lines)


STEPS: list[Any] = [combine_beside, combine_beside, choose, multiply, use_sequence, use_settings]
