"""Orthogonal matrices."""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from minigrad_core import Initializer
from minigrad_core.array import Shape
from minigrad_core.testing import references

from .draws import check_floating_dtype


class Orthogonal(Initializer):
    """`gain` times a uniformly drawn matrix with orthonormal columns, or rows if it is wide.

    Saxe et al. 2014, drawn as in Mezzadri 2007, section 4. A convolution (out, in, ...) is treated as the
    matrix (out, in * ...), and a vector as one column: its length is `gain`.
    """

    name = "orthogonal"
    reference = staticmethod(references.orthogonal)

    def __call__(
        self, shape: Shape, *, rng: np.random.Generator, dtype: DTypeLike = np.float32, gain: float = 1.0
    ) -> NDArray[Any]:
        rows, columns = prod(shape[:1]), prod(shape[1:])
        tall = rng.standard_normal((max(rows, columns), min(rows, columns)))
        q, r = np.linalg.qr(tall)
        # LAPACK chooses the signs of R's diagonal; multiplying by them makes the draw uniform.
        q *= np.copysign(1.0, np.diagonal(r))
        return (gain * (q if rows >= columns else q.T)).reshape(shape).astype(check_floating_dtype(dtype))

    def std(self, fan_in: int, fan_out: int) -> None:
        """Return None: the value, 1 / sqrt(longer side), does not follow from the fans."""


orthogonal = Orthogonal()
