"""MNIST: as it ships with the package, or from files that the user points at."""

from .batches import batches
from .examples import Examples, Splits
from .mnist import mnist

__all__ = ["Examples", "Splits", "batches", "mnist"]
