"""Sequential containers."""

from __future__ import annotations

from typing import Any

from minigrad_core import Module, ModuleList


class Sequential(ModuleList):
    """Applies `modules` in order. Their names are "0", "1", ..., as in PyTorch.

    Examples
    --------
    >>> import numpy as np
    >>> from minigrad_ops_nn import Linear, ReLU
    >>> Sequential(Linear(4, 8), ReLU(), Linear(8, 2))(np.ones((5, 4), np.float32)).shape
    (5, 2)
    """

    def __init__(self, *modules: Module) -> None:
        super().__init__(modules)

    def forward(self, x: Any) -> Any:
        for module in self:
            x = module(x)
        return x
