"""Images with labels, the training loop, and the commands `minigrad train`, `predict` and `runs`."""

from functools import partial
from typing import TYPE_CHECKING

from minigrad_core.package_version import get_package_attribute

from . import datasets
from .evaluation import accuracy, predict
from .history import Epoch, History
from .loop import fit

__all__ = ["Epoch", "History", "accuracy", "datasets", "fit", "predict"]

if TYPE_CHECKING:
    __version__: str
else:
    __getattr__ = partial(get_package_attribute, __name__)
