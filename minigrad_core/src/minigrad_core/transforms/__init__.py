"""Functions of functions: derivatives of any order."""

from .checkpointing import checkpoint
from .forward import hvp, jvp
from .jacobians import hessian, jacobian
from .reverse import grad, value_and_grad, vjp

__all__ = ["checkpoint", "grad", "hessian", "hvp", "jacobian", "jvp", "value_and_grad", "vjp"]
