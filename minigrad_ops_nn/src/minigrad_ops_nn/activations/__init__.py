"""Activations."""

from .elu import celu, elu, selu
from .gelu import gelu
from .glu import glu
from .hard import hard_sigmoid, hard_swish
from .leaky_relu import leaky_relu, prelu
from .mish import mish
from .normal_cdf import normal_cdf
from .relu import relu
from .sigmoid import sigmoid
from .silu import silu
from .softmax import log_softmax, softmax
from .softplus import log_sigmoid, softplus

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
