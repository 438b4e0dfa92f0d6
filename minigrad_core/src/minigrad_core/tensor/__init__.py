"""Where tensors and arrays cross: the class, its operators, NumPy's protocols, the call of an operation."""

from .apply import ComplexTensor, apply, make_output
from .tensor_class import Tensor
from .tensor_from_data import tensor

__all__ = ["ComplexTensor", "Tensor", "apply", "make_output", "tensor"]
