"""What plugins owe. To write a plugin, read these files."""

from .initializer import Initializer, fans
from .operation import Operation, OperationLike
from .optimizer import Optimizer

__all__ = ["Initializer", "Operation", "OperationLike", "Optimizer", "fans"]
