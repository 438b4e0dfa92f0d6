"""Activations."""

from .elu import celu, elu, selu
from .gated import glu, mish, silu
from .gelu import gelu
from .hard import hard_sigmoid, hard_swish
from .normal_cdf import normal_cdf
from .rectifiers import leaky_relu, prelu, relu
from .sigmoid import log_sigmoid, sigmoid, softplus
from .softmax import log_softmax, softmax

__all__ = [
    "celu",
    "elu",
    "gelu",
    "glu",
    "hard_sigmoid",
    "hard_swish",
    "leaky_relu",
    "log_sigmoid",
    "log_softmax",
    "mish",
    "normal_cdf",
    "prelu",
    "relu",
    "selu",
    "sigmoid",
    "silu",
    "softmax",
    "softplus",
]
