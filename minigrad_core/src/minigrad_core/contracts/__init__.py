"""The contracts of operations, initializers and optimizers. To write a plugin, read these files."""

from .initializer import Initializer, fans
from .operation import Operation, OperationLike
from .optimizer import Optimizer, Params, State

__all__ = [
    "Initializer",
    "Operation",
    "OperationLike",
    "Optimizer",
    "Params",
    "State",
    "fans",
]
