"""Multi-head attention and the transformer block."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from minigrad_core import Array, Module, Tensor
from minigrad_core.errors import InputError

from ..attention import scaled_dot_product_attention
from .activation import find_activation
from .construction import check_probability, check_sizes, make_generator
from .dropout import Dropout, draw_mask
from .linear import Linear
from .normalization import LayerNorm


class MultiHeadAttention(Module):
    """Attention with `num_heads` heads of embed_dim / num_heads features. Vaswani et al. 2017, section 3.2.2.

    Parameters
    ----------
    embed_dim : int
        The number of features of query, key, value and output.
    num_heads : int
        The number of heads, a divisor of `embed_dim`.
    bias : bool
        Whether the four projections have a bias.
    dropout : float
        The probability that a weight of the softmax is dropped, in training mode.
    rng : numpy.random.Generator, optional
        Draws the weights and the masks; a fresh one by default.
    dtype : dtype
        The dtype of the parameters.

    Raises
    ------
    InputError
        The heads do not divide the features.
    ArgumentError
        The dropout is not a probability.
    """

    def __init__(
        self,
        embed_dim: int,
        num_heads: int,
        *,
        bias: bool = True,
        dropout: float = 0.0,
        rng: np.random.Generator | None = None,
        dtype: DTypeLike = np.float32,
    ) -> None:
        super().__init__()
        check_sizes(self, embed_dim=embed_dim)
        check_sizes(self, least=1, num_heads=num_heads)
        if embed_dim % num_heads:
            raise InputError(f"MultiHeadAttention: {embed_dim} features do not divide into {num_heads} heads")
        rng = make_generator(rng)
        self.embed_dim, self.num_heads = embed_dim, num_heads
        self.dropout, self._rng = check_probability("MultiHeadAttention", dropout), rng
        # Three separate products for query, key and value: a fused product was no faster.
        self.query = Linear(embed_dim, embed_dim, bias=bias, rng=rng, dtype=dtype)
        self.key = Linear(embed_dim, embed_dim, bias=bias, rng=rng, dtype=dtype)
        self.value = Linear(embed_dim, embed_dim, bias=bias, rng=rng, dtype=dtype)
        self.out = Linear(embed_dim, embed_dim, bias=bias, rng=rng, dtype=dtype)

    def forward(
        self,
        query: Array,
        key: Array | None = None,
        value: Array | None = None,
        *,
        attn_mask: Array | None = None,
        is_causal: bool = False,
    ) -> Tensor:
        """Return (n, l, embed_dim) for query (n, l, embed_dim) and key, value (n, s, embed_dim).

        The key defaults to the query, and the value to the key. attn_mask broadcasts to (n, num_heads, l, s);
        a boolean mask is true where a query attends to a key, as in `scaled_dot_product_attention`.
        PyTorch's layer has the opposite meaning.

        Raises
        ------
        InputError
            The shapes do not fit.
        """
        key = query if key is None else key
        value = key if value is None else value
        if not query.ndim == key.ndim == value.ndim == 3:
            raise InputError(
                f"MultiHeadAttention expected query (n, l, {self.embed_dim}), and key and value (n, s, "
                f"{self.embed_dim}), got {query.shape}, {key.shape} and {value.shape}"
            )
        mask, p = None, self.dropout if self.training else 0.0
        if p:
            mask = draw_mask((len(query), self.num_heads, query.shape[1], key.shape[1]), p, self._rng)
        attended = scaled_dot_product_attention(
            self._split_heads(self.query(query)),
            self._split_heads(self.key(key)),
            self._split_heads(self.value(value)),
            attn_mask,
            mask,
            dropout_p=p,
            is_causal=is_causal,
        )
        return self.out(attended.transpose(0, 2, 1, 3).reshape(*query.shape[:2], self.embed_dim))

    def _split_heads(self, x: Tensor) -> Tensor:
        """Return (n, l, embed_dim) as (n, num_heads, l, embed_dim / num_heads)."""
        features = self.embed_dim // self.num_heads
        return x.reshape(*x.shape[:2], self.num_heads, features).transpose(0, 2, 1, 3)


class TransformerBlock(Module):
    """Attention and a two-layer network, each with a residual connection and a layer norm.

    Parameters
    ----------
    embed_dim, num_heads : int
        The features and the heads of the attention.
    dim_feedforward : int
        The number of hidden features of the network.
    dropout : float
        The probability that a weight of the attention, a hidden value of the network, or an output of the
        attention or of the network is dropped, as in PyTorch.
    activation : str or callable
        The activation of the network: a name as in `MLP`, or a function.
    norm_first : bool
        Whether the inputs of attention and network are normalized (Xiong et al. 2020). If false, the residual
        sums are normalized (Vaswani et al. 2017).
    rng : numpy.random.Generator, optional
        Draws the weights and the masks; a fresh one by default.
    dtype : dtype
        The dtype of the parameters.
    """

    def __init__(
        self,
        embed_dim: int,
        num_heads: int,
        dim_feedforward: int,
        *,
        dropout: float = 0.0,
        activation: str | Callable[[Array], Tensor] = "gelu",
        norm_first: bool = True,
        rng: np.random.Generator | None = None,
        dtype: DTypeLike = np.float32,
    ) -> None:
        super().__init__()
        rng = make_generator(rng)
        self.norm_first = norm_first
        self.attention = MultiHeadAttention(embed_dim, num_heads, dropout=dropout, rng=rng, dtype=dtype)
        self.norm1 = LayerNorm(embed_dim, dtype=dtype)
        self.linear1 = Linear(embed_dim, dim_feedforward, rng=rng, dtype=dtype)
        self.linear2 = Linear(dim_feedforward, embed_dim, rng=rng, dtype=dtype)
        self.norm2 = LayerNorm(embed_dim, dtype=dtype)
        self.dropout = Dropout(dropout, rng=rng)
        self._activate: Any = find_activation(activation) if isinstance(activation, str) else activation

    def forward(self, x: Array, *, attn_mask: Array | None = None, is_causal: bool = False) -> Tensor:
        """Return (n, l, embed_dim) for x of that shape."""

        def attend(x: Any) -> Any:
            return self.dropout(self.attention(x, attn_mask=attn_mask, is_causal=is_causal))

        if self.norm_first:
            x = x + attend(self.norm1(x))
            return x + self._apply_network(self.norm2(x))
        x = self.norm1(x + attend(x))
        return self.norm2(x + self._apply_network(x))

    def _apply_network(self, x: Any) -> Any:
        return self.dropout(self.linear2(self.dropout(self._activate(self.linear1(x)))))
