"""Realistic faults of `jax.custom_vjp` and `jax.custom_jvp`, each with its correct twin."""

from . import axes, outputs, values  # noqa: F401 - they add pairs
from .pair import PAIRS

__all__ = ["PAIRS"]
