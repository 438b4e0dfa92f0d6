"""Realistic faults of `jax.custom_vjp` and `jax.custom_jvp`, each beside its right twin."""

from . import axes, outputs, values  # noqa: F401 - they enter the pairs
from .pair import PAIRS

__all__ = ["PAIRS"]
