"""Losses. Each takes `reduction`: "mean" (the default), "sum" or "none"."""

from .binary import binary_cross_entropy, binary_cross_entropy_with_logits
from .cosine import cosine
from .cross_entropy import cross_entropy
from .distances import huber, l1, mse, smooth_l1
from .hinge import hinge
from .kl_div import kl_div
from .nll import nll

__all__ = [
    "binary_cross_entropy",
    "binary_cross_entropy_with_logits",
    "cosine",
    "cross_entropy",
    "hinge",
    "huber",
    "kl_div",
    "l1",
    "mse",
    "nll",
    "smooth_l1",
]
