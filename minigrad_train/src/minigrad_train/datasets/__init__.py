"""Images with labels: MNIST as it ships with the package, or any set that the user points at."""

from .batches import batches
from .examples import Dataset, Examples, Splits, Task
from .load import load
from .mnist import mnist

__all__ = ["Dataset", "Examples", "Splits", "Task", "batches", "load", "mnist"]
