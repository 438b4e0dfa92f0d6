"""Linear layers and the multilayer perceptron."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, Never

import numpy as np
from numpy.typing import DTypeLike

from minigrad_core import Array, Module, ModuleList, Parameter, Tensor
from minigrad_core.errors import ArgumentError, InputError

from ..affine import affine
from ..initializers import glorot_uniform, zeros
from .activation import find_activation
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


class MLP(Module):
    """Linear layers with an activation between them: (..., sizes[0]) -> (..., sizes[-1]).

    Parameters
    ----------
    sizes : sequence of int
        The sizes of the input, the hidden layers and the output; two sizes make a linear network.
    activation : str
        "relu", "tanh", another activation of this package, or a registered operation ("mine::gelu").
    rng : numpy.random.Generator, optional
        Draws the weights; a fresh one by default.
    dtype : dtype
        The dtype of the parameters.

    Raises
    ------
    InputError
        Fewer than two sizes.
    ArgumentError
        The sizes are not a sequence of whole numbers.

    Examples
    --------
    >>> MLP([784, 100, 100, 10])(np.zeros((32, 784), np.float32)).shape
    (32, 10)
    """

    def __init__(
        self,
        sizes: Sequence[int],
        *more: Never,
        activation: str = "relu",
        rng: np.random.Generator | None = None,
        dtype: DTypeLike = np.float32,
    ) -> None:
        super().__init__()
        if more or isinstance(sizes, (int, str)):
            given = ", ".join(map(repr, (sizes, *more)))
            raise ArgumentError(f"MLP: sizes must be one sequence, as in MLP([784, 100, 10]), got {given}")
        if len(sizes) < 2:
            raise InputError(f"MLP needs the sizes of input and output at least, got {list(sizes)}")
        rng = make_generator(rng)
        self.activation = activation
        self.layers = ModuleList(Linear(n, m, rng=rng, dtype=dtype) for n, m in pairwise(sizes))
        self._activate: Any = find_activation(activation)

    def forward(self, x: Array) -> Tensor:
        """Return the output of the last layer, which has no activation."""
        *hidden, last = self.layers
        for layer in hidden:
            x = self._activate(layer(x))
        return last(x)
