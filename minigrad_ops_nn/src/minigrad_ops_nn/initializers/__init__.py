"""Initializers of parameters."""

from .distributions import constant, normal, ones, truncated_normal, uniform, zeros
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
