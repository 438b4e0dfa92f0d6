"""The multilayer perceptron."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, Never

import numpy as np
from numpy.typing import DTypeLike

from minigrad_core import Array, Module, ModuleList, Tensor
from minigrad_core.errors import ArgumentError, InputError

from .activation import find_activation
from .construction import make_generator
from .linear import Linear


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
