"""Images with labels, the training loop, and the commands `minigrad train`, `predict` and `runs`."""

from . import datasets
from .evaluation import accuracy, predict
from .history import Epoch, History
from .loop import fit

__all__ = ["Epoch", "History", "accuracy", "datasets", "fit", "predict"]
