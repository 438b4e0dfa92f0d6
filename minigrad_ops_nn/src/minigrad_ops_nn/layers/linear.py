"""Linear layers."""

from __future__ import annotations

import numpy as np
from numpy.typing import DTypeLike

from minigrad_core import Array, Module, Parameter, Tensor

from ..affine import affine
from ..initializers import glorot_uniform, zeros
from .initial import make_generator
from .sizes import check_sizes


class Linear(Module):
    """`x @ weight + bias`, for x: (..., in_features) -> (..., out_features).

    Parameters
    ----------
    in_features, out_features : int
        The weight is (in_features, out_features), the transpose of PyTorch's.
    bias : bool
        Whether a bias (out_features,) is added.
    rng : numpy.random.Generator, optional
        Draws the weight, glorot_uniform; a fresh one by default. The bias starts at zero.
    dtype : dtype
        Of the parameters.

    Raises
    ------
    ArgumentError
        A size that is no whole number, or negative; no generator, or no floating point type.
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
        """Return the sizes."""
        return f"{self.in_features}, {self.out_features}{', bias=False' if self.bias is None else ''}"
