"""Constant initializers."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from minigrad_core import Initializer
from minigrad_core.array import Shape
from minigrad_core.testing import references


class Constant(Initializer):
    """Every value is `value`; nothing is drawn from the generator.

    Examples
    --------
    >>> Constant("halves", 0.5)((2, 3), rng=np.random.default_rng(0))
    array([[0.5, 0.5, 0.5],
           [0.5, 0.5, 0.5]], dtype=float32)
    """

    def __init__(self, name: str, value: float) -> None:
        self.name = name
        self.value = value
        self.reference = partial(references.constant, value=value)

    def __call__(
        self,
        shape: Shape,
        *,
        rng: np.random.Generator,
        dtype: DTypeLike = np.float32,
        value: float | None = None,
    ) -> NDArray[Any]:
        return np.full(shape, self.value if value is None else value, dtype)

    def std(self, fan_in: int, fan_out: int) -> float:
        return 0.0


zeros = Constant("zeros", 0.0)
ones = Constant("ones", 1.0)
constant = Constant("constant", 0.0)
