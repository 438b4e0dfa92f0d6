"""MNIST, the training loop and the `minigrad train` command."""

from . import datasets

__all__ = ["datasets"]
