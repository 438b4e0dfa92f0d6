"""Activations."""

from .relu import relu
from .sigmoid import sigmoid
from .softmax import log_softmax, softmax

__all__ = ["log_softmax", "relu", "sigmoid", "softmax"]
