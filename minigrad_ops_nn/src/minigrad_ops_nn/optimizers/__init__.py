"""Rules that update parameters."""

from .adam import Adam
from .sgd import SGD

__all__ = ["SGD", "Adam"]
