"""Attention and dropout by their formulas."""

from __future__ import annotations

import numpy as np

from minigrad_core import Array


def dropout(x: Array, mask: Array, *, p: float = 0.5) -> Array:
    """Return the values that the mask keeps, divided by the probability 1 - p; zeros for p = 1."""
    return x * mask / (1 - p) if p < 1 else x * mask * 0


def scaled_dot_product_attention(
    query: Array,
    key: Array,
    value: Array,
    attn_mask: Array | None = None,
    dropout_mask: Array | None = None,
    *,
    dropout_p: float = 0.0,
    is_causal: bool = False,
    scale: float | None = None,
) -> Array:
    """Return `softmax(query @ key.T * scale + mask) @ value`."""
    scores = query @ np.swapaxes(key, -1, -2) * (query.shape[-1] ** -0.5 if scale is None else scale)
    if is_causal:
        scores = np.where(np.tri(*scores.shape[-2:], dtype=np.bool_), scores, -np.inf)
    if attn_mask is not None:
        scores = np.where(attn_mask, scores, -np.inf) if attn_mask.dtype.kind == "b" else scores + attn_mask
    weights = np.exp(scores - np.maximum(scores.max(axis=-1, keepdims=True, initial=-np.inf), -1e300))
    weights = weights / np.where(weights.any(axis=-1, keepdims=True), weights.sum(axis=-1, keepdims=True), 1)
    return (weights if dropout_mask is None else dropout(weights, dropout_mask, p=dropout_p)) @ value
