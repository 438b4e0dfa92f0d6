"""Losses by their formulas."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad_core import Array

from .activations import to_floats


def mse(x: Array, target: Array, *, reduction: str = "mean") -> Array:
    """Return `(x - target)^2`."""
    return _reduce((to_floats(x) - target) ** 2, reduction)


def l1(x: Array, target: Array, *, reduction: str = "mean") -> Array:
    """Return `|x - target|`."""
    return _reduce(np.abs(to_floats(x) - target), reduction)


def huber(x: Array, target: Array, *, reduction: str = "mean", delta: float = 1.0) -> Array:
    """Return `d^2 / 2` where |d| <= delta, else the tangent at delta."""
    d = np.abs(to_floats(x) - target)
    return _reduce(np.where(d <= delta, d * d / 2, delta * (d - delta / 2)), reduction)


def smooth_l1(x: Array, target: Array, *, reduction: str = "mean", beta: float = 1.0) -> Array:
    """Return huber divided by beta, or l1 for beta = 0."""
    if beta == 0:
        return l1(x, target, reduction=reduction)
    return huber(x, target, reduction=reduction, delta=beta) / beta


def hinge(x: Array, target: Array, *, margin: float = 1.0, reduction: str = "mean") -> Array:
    """Return `max(0, margin - target x)`."""
    return _reduce(np.maximum(margin - to_floats(x) * target, 0), reduction)


def cosine(x: Array, target: Array, *, axis: int = -1, eps: float = 1e-8, reduction: str = "mean") -> Array:
    """Return 1 minus the cosine of the angle."""
    u, v = (
        a / np.maximum(np.sqrt((a * a).sum(axis=axis, keepdims=True)), eps) for a in (to_floats(x), target)
    )
    return _reduce(1 - (u * v).sum(axis=axis), reduction)


def binary_cross_entropy(
    x: Array, target: Array, weight: Array | None = None, *, reduction: str = "mean"
) -> Array:
    """Return `-(t log x + (1 - t) log(1 - x))`, with logarithms of at least -100."""
    yes, no = np.maximum(np.log(to_floats(x)), -100), np.maximum(np.log1p(-to_floats(x)), -100)
    losses = -(target * yes + (1 - target) * no)
    return _reduce(losses if weight is None else losses * weight, reduction)


def binary_cross_entropy_with_logits(
    x: Array,
    target: Array,
    weight: Array | None = None,
    pos_weight: Array | None = None,
    *,
    reduction: str = "mean",
) -> Array:
    """Return the cross-entropy of `1 / (1 + exp(-x))`."""
    yes, no = np.logaddexp(0 * target, -to_floats(x)), np.logaddexp(0 * target, to_floats(x))
    losses = target * yes * (1 if pos_weight is None else pos_weight) + (1 - target) * no
    return _reduce(losses if weight is None else losses * weight, reduction)


def kl_div(x: Array, target: Array, *, reduction: str = "mean", log_target: bool = False) -> Array:
    """Return `p (log(p) - x)`, and 0 where p = 0."""
    p = np.exp(to_floats(target)) if log_target else to_floats(target)
    losses = np.where(p == 0, 0, p * ((target if log_target else np.log(p)) - x))
    if reduction == "batchmean":
        return losses.sum() / max(len(np.atleast_1d(x)), 1)
    return _reduce(losses, reduction)


def nll(
    log_probabilities: Array,
    labels: Array,
    weight: Array | None = None,
    *,
    reduction: str = "mean",
    ignore_index: int = -100,
) -> Array:
    """Return the negative log-probability of each label, times the weight of its class."""
    return _label_losses(log_probabilities, labels, weight, reduction, ignore_index, 0.0)


def cross_entropy(
    logits: Array,
    labels: Array,
    weight: Array | None = None,
    *,
    reduction: str = "mean",
    ignore_index: int = -100,
    label_smoothing: float = 0.0,
) -> Array:
    """Return the negative log-likelihood of softmax(logits)."""
    axis = min(1, logits.ndim - 1)
    shifted = logits - logits.max(axis=axis, keepdims=True)
    log_probabilities = shifted - np.log(np.exp(shifted).sum(axis=axis, keepdims=True))
    return _label_losses(log_probabilities, labels, weight, reduction, ignore_index, label_smoothing)


def _label_losses(
    lp: Any, labels: Any, weight: Any, reduction: str, ignore_index: int, smoothing: float
) -> Array:
    """Return the loss of each label, minus the sum over classes of its smoothed target times lp."""
    lp = np.moveaxis(lp, min(1, lp.ndim - 1), -1)
    classes = lp.shape[-1]
    by_class = np.ones(classes) if weight is None else weight
    target = (1 - smoothing) * np.equal.outer(labels, np.arange(classes)) + smoothing / classes
    counts = labels != ignore_index
    losses = np.where(counts, -np.where(target == 0, 0, target * by_class * lp).sum(axis=-1), 0)
    total = by_class[labels[counts]].sum()
    return _reduce(losses, reduction) if reduction != "mean" else losses.sum() / (total or 1)


def _reduce(losses: Array, reduction: str) -> Array:
    if reduction == "none":
        return losses
    return losses.sum() if reduction == "sum" else losses.sum() / max(losses.size, 1)
