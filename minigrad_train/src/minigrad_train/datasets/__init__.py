"""Images with labels: the MNIST of this package, or a dataset of the user or of a plugin."""

from .batches import batches
from .examples import Dataset, Examples, Splits, Task
from .load import load
from .mnist import mnist

__all__ = ["Dataset", "Examples", "Splits", "Task", "batches", "load", "mnist"]
