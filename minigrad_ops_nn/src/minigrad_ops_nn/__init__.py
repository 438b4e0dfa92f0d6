"""Activations, losses, layers, initializers and optimizers for minigrad."""

from .layers import MLP, Linear, LogSoftmax, ReLU, Sequential, Sigmoid, Softmax, Tanh

__all__ = ["MLP", "Linear", "LogSoftmax", "ReLU", "Sequential", "Sigmoid", "Softmax", "Tanh"]
