"""Values joined and divided."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ..sketch import Sketch


def _find_joinable(s: Sketch, x: str, axis: int) -> str:
    """Return a value that joins with `x` along the axis."""

    def fits(y: Any) -> bool:
        a, b = list(s.shape(x)), list(y.shape)
        return len(a) == len(b) and [*a[:axis], *a[axis + 1 :]] == [*b[:axis], *b[axis + 1 :]]

    return s.find_fitting(fits) or x


def join(s: Sketch, x: str) -> str | None:
    if not s.ndim(x):
        return f"xp.stack([{x}, {_find_joinable(s, x, 0)}])"
    axis = s.draw_integer(0, s.ndim(x) - 1)
    y = _find_joinable(s, x, axis)
    axis -= s.ndim(x) * s.draw_flag()
    return s.choose(
        f"xp.concatenate([{x}, {y}], axis={axis})", f"xp.concatenate(({y}, {x}, {y}), axis={axis})",
        f"xp.append({y}, {x}, axis={axis})", f"xp.concatenate([{x}, {y}], axis=None)",
        f"xp.append({x}, {y})",
    )  # fmt: skip


def stack(s: Sketch, x: str) -> str:
    y = s.find_fitting(lambda y: y.shape == s.shape(x)) or x
    axis = s.draw_integer(-s.ndim(x) - 1, s.ndim(x))
    rows = [f"xp.stack(list({x})[::-1])"] if s.ndim(x) and s.shape(x)[0] else []
    return s.choose(
        *rows, f"xp.stack([{x}, {y}], axis={axis})", *(f"xp.{n}stack([{x}, {y}])" for n in ("v", "h", "d"))
    )


def stack_columns(s: Sketch, x: str) -> str | None:
    if s.ndim(x) not in (1, 2):
        return None
    y = s.find_fitting(lambda y: y.ndim in (1, 2) and len(y) == s.shape(x)[0]) or x
    return f"xp.column_stack([{x}, {y}])"


def split(s: Sketch, x: str) -> str | None:
    if not s.ndim(x):
        return None
    axis = s.draw_axis(x)
    n = s.shape(x)[axis]
    lines = [
        f"xp.array_split({x}, 2, axis={axis})[{s.draw_integer(0, 1)}]",
        f"xp.split({x}, [1, {max(n - 1, 1)}], axis={axis})[{s.draw_integer(0, 2)}]",
    ]
    if n:
        lines += [
            f"xp.unstack({x}, axis={axis})[{s.draw_integer(-n, n - 1)}]",
            f"xp.split({x}, {n}, axis={axis})[-1] * xp.split({x}, {n}, axis={axis})[0]",
        ]
    if s.ndim(x) > 1:
        lines += [f"xp.hsplit({x}, [1])[1]", f"xp.vsplit({x}, [1])[0]"]
    return s.choose(*lines)


STEPS: list[Any] = [join, stack, stack_columns, split]
