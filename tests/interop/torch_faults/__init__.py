"""Realistic faults of `torch.autograd.Function`, each with its correct twin."""

from . import axes, contexts, functions, inputs, memory, outputs, places, values  # noqa: F401 - they add pairs
from .pair import PAIRS

__all__ = ["PAIRS"]
