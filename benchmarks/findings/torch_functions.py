"""Functions of PyTorch, with cases."""

from . import torch_layers, torch_places, torch_products, torch_values  # noqa: F401 - they fill the list
from .torch_list import LISTED

__all__ = ["LISTED"]
