"""Narrow and unsigned integers, and booleans, beside a value and as settings.

NumPy's value must be that of the same numbers as floats: what wraps around in NumPy itself is left out.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..sketch import Sketch, apart
from .elementwise import nonzero, positive

_TYPES: dict[str, tuple[int, int]] = {
    "np.uint8": (0, 200), "np.int8": (-128, 127), "np.uint16": (0, 300), "np.int16": (-300, 300),
    "np.uint64": (0, 9), "np.int64": (-9, 9), "bool": (0, 1)
}  # fmt: skip


def _array(s: Sketch, shape: tuple[int, ...], *, least: int = -300) -> str:
    """Return an array of integers of any type."""
    kind = s.one_of(list(_TYPES))
    low, high = _TYPES[kind]
    drawn = s.integers(max(low, least), high, int(np.prod(shape)))
    return f"np.array({drawn}, {kind}).reshape({shape})"


def _row(s: Sketch, x: str) -> str:
    """Return integers that broadcast with `x`: of its last axis, of all its axes, or one."""
    return _array(s, s.one_of([s.shape(x)[-1:], s.shape(x), ()]))


def beside(s: Sketch, x: str) -> str:
    k = _row(s, x)
    line: str = s.one_of(
        [
            "({k} - {x}) / 64", "({x} - {k}) / 64", "{x} * {k} / 64", "({k} + {x}) / 64",
            "xp.subtract({k}, {x}) / 64", "xp.hypot({x}, {k}) / 64", "xp.arctan2({k}, {p})",
            "xp.arctan2({p}, {k})", "{k} / {n} / 64", "xp.logaddexp({x}, {k}) / 64", "{p} ** ({k} / 256)",
            "xp.add.outer({k}, {x}) / 64", "xp.subtract.outer({k}, {x}) / 64", "xp.kron({k}, {x}) / 64",
        ]
    )  # fmt: skip
    return line.format(x=x, k=k, p=positive(s, x), n=nonzero(s, x))


def chosen(s: Sketch, x: str) -> str | None:
    k = _row(s, x)
    value = eval(k, {"np": np}) / 64  # like `k`, a text
    if not apart(s.values[x], value):
        return None
    line: str = s.one_of(
        [
            "xp.maximum({x}, {k} / 64)", "xp.minimum({k} / 64, {x})", "xp.clip({x}, {k} / 64, None)",
            "xp.where({x} > {k} / 64, {x}, {k} / 64)", "xp.select([{x} > {k} / 64], [{x}], {k} / 64)",
        ]
    )  # fmt: skip
    return line.format(x=x, k=k)


def multiplied(s: Sketch, x: str) -> str | None:
    if not s.ndim(x):
        return None
    n = s.shape(x)[-1]
    matrix, vector = _array(s, (n, 2)), _array(s, (n,))
    lines = [
        f"{x} @ {matrix} / 64", f"xp.dot({x}, {vector}) / 64", f"xp.inner({vector}, {x}) / 64",
        f"xp.tensordot({x}, {matrix}, axes=1) / 64", f"xp.einsum('...i,ij->...j', {x}, {matrix}) / 64",
        f"xp.average({x}, axis=-1, weights={_array(s, (n,), least=1)})" if n else f"xp.sum({x})",
    ]  # fmt: skip
    if n == 3:
        lines += [f"xp.cross({x}, {vector}) / 64", f"xp.cross({vector}, {x}) / 64"]
    if s.ndim(x) == 2 and n > 1 and s.shape(x)[0]:
        weights = f"np.array({s.integers(1, 100, n)}, np.uint8)"
        lines += [f"xp.cov({x}, fweights={weights}, dtype={x}.dtype)"]
    return s.one_of(lines)


def sequence(s: Sketch, x: str) -> str | None:
    if s.ndim(x) != 1 or not s.values[x].size:
        return None
    n = s.shape(x)[0]
    k = _array(s, (s.integer(1, 4),))
    widths = s.integers(1, 250 // n, n)  # their sum is a byte: it would wrap around before NumPy sees it
    points = f"np.cumsum({widths}).astype({s.one_of(['np.uint8', 'np.int16'])})"
    lines = [
        f"xp.polysub({x}, {k}) / 64", f"xp.polysub({k}, {x}) / 64", f"xp.polyadd({k}, {x}) / 64",
        f"xp.polyval({k}, xp.tanh({x})) / 256", f"xp.convolve({x}, {k}) / 64",
        f"xp.trapezoid({x}, {points}) / 64", f"xp.diff({x}, prepend={k}) / 64",
        f"xp.append({x}, {k} / 64)", f"xp.linspace({x}, {_array(s, (n,))}, 3) / 64",
    ]  # fmt: skip
    if n > 1:
        lines += [f"xp.gradient({x}, {points})"]
    return s.one_of(lines)


def settings(s: Sketch, x: str) -> str | None:
    if not s.ndim(x):
        return None
    axis = s.axis(x)
    n = s.shape(x)[axis]
    shift = f"{s.one_of(['np.uint8', 'np.uint16', 'np.int8'])}({s.integer(0, 5)})"
    lines = [
        f"xp.roll({x}, {shift}, axis={axis})", f"xp.roll({x}, {shift})",
        f"xp.diff({x}, n=np.uint8({s.integer(0, 2)}), axis={axis})",
        f"xp.repeat({x}, np.array({s.integers(0, 2, n)}, np.uint8), axis={axis})",
        f"xp.prod({x}, axis={axis}, initial=np.int8(-2))", f"{x} ** np.uint8({s.integer(0, 3)})",
    ]  # fmt: skip
    if n:
        lines += [
            f"xp.take({x}, np.array({s.integers(-n, n - 1, 3)}, np.int8), axis={axis})",
            f"xp.take({x}, np.array({s.integers(0, n - 1, 3)}, np.uint8), axis={axis})",
        ]
    if n > 1:
        lines += [f"xp.var({x}, axis={axis}, ddof=np.uint8(1))"]
    return s.one_of(lines)


STEPS: list[Any] = [beside, beside, chosen, multiplied, sequence, settings]
