"""Initializers of parameters."""

from .constant import constant, ones, zeros
from .distributions import normal, truncated_normal, uniform
from .orthogonal import orthogonal
from .scaled import (
    glorot_normal,
    glorot_uniform,
    kaiming_normal,
    kaiming_uniform,
    lecun_normal,
    lecun_uniform,
)

__all__ = [
    "constant",
    "glorot_normal",
    "glorot_uniform",
    "kaiming_normal",
    "kaiming_uniform",
    "lecun_normal",
    "lecun_uniform",
    "normal",
    "ones",
    "orthogonal",
    "truncated_normal",
    "uniform",
    "zeros",
]
