"""Shape steps: values move and repeat."""

from __future__ import annotations

from math import prod
from typing import Any

from ..sketch import MOST, Sketch, is_distinct


def reshape(s: Sketch, x: str) -> str | None:
    size = prod(s.shape(x))
    if size == 0:
        return None
    shape: list[int] = []
    rest = size
    for _ in range(s.draw_integer(0, 3)):
        shape.append(s.choose(*(d for d in range(1, rest + 1) if rest % d == 0)))
        rest //= shape[-1]
    shape.insert(s.draw_integer(0, len(shape)), -1 if s.draw_flag() else rest)
    order = s.choose("", ", order='F'")
    return s.choose(f"xp.reshape({x}, {tuple(shape)}{order})", f"{x}.reshape({tuple(shape)})")


def ravel(s: Sketch, x: str) -> str:
    return s.choose(
        f"xp.ravel({x})",
        f"xp.ravel({x}, order='F')",
        f"{x}.ravel()",
        f"xp.reshape({x}, -1)",
        f"{x}.flatten()",
    )


def transpose(s: Sketch, x: str) -> str:
    order = [axis - s.ndim(x) * s.draw_flag() for axis in s.permute(range(s.ndim(x)))]
    return s.choose(
        f"xp.transpose({x}, {tuple(order)})",
        f"xp.transpose({x})",
        f"{x}.T",
        f"{x}.transpose({tuple(order)})",
    )


def move_axes(s: Sketch, x: str) -> str | None:
    if not s.ndim(x):
        return None
    a, b = s.draw_axis(x), s.draw_axis(x)
    lines = [
        f"xp.swapaxes({x}, {a}, {b})",
        f"{x}.swapaxes({a}, {b})",
        f"xp.moveaxis({x}, {a}, {b})",
        f"xp.rollaxis({x}, {a}, {abs(b)})",
    ]
    if s.ndim(x) > 1:
        source, target = s.permute(range(s.ndim(x)))[:2], s.permute(range(s.ndim(x)))[:2]
        lines += [
            f"xp.moveaxis({x}, {tuple(source)}, {tuple(target)})",
            f"xp.matrix_transpose({x})",
            f"{x}.mT",
        ]
    return s.choose(*lines)


def squeeze(s: Sketch, x: str) -> str | None:
    ones = [axis for axis, n in enumerate(s.shape(x)) if n == 1]
    if not ones:
        return None
    return s.choose(
        f"xp.squeeze({x})",
        f"xp.squeeze({x}, axis={s.choose(*ones)})",
        f"xp.squeeze({x}, {tuple(s.draw_subset(ones))})",
        f"{x}.squeeze()",
    )


def expand(s: Sketch, x: str) -> str:
    axis = s.draw_integer(-s.ndim(x) - 1, s.ndim(x))
    return s.choose(
        f"xp.expand_dims({x}, {axis})",
        f"xp.expand_dims({x}, (0, -1))",
        f"xp.atleast_{s.draw_integer(1, 3)}d({x})",
    )


def broadcast(s: Sketch, x: str) -> str:
    shape = [s.draw_integer(1, 3) if n == 1 else n for n in s.shape(x)]
    shape = s.draw_integers(1, 3, s.draw_integer(0, 1)) + shape
    y = s.find_partner(x)
    return s.choose(
        f"xp.broadcast_to({x}, {tuple(shape)})",
        f"xp.broadcast_to({x}, {tuple(shape)})",
        f"xp.broadcast_arrays({x}, {y})[0]",
    )


def repeat(s: Sketch, x: str) -> str:
    reps = s.draw_integers(1, 2, s.draw_integer(1, s.ndim(x) + 1))
    lines = [f"xp.tile({x}, {tuple(reps)})", f"xp.tile({x}, 2)", f"xp.repeat({x}, 2)"]
    if s.ndim(x):
        axis = s.draw_axis(x)
        counts = s.draw_integers(0, 2, s.shape(x)[axis])
        lines += [
            f"xp.repeat({x}, 2, axis={axis})",
            f"{x}.repeat(2, {axis})",
            f"xp.repeat({x}, np.array({counts}, dtype=int), axis={axis})",
        ]
    return s.choose(*lines)


def turn(s: Sketch, x: str) -> str:
    lines = [f"xp.flip({x})", f"xp.roll({x}, {s.draw_integer(-3, 3)})"]
    if s.ndim(x):
        axis = s.draw_axis(x)
        axes = tuple(s.draw_subset(range(s.ndim(x))))
        lines += [
            f"xp.flip({x}, {axis})",
            f"xp.flip({x}, axis={axes})",
            f"xp.roll({x}, {s.draw_integer(-3, 3)}, axis={axis})",
            f"xp.flipud({x})",
        ]
        lines += [f"xp.roll({x}, {tuple(s.draw_integers(-3, 3, len(axes)))}, axis={axes})"] if axes else []
        lines += [f"xp.fft.fftshift({x})", f"xp.fft.ifftshift({x}, axes={axis})"]
    if s.ndim(x) >= 2:
        axes = tuple(s.permute(range(s.ndim(x)))[:2])
        lines += [f"xp.rot90({x}, {s.draw_integer(-1, 3)}, axes={axes})", f"xp.fliplr({x})"]
    return s.choose(*lines)


_STATISTICS = ["mean", "maximum", "minimum", "median"]
_MODES = ["constant", "edge", "reflect", "symmetric", "wrap", "linear_ramp", *_STATISTICS]


def pad(s: Sketch, x: str) -> str | None:
    if not s.ndim(x) or not s.values[x].size:
        return None
    widths = [tuple(s.draw_integers(0, 2, 2)) for _ in s.shape(x)]
    mode = s.choose(*_MODES)
    if mode in _STATISTICS[1:] and not is_distinct(s.values[x], None):
        return None
    extra = {
        "constant": ", constant_values=0.5", "reflect": ", reflect_type='odd'",
        "symmetric": ", reflect_type='odd'",
        "linear_ramp": ", end_values=0.5", "mean": ", stat_length=2",
    }.get(mode, "") if s.draw_flag() else ""  # fmt: skip
    return s.choose(
        f"xp.pad({x}, {widths}, mode='{mode}'{extra})",
        f"xp.pad({x}, 1, mode='{mode}')",
        f"xp.pad({x}, (1, 0))",
    )


def resize(s: Sketch, x: str) -> str | None:
    return f"xp.resize({x}, {tuple(s.draw_integers(1, 3, 2))})" if s.values[x].size else None


def slide_window(s: Sketch, x: str) -> str | None:
    if not s.ndim(x) or s.shape(x)[axis := s.draw_axis(x)] < 2:
        return None
    return f"np.lib.stride_tricks.sliding_window_view({x}, 2, axis={axis})"


def make_grid(s: Sketch, x: str) -> str | None:
    y = s.find_fitting(lambda y: y.ndim == 1 and y.size * s.values[x].size <= MOST)
    if s.ndim(x) != 1 or y is None:
        return None
    return f"xp.meshgrid({x}, {y}, indexing='{s.choose('xy', 'ij')}')[{s.draw_integer(0, 1)}]"


def take_triangle(s: Sketch, x: str) -> str | None:
    k = s.draw_integer(-1, 1)
    if s.ndim(x) == 1:
        return s.choose(f"xp.diag({x}, {k})", f"xp.diagflat({x}, {k})")
    if s.ndim(x) < 2:
        return None
    return s.choose(f"xp.tril({x}, {k})", f"xp.triu({x}, {k})")


def take_diagonal(s: Sketch, x: str) -> str | None:
    if s.ndim(x) < 2:
        return None
    k = s.draw_integer(-1, 1)
    a, b = s.permute(range(s.ndim(x)))[:2]
    lines = [f"xp.{name}({x}, {k}, {a}, {b})" for name in ("trace", "diagonal")]
    lines += [f"{x}.diagonal({k}, {a}, {b})"]
    return s.choose(*[*lines, f"xp.diag({x}, {k})"] if s.ndim(x) == 2 else lines)


STEPS: list[Any] = [
    reshape, reshape, ravel, transpose, move_axes, squeeze, expand, broadcast, repeat, turn, pad,
    resize,
    slide_window, make_grid, take_triangle, take_diagonal,
]  # fmt: skip
