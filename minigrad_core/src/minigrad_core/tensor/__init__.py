"""Where tensors and arrays cross: the class, its operators, NumPy's protocols, the call of an operation."""

from .apply import ComplexTensor, apply, output_of
from .tensor_class import Tensor
from .tensor_from_data import tensor

__all__ = ["ComplexTensor", "Tensor", "apply", "output_of", "tensor"]
