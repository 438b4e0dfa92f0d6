"""Right operations from papers: a determinant, a quotient that cancels."""

from __future__ import annotations

from math import factorial
from typing import Any

import numpy as np

from minigrad_core import Operation
from minigrad_core.cases import Case, between, dominant


class VolumeLog(Operation):
    """log det of the symmetric part of A: (n, n), diagonally dominant. dA = grad times its inverse."""

    name = "volume_log"
    cases = (Case(A=dominant("n n")),)

    def forward(self, ctx: Any, A: Any) -> Any:
        if A.ndim != 2 or A.shape[0] != A.shape[1]:
            raise ValueError(f"volume_log: a square matrix, got {A.shape}")
        S = (A + A.T) / 2
        ctx.save(S)
        return self.doubled_log(np.diagonal(np.linalg.cholesky(S)))

    def doubled_log(self, roots: Any) -> Any:
        return 2 * np.log(roots).sum()

    def backward(self, ctx: Any, grad: Any) -> Any:
        (S,) = ctx.saved
        return grad * np.linalg.inv(S)


class SineRatio(Operation):
    """sinh(x) / x, 1 at 0; any shape, in (-50, 50). d/dx = (cosh x - sinh(x) / x) / x; near 0 a series."""

    name = "sine_ratio"
    broadcasts = True
    cases = (Case(x=between(-50, 50)),)

    def forward(self, ctx: Any, x: Any) -> Any:
        ctx.save(x)
        wide = np.where(x == 0, 1, x)
        return np.where(x == 0, 1, np.sinh(wide) / wide)

    def near(self, x: Any) -> Any:
        return np.abs(x) < 1

    def backward(self, ctx: Any, grad: Any) -> Any:
        (x,) = ctx.saved
        near = self.near(x)
        small, wide = np.where(near, x, 0), np.where(near, 1, x)
        series = sum(2 * j / factorial(2 * j + 1) * small ** (2 * j - 1) for j in range(1, 12))
        return grad * np.where(near, series, (np.cosh(wide) - np.sinh(wide) / wide) / wide)
