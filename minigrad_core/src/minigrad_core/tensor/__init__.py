"""The class `Tensor` with its operators and NumPy's protocols, and the call of an operation on tensors."""

from .apply import ComplexTensor, apply, make_output
from .tensor_class import Tensor
from .tensor_from_data import tensor

__all__ = ["ComplexTensor", "Tensor", "apply", "make_output", "tensor"]
