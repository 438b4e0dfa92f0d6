"""Images with labels, or tables: the MNIST of this package, or a dataset of the user or of a plugin."""

from .batches import batches
from .examples import Dataset, Examples, Splits, Task
from .load import load
from .mnist import mnist
from .table import Table

__all__ = ["Dataset", "Examples", "Splits", "Table", "Task", "batches", "load", "mnist"]
