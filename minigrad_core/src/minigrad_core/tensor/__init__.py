"""Where tensors and arrays cross: the class, its operators, NumPy's protocols, the call of an operation."""

from .apply import apply
from .tensor import Tensor, tensor

__all__ = ["Tensor", "apply", "tensor"]
