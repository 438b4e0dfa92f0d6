"""Realistic faults of `torch.autograd.Function`, each beside its right twin."""

from . import axes, contexts, functions, inputs, memory, outputs, places, values  # noqa: F401 - they enter the pairs
from .pair import PAIRS

__all__ = ["PAIRS"]
