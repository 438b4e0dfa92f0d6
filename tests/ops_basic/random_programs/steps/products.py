"""Products of two values, and linear algebra on well-conditioned matrices made from one."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..sketch import Sketch, is_apart, is_distinct
from .elementwise import make_nonzero, make_positive


def matmul(s: Sketch, x: str) -> str | None:
    if not s.ndim(x):
        return None
    inner = s.shape(x)[-1]
    y = s.find_fitting(lambda y: y.ndim > 0 and y.shape[-2 if y.ndim > 1 else 0] == inner)
    if y is None:
        return f"xp.matmul({x}, {x}.swapaxes(-1, -2))" if s.ndim(x) > 1 else f"{x} @ {x}"
    if not _broadcasts(s.shape(x)[:-2], s.shape(y)[:-2]):
        return f"xp.dot({x}, {y})"
    lines = [f"{x} @ {y}", f"xp.matmul({x}, {y})", f"xp.dot({x}, {y})", f"{x}.dot({y})"]
    if s.ndim(y) == 1 and s.ndim(x) > 1:
        lines += [f"xp.matvec({x}, {y})", f"xp.vecmat({y}, {x}.swapaxes(-1, -2))"]
    if s.ndim(x) == s.ndim(y) == 2:
        lines += [f"xp.linalg.multi_dot([{x}, {y}, {y}.T])"]
    return s.choose(*lines)


def _broadcasts(a: tuple[int, ...], b: tuple[int, ...]) -> bool:
    try:
        np.broadcast_shapes(a, b)
    except ValueError:
        return False
    return True


def multiply_outer(s: Sketch, x: str) -> str | None:
    y = s.find_fitting(lambda y: y.size * s.values[x].size <= 40)
    if y is None:
        return None
    lines = [f"xp.outer({x}, {y})", f"xp.kron({x}, {y})", f"xp.tensordot({x}, {y}, axes=0)"]
    lines += [f"xp.{f}.outer({x}, {y})" for f in ("multiply", "add", "subtract", "logaddexp")]
    lines += [f"xp.{f}.outer({x}, {make_nonzero(s, y)})" for f in ("divide", "hypot", "arctan2")]
    lines += [f"xp.power.outer({make_positive(s, x)}, xp.tanh({y}))"]
    lines += (
        [f"xp.maximum.outer({x}, {y})"] if is_apart(np.subtract.outer(s.values[x], s.values[y]), 0) else []
    )
    return s.choose(*lines)


def multiply_inner(s: Sketch, x: str) -> str | None:
    if not s.ndim(x):
        return None
    n = s.shape(x)[-1]
    y = s.find_fitting(lambda y: y.ndim > 0 and y.shape[-1] == n) or x
    lines = [f"xp.inner({x}, {y})", f"xp.tensordot({x}, {y}, axes=([-1], [-1]))"]
    if s.shape(x) == s.shape(y):
        axes, n_axes = tuple(s.draw_subset(range(s.ndim(x)))), s.ndim(x)
        lines += [f"xp.tensordot({x}, {y}, axes={n_axes})"] if n_axes == 1 else []
        lines += [
            f"xp.vdot({x}, {y})",
            f"xp.linalg.vecdot({x}, {y})",
            f"xp.tensordot({x}, {y}, axes=({axes}, {axes}))",
        ]
    if n == 3:
        lines += [f"xp.cross({x}, {y})"] if _broadcasts(s.shape(x), s.shape(y)) else []
    return s.choose(*lines)


def einsum(s: Sketch, x: str) -> str:
    """Letters by size: equal sizes may share one, within an operand too; any of them may remain."""
    operands = [x] + [s.choose(*list(s.values)) for _ in range(s.draw_integer(0, 2))]
    sizes: dict[str, int] = {}
    subscripts = []
    for operand in operands:
        text = ""
        for n in s.shape(operand):
            known = [letter for letter, size in sizes.items() if size == n]
            letter = s.choose(*known, *known, "new")
            if letter == "new":
                letter = "ijklmnopqrst"[len(sizes)]
                sizes[letter] = n
            text += letter
        subscripts.append(text)
    out = "".join(s.draw_subset(list(sizes)))
    arrow = f"->{out}" if s.draw_integer(0, 3) else ""
    if s.draw_integer(0, 3) == 0:  # all axes of the first operand but the last, broadcast
        subscripts[0], arrow = "..." + subscripts[0][-1:], s.choose("->...", "")
    setting = s.choose("", ", optimize=True")
    return f"xp.einsum('{','.join(subscripts)}{arrow}', {', '.join(operands)}{setting})"


def convolve(s: Sketch, x: str) -> str | None:
    if s.ndim(x) != 1 or not s.values[x].size:
        return None
    y = s.find_fitting(lambda y: y.ndim == 1 and y.size > 0) or x
    return f"xp.{s.choose('convolve', 'correlate')}({x}, {y}, mode='{s.choose('full', 'same', 'valid')}')"


def take_covariance(s: Sketch, x: str) -> str | None:
    if s.ndim(x) != 2 or min(s.shape(x)) < 2 or not (np.std(s.values[x], axis=1) > 0.2).all():
        return None
    return s.choose(
        f"xp.cov({x}, dtype={x}.dtype)",
        f"xp.corrcoef({x}, dtype={x}.dtype)",
        f"xp.cov({x}, rowvar=False, bias=True, dtype={x}.dtype)",
    )


def evaluate_polynomial(s: Sketch, x: str) -> str | None:
    y = s.find_fitting(lambda y: y.ndim == 1 and 0 < y.size < 5)
    return (
        f"xp.polyval({y}, xp.tanh({x}))"
        if y
        else f"xp.vander({x}, 3).astype({x}.dtype)"
        if s.ndim(x) == 1
        else None
    )


def space_linearly(s: Sketch, x: str) -> str:
    y = s.find_partner(x)
    return f"xp.linspace({x}, {y}, {s.draw_integer(2, 3)}, axis={s.choose(0, -1)})"


def use_positive_definite(s: Sketch, x: str) -> str | None:
    """Functions of x x^T + 2, or of a stack of such matrices."""
    n = s.shape(x)[-2] if s.ndim(x) > 1 else 0
    if not 0 < n <= 4 or not s.values[x].size:
        return None
    value = s.values[x].astype(np.float64)  # LAPACK has no half precision
    eigenvalues = np.linalg.eigvalsh(value @ value.swapaxes(-1, -2) + 2 * np.eye(n))
    if eigenvalues.max() > 100:
        return None
    matrix = f"({x} @ {x}.swapaxes(-1, -2) + 2 * np.eye({n}, dtype={x}.dtype))"
    lines = [f"xp.linalg.{f}({matrix})" for f in ("inv", "cholesky", "det", "pinv")]
    lines += [
        f"xp.linalg.slogdet({matrix})[1]",
        f"xp.linalg.matrix_power({matrix} / 9, {s.draw_integer(-1, 3)})",
    ]
    y = s.find_fitting(
        lambda y: (
            y.shape == (n,)
            or (y.ndim >= 2 and y.shape[-2] == n and _broadcasts(y.shape[:-2], s.shape(x)[:-2]))
        )
    )
    lines += [f"xp.linalg.solve({matrix}, {y})"] * 2 if y else []
    if is_distinct(eigenvalues):
        lines += [
            f"xp.linalg.eigvalsh({matrix})",
            f"xp.linalg.eigh({matrix})[0]",
            f"xp.linalg.eigh({matrix})[1] ** 2",
        ]
    return s.choose(*lines)


def use_rectangular(s: Sketch, x: str) -> str | None:
    if s.ndim(x) < 2 or 0 in s.shape(x) or max(s.shape(x)[-2:]) > 4:
        return None
    singular = np.linalg.svd(s.values[x].astype(np.float64), compute_uv=False)
    if singular.min() < 0.3 or singular.max() > 10 or not is_distinct(singular):
        return None
    lines = [f"xp.linalg.pinv({x})", f"xp.linalg.svd({x}, compute_uv=False)", f"xp.linalg.svdvals({x})"]
    if s.shape(x)[-2] >= s.shape(x)[-1]:
        lines += [f"xp.linalg.qr({x})[0]", f"xp.linalg.qr({x})[1]"]
    if s.shape(x)[-2] == s.shape(x)[-1]:
        lines += [f"xp.linalg.inv({x})", f"xp.linalg.det({x})"]
    return s.choose(*lines)


STEPS: list[Any] = [
    matmul, matmul, multiply_outer, multiply_inner, einsum, einsum, convolve, take_covariance,
    evaluate_polynomial, space_linearly, use_positive_definite, use_positive_definite, use_rectangular,
]  # fmt: skip
