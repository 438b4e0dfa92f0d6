"""Shape steps: values move and repeat."""

from __future__ import annotations

from math import prod
from typing import Any

from ..sketch import MOST, Sketch, distinct


def reshape(s: Sketch, x: str) -> str | None:
    size = prod(s.shape(x))
    if size == 0:
        return None
    shape: list[int] = []
    rest = size
    for _ in range(s.integer(0, 3)):
        shape.append(s.one_of([d for d in range(1, rest + 1) if rest % d == 0]))
        rest //= shape[-1]
    shape.insert(s.integer(0, len(shape)), -1 if s.flag() else rest)
    order = s.one_of(["", ", order='F'"])
    return s.one_of([f"xp.reshape({x}, {tuple(shape)}{order})", f"{x}.reshape({tuple(shape)})"])


def ravel(s: Sketch, x: str) -> str:
    return s.one_of(
        [
            f"xp.ravel({x})",
            f"xp.ravel({x}, order='F')",
            f"{x}.ravel()",
            f"xp.reshape({x}, -1)",
            f"{x}.flatten()",
        ]
    )


def transpose(s: Sketch, x: str) -> str:
    order = [axis - s.ndim(x) * s.flag() for axis in s.order(range(s.ndim(x)))]
    return s.one_of(
        [
            f"xp.transpose({x}, {tuple(order)})",
            f"xp.transpose({x})",
            f"{x}.T",
            f"{x}.transpose({tuple(order)})",
        ]
    )


def moved(s: Sketch, x: str) -> str | None:
    if not s.ndim(x):
        return None
    a, b = s.axis(x), s.axis(x)
    lines = [
        f"xp.swapaxes({x}, {a}, {b})",
        f"{x}.swapaxes({a}, {b})",
        f"xp.moveaxis({x}, {a}, {b})",
        f"xp.rollaxis({x}, {a}, {abs(b)})",
    ]
    if s.ndim(x) > 1:
        source, target = s.order(range(s.ndim(x)))[:2], s.order(range(s.ndim(x)))[:2]
        lines += [
            f"xp.moveaxis({x}, {tuple(source)}, {tuple(target)})",
            f"xp.matrix_transpose({x})",
            f"{x}.mT",
        ]
    return s.one_of(lines)


def squeezed(s: Sketch, x: str) -> str | None:
    ones = [axis for axis, n in enumerate(s.shape(x)) if n == 1]
    if not ones:
        return None
    return s.one_of(
        [
            f"xp.squeeze({x})",
            f"xp.squeeze({x}, axis={s.one_of(ones)})",
            f"xp.squeeze({x}, {tuple(s.subset(ones))})",
            f"{x}.squeeze()",
        ]
    )


def expanded(s: Sketch, x: str) -> str:
    axis = s.integer(-s.ndim(x) - 1, s.ndim(x))
    return s.one_of(
        [
            f"xp.expand_dims({x}, {axis})",
            f"xp.expand_dims({x}, (0, -1))",
            f"xp.atleast_{s.integer(1, 3)}d({x})",
        ]
    )


def broadcast(s: Sketch, x: str) -> str:
    shape = [s.integer(1, 3) if n == 1 else n for n in s.shape(x)]
    shape = s.integers(1, 3, s.integer(0, 1)) + shape
    y = s.partner(x)
    return s.one_of(
        [
            f"xp.broadcast_to({x}, {tuple(shape)})",
            f"xp.broadcast_to({x}, {tuple(shape)})",
            f"xp.broadcast_arrays({x}, {y})[0]",
        ]
    )


def repeated(s: Sketch, x: str) -> str:
    reps = s.integers(1, 2, s.integer(1, s.ndim(x) + 1))
    lines = [f"xp.tile({x}, {tuple(reps)})", f"xp.tile({x}, 2)", f"xp.repeat({x}, 2)"]
    if s.ndim(x):
        axis = s.axis(x)
        counts = s.integers(0, 2, s.shape(x)[axis])
        lines += [
            f"xp.repeat({x}, 2, axis={axis})",
            f"{x}.repeat(2, {axis})",
            f"xp.repeat({x}, np.array({counts}, dtype=int), axis={axis})",
        ]
    return s.one_of(lines)


def turned(s: Sketch, x: str) -> str:
    lines = [f"xp.flip({x})", f"xp.roll({x}, {s.integer(-3, 3)})"]
    if s.ndim(x):
        axis = s.axis(x)
        axes = tuple(s.subset(range(s.ndim(x))))
        lines += [
            f"xp.flip({x}, {axis})",
            f"xp.flip({x}, axis={axes})",
            f"xp.roll({x}, {s.integer(-3, 3)}, axis={axis})",
            f"xp.flipud({x})",
        ]
        lines += [f"xp.roll({x}, {tuple(s.integers(-3, 3, len(axes)))}, axis={axes})"] if axes else []
        lines += [f"xp.fft.fftshift({x})", f"xp.fft.ifftshift({x}, axes={axis})"]
    if s.ndim(x) >= 2:
        axes = tuple(s.order(range(s.ndim(x)))[:2])
        lines += [f"xp.rot90({x}, {s.integer(-1, 3)}, axes={axes})", f"xp.fliplr({x})"]
    return s.one_of(lines)


_MODES = [
    "constant",
    "edge",
    "reflect",
    "symmetric",
    "wrap",
    "linear_ramp",
    "mean",
    "maximum",
    "minimum",
    "median",
]


def padded(s: Sketch, x: str) -> str | None:
    if not s.ndim(x) or not s.values[x].size:
        return None
    widths = [tuple(s.integers(0, 2, 2)) for _ in s.shape(x)]
    mode = s.one_of(_MODES)
    if mode in ("maximum", "minimum", "median") and not distinct(s.values[x], None):
        return None
    extra = {
        "constant": ", constant_values=0.5", "reflect": ", reflect_type='odd'",
        "symmetric": ", reflect_type='odd'",
        "linear_ramp": ", end_values=0.5", "mean": ", stat_length=2",
    }.get(mode, "") if s.flag() else ""  # fmt: skip
    return s.one_of(
        [
            f"xp.pad({x}, {widths}, mode='{mode}'{extra})",
            f"xp.pad({x}, 1, mode='{mode}')",
            f"xp.pad({x}, (1, 0))",
        ]
    )


def resized(s: Sketch, x: str) -> str | None:
    return f"xp.resize({x}, {tuple(s.integers(1, 3, 2))})" if s.values[x].size else None


def windows(s: Sketch, x: str) -> str | None:
    if not s.ndim(x) or s.shape(x)[axis := s.axis(x)] < 2:
        return None
    return f"np.lib.stride_tricks.sliding_window_view({x}, 2, axis={axis})"


def grid(s: Sketch, x: str) -> str | None:
    y = s.other(lambda y: y.ndim == 1 and y.size * s.values[x].size <= MOST)
    if s.ndim(x) != 1 or y is None:
        return None
    return f"xp.meshgrid({x}, {y}, indexing='{s.one_of(['xy', 'ij'])}')[{s.integer(0, 1)}]"


def triangle(s: Sketch, x: str) -> str | None:
    k = s.integer(-1, 1)
    if s.ndim(x) == 1:
        return s.one_of([f"xp.diag({x}, {k})", f"xp.diagflat({x}, {k})"])
    if s.ndim(x) < 2:
        return None
    return s.one_of([f"xp.tril({x}, {k})", f"xp.triu({x}, {k})"])


def diagonal(s: Sketch, x: str) -> str | None:
    if s.ndim(x) < 2:
        return None
    k = s.integer(-1, 1)
    a, b = s.order(range(s.ndim(x)))[:2]
    lines = [f"xp.{name}({x}, {k}, {a}, {b})" for name in ("trace", "diagonal")]
    lines += [f"{x}.diagonal({k}, {a}, {b})"]
    return s.one_of([*lines, f"xp.diag({x}, {k})"] if s.ndim(x) == 2 else lines)


STEPS: list[Any] = [
    reshape, reshape, ravel, transpose, moved, squeezed, expanded, broadcast, repeated, turned, padded,
    resized,
    windows, grid, triangle, diagonal,
]  # fmt: skip
