"""A network whose activation is an operation of this plugin."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

from minigrad_core import Module
from minigrad_ops_nn import Linear

from .normal import ndtr

if TYPE_CHECKING:
    import numpy as np

    from minigrad_core import Array, Tensor


class ProbitNetwork(Module):
    """Two affine layers with the normal distribution function between them.

    Parameters
    ----------
    shape : tuple of int
        The channels, height and width of an image.
    classes : int
        The number of classes.
    rng : numpy.random.Generator
        Draws the weights.
    width : int
        The number of hidden values: `--model-arg width=64`.
    """

    def __init__(
        self, shape: tuple[int, int, int], classes: int, *, rng: np.random.Generator, width: int = 32
    ) -> None:
        super().__init__()
        self.inner = Linear(prod(shape), width, rng=rng)
        self.outer = Linear(width, classes, rng=rng)

    def forward(self, images: Array) -> Tensor:
        """Return the logits (n, classes) of images (n, channels x height x width)."""
        return self.outer(ndtr(self.inner(images)))
