"""Images with labels, the training loop, and the commands `minigrad train`, `predict` and `runs`."""

from typing import TYPE_CHECKING, Any

from . import datasets
from .evaluation import accuracy, predict
from .history import Epoch, History
from .loop import fit

__all__ = ["Epoch", "History", "accuracy", "datasets", "fit", "predict"]

if TYPE_CHECKING:
    __version__: str
else:

    def __getattr__(name: str) -> Any:
        if name == "__version__":
            from importlib.metadata import version  # it takes 30 ms to import

            return version("minigrad-train")
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
