"""Convolutions over one and two axes, and their transposes."""

from .conv import conv1d, conv2d
from .conv_transpose import conv_transpose1d, conv_transpose2d

__all__ = ["conv1d", "conv2d", "conv_transpose1d", "conv_transpose2d"]
