"""Modules to build networks of."""

from .activation import LogSoftmax, ReLU, Sigmoid, Softmax, Tanh
from .linear import Linear
from .mlp import MLP
from .sequential import Sequential

__all__ = ["MLP", "Linear", "LogSoftmax", "ReLU", "Sequential", "Sigmoid", "Softmax", "Tanh"]
