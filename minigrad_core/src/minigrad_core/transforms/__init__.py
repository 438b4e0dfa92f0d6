"""Functions of functions: derivatives of any order."""

from .reverse import grad, value_and_grad, vjp

__all__ = ["grad", "value_and_grad", "vjp"]
