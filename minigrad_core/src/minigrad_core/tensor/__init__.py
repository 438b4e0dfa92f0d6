"""The class `Tensor` with its operators and NumPy's protocols, and the call of an operation on tensors."""

from . import assignment, fallback  # noqa: F401 - they fill slots of FUNCTIONS
from .apply import apply, make_output
from .kinds import ComplexTensor, freeze
from .tensor_class import Tensor
from .tensor_from_data import tensor

__all__ = ["ComplexTensor", "Tensor", "apply", "freeze", "make_output", "tensor"]
