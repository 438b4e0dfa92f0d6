"""Linear layers."""

from __future__ import annotations

import numpy as np
from numpy.typing import DTypeLike

from minigrad_core import Array, Module, Parameter, Tensor

from ..affine import affine
from ..initializers import glorot_uniform, zeros
from .construction import check_sizes, make_generator


class Linear(Module):
    """`x @ weight + bias`, for x: (..., in_features) -> (..., out_features).

    Parameters
    ----------
    in_features, out_features : int
        The weight is (in_features, out_features), the transpose of PyTorch's.
    bias : bool
        Whether the layer has a bias (out_features,), which starts at zero.
    rng : numpy.random.Generator, optional
        Draws the weight by `glorot_uniform`; a fresh one by default.
    dtype : dtype
        The dtype of the parameters.

    Raises
    ------
    ArgumentError
        A size is negative or not a whole number, `rng` is not a generator, or `dtype` is not floating point.
    """

    def __init__(
        self,
        in_features: int,
        out_features: int,
        *,
        bias: bool = True,
        rng: np.random.Generator | None = None,
        dtype: DTypeLike = np.float32,
    ) -> None:
        super().__init__()
        check_sizes(self, in_features=in_features, out_features=out_features)
        rng = make_generator(rng)
        self.in_features, self.out_features = in_features, out_features
        self.weight = Parameter(glorot_uniform((in_features, out_features), rng=rng, dtype=dtype))
        self.bias = Parameter(zeros((out_features,), rng=rng, dtype=dtype)) if bias else None

    def forward(self, x: Array) -> Tensor:
        if self.bias is None:
            return affine(x, self.weight)
        return affine(x, self.weight, self.bias)

    def extra_repr(self) -> str:
        return f"{self.in_features}, {self.out_features}{', bias=False' if self.bias is None else ''}"
