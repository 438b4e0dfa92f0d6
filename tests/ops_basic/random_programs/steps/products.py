"""Products of two values, and linear algebra on well-conditioned matrices made from one."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..sketch import Sketch, apart, distinct
from .elementwise import nonzero, positive


def matmul(s: Sketch, x: str) -> str | None:
    if not s.ndim(x):
        return None
    inner = s.shape(x)[-1]
    y = s.other(lambda y: y.ndim > 0 and y.shape[-2 if y.ndim > 1 else 0] == inner)
    if y is None:
        return f"xp.matmul({x}, {x}.swapaxes(-1, -2))" if s.ndim(x) > 1 else f"{x} @ {x}"
    if not _batches(s.shape(x)[:-2], s.shape(y)[:-2]):
        return f"xp.dot({x}, {y})"
    lines = [f"{x} @ {y}", f"xp.matmul({x}, {y})", f"xp.dot({x}, {y})", f"{x}.dot({y})"]
    if s.ndim(y) == 1 and s.ndim(x) > 1:
        lines += [f"xp.matvec({x}, {y})", f"xp.vecmat({y}, {x}.swapaxes(-1, -2))"]
    if s.ndim(x) == s.ndim(y) == 2:
        lines += [f"xp.linalg.multi_dot([{x}, {y}, {y}.T])"]
    return s.one_of(lines)


def _batches(a: tuple[int, ...], b: tuple[int, ...]) -> bool:
    try:
        np.broadcast_shapes(a, b)
    except ValueError:
        return False
    return True


def products(s: Sketch, x: str) -> str | None:
    y = s.other(lambda y: y.size * s.values[x].size <= 40)
    if y is None:
        return None
    lines = [f"xp.outer({x}, {y})", f"xp.kron({x}, {y})", f"xp.tensordot({x}, {y}, axes=0)"]
    lines += [f"xp.{f}.outer({x}, {y})" for f in ("multiply", "add", "subtract", "logaddexp")]
    lines += [f"xp.{f}.outer({x}, {nonzero(s, y)})" for f in ("divide", "hypot", "arctan2")]
    lines += [f"xp.power.outer({positive(s, x)}, xp.tanh({y}))"]
    lines += [f"xp.maximum.outer({x}, {y})"] if apart(np.subtract.outer(s.values[x], s.values[y]), 0) else []
    return s.one_of(lines)


def inner(s: Sketch, x: str) -> str | None:
    if not s.ndim(x):
        return None
    n = s.shape(x)[-1]
    y = s.other(lambda y: y.ndim > 0 and y.shape[-1] == n) or x
    lines = [f"xp.inner({x}, {y})", f"xp.tensordot({x}, {y}, axes=([-1], [-1]))"]
    if s.shape(x) == s.shape(y):
        axes, n_axes = tuple(s.subset(range(s.ndim(x)))), s.ndim(x)
        lines += [f"xp.tensordot({x}, {y}, axes={n_axes})"] if n_axes == 1 else []
        lines += [
            f"xp.vdot({x}, {y})",
            f"xp.linalg.vecdot({x}, {y})",
            f"xp.tensordot({x}, {y}, axes=({axes}, {axes}))",
        ]
    if n == 3:
        lines += [f"xp.cross({x}, {y})"] if _batches(s.shape(x), s.shape(y)) else []
    return s.one_of(lines)


def einsum(s: Sketch, x: str) -> str:
    """Letters by size: equal sizes may share one, within an operand too; any of them may remain."""
    operands = [x] + [s.one_of(list(s.values)) for _ in range(s.integer(0, 2))]
    sizes: dict[str, int] = {}
    subscripts = []
    for operand in operands:
        text = ""
        for n in s.shape(operand):
            known = [letter for letter, size in sizes.items() if size == n]
            letter = s.one_of([*known, *known, "new"])
            if letter == "new":
                letter = "ijklmnopqrst"[len(sizes)]
                sizes[letter] = n
            text += letter
        subscripts.append(text)
    out = "".join(s.subset(list(sizes)))
    arrow = f"->{out}" if s.integer(0, 3) else ""
    if s.integer(0, 3) == 0:  # all axes of the first operand but the last, broadcast
        subscripts[0], arrow = "..." + subscripts[0][-1:], s.one_of(["->...", ""])
    setting = s.one_of(["", ", optimize=True"])
    return f"xp.einsum('{','.join(subscripts)}{arrow}', {', '.join(operands)}{setting})"


def convolve(s: Sketch, x: str) -> str | None:
    if s.ndim(x) != 1 or not s.values[x].size:
        return None
    y = s.other(lambda y: y.ndim == 1 and y.size > 0) or x
    return f"xp.{s.one_of(['convolve', 'correlate'])}({x}, {y}, mode='{s.one_of(['full', 'same', 'valid'])}')"


def statistics(s: Sketch, x: str) -> str | None:
    if s.ndim(x) != 2 or min(s.shape(x)) < 2 or not (np.std(s.values[x], axis=1) > 0.2).all():
        return None
    return s.one_of(
        [
            f"xp.cov({x}, dtype={x}.dtype)",
            f"xp.corrcoef({x}, dtype={x}.dtype)",
            f"xp.cov({x}, rowvar=False, bias=True, dtype={x}.dtype)",
        ]
    )


def polynomial(s: Sketch, x: str) -> str | None:
    y = s.other(lambda y: y.ndim == 1 and 0 < y.size < 5)
    return (
        f"xp.polyval({y}, xp.tanh({x}))"
        if y
        else f"xp.vander({x}, 3).astype({x}.dtype)"
        if s.ndim(x) == 1
        else None
    )


def linspace(s: Sketch, x: str) -> str:
    y = s.partner(x)
    return f"xp.linspace({x}, {y}, {s.integer(2, 3)}, axis={s.one_of([0, -1])})"


def positive_definite(s: Sketch, x: str) -> str | None:
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
    lines += [f"xp.linalg.slogdet({matrix})[1]", f"xp.linalg.matrix_power({matrix} / 9, {s.integer(-1, 3)})"]
    y = s.other(
        lambda y: (
            y.shape == (n,) or (y.ndim >= 2 and y.shape[-2] == n and _batches(y.shape[:-2], s.shape(x)[:-2]))
        )
    )
    lines += [f"xp.linalg.solve({matrix}, {y})"] * 2 if y else []
    if distinct(eigenvalues):
        lines += [
            f"xp.linalg.eigvalsh({matrix})",
            f"xp.linalg.eigh({matrix})[0]",
            f"xp.linalg.eigh({matrix})[1] ** 2",
        ]
    return s.one_of(lines)


def rectangular(s: Sketch, x: str) -> str | None:
    if s.ndim(x) < 2 or 0 in s.shape(x) or max(s.shape(x)[-2:]) > 4:
        return None
    singular = np.linalg.svd(s.values[x].astype(np.float64), compute_uv=False)
    if singular.min() < 0.3 or singular.max() > 10 or not distinct(singular):
        return None
    lines = [f"xp.linalg.pinv({x})", f"xp.linalg.svd({x}, compute_uv=False)", f"xp.linalg.svdvals({x})"]
    if s.shape(x)[-2] >= s.shape(x)[-1]:
        lines += [f"xp.linalg.qr({x})[0]", f"xp.linalg.qr({x})[1]"]
    if s.shape(x)[-2] == s.shape(x)[-1]:
        lines += [f"xp.linalg.inv({x})", f"xp.linalg.det({x})"]
    return s.one_of(lines)


STEPS: list[Any] = [
    matmul, matmul, products, inner, einsum, einsum, convolve, statistics, polynomial, linspace,
    positive_definite, positive_definite, rectangular,
]  # fmt: skip
