"""Normalizations."""

from .batch_norm import batch_norm
from .group_norm import group_norm
from .layer_norm import layer_norm, rms_norm

__all__ = ["batch_norm", "group_norm", "layer_norm", "rms_norm"]
