"""minigrad teaches derivatives to NumPy."""

from .array import Array
from .contracts import Initializer, NonDifferentiable, Operation, OperationLike, Optimizer
from .engine.modes import no_grad
from .engine.node import Context
from .errors import MinigradError
from .parameter import Parameter
from .module import Module, ModuleList
from .tensor import Tensor, tensor
from .transforms import grad, value_and_grad, vjp

__all__ = [
    "Array",
    "Context",
    "Initializer",
    "MinigradError",
    "Module",
    "ModuleList",
    "NonDifferentiable",
    "Operation",
    "OperationLike",
    "Optimizer",
    "Parameter",
    "Tensor",
    "grad",
    "no_grad",
    "tensor",
    "value_and_grad",
    "vjp",
]
