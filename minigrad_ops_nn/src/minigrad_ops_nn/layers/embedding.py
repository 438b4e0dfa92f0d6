"""Embedding layers."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from minigrad_core import Module, Parameter, Tensor
from minigrad_core.errors import InputError

from ..embedding import embedding
from ..initializers import normal
from .construction import check_sizes, make_generator


class Embedding(Module):
    """A learned row for each index: indices (...) -> (..., embedding_dim).

    Parameters
    ----------
    num_embeddings, embedding_dim : int
        The weight is (num_embeddings, embedding_dim), drawn from the standard normal distribution.
    padding_idx : int, optional
        The index of padding: its output is zeros, and its row gets no gradient.
    rng : numpy.random.Generator, optional
        Draws the weight; a fresh one by default.
    dtype : dtype
        The dtype of the weight.

    Raises
    ------
    InputError
        `padding_idx`, or an index, is out of range.
    """

    def __init__(
        self,
        num_embeddings: int,
        embedding_dim: int,
        *,
        padding_idx: int | None = None,
        rng: np.random.Generator | None = None,
        dtype: DTypeLike = np.float32,
    ) -> None:
        super().__init__()
        check_sizes(self, num_embeddings=num_embeddings, embedding_dim=embedding_dim)
        if padding_idx is not None and not 0 <= padding_idx < num_embeddings:
            raise InputError(f"Embedding expected padding_idx in [0, {num_embeddings}), got {padding_idx}")
        self.num_embeddings, self.embedding_dim = num_embeddings, embedding_dim
        self.padding_idx = padding_idx
        shape = (num_embeddings, embedding_dim)
        self.weight = Parameter(normal(shape, rng=make_generator(rng), dtype=dtype, stddev=1.0))
        if padding_idx is not None:
            self.weight.data[padding_idx] = 0

    def forward(self, indices: Any) -> Tensor:
        rows = embedding(indices, self.weight)
        if self.padding_idx is None:
            return rows
        return rows * np.expand_dims(np.not_equal(indices, self.padding_idx), -1)

    def extra_repr(self) -> str:
        padding = "" if self.padding_idx is None else f", padding_idx={self.padding_idx}"
        return f"{self.num_embeddings}, {self.embedding_dim}{padding}"
