"""MNIST, the training loop and the `minigrad train` command."""

from . import datasets
from .evaluation import accuracy, predict
from .history import Epoch, History
from .loop import fit

__all__ = ["Epoch", "History", "accuracy", "datasets", "fit", "predict"]
