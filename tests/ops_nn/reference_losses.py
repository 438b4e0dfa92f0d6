"""PyTorch's affine map, likelihoods and losses."""

from __future__ import annotations

from functools import partial
from itertools import product
from typing import Any

import numpy as np

from tests.ops_nn.reference_format import Family, torch


def affine() -> Family:
    """Return the references of the affine map, whose weight is PyTorch's transposed."""
    family = Family("affine")
    for shape in ((5, 4), (4,), (2, 3, 4)):
        weight, bias = family.real(4, 3), family.real(3)
        family.add(
            "affine", lambda x, w, b: torch.nn.functional.linear(x, w.T, b), family.real(*shape), weight, bias
        )
        family.add("affine", lambda x, w: torch.nn.functional.linear(x, w.T), family.real(*shape), weight)
    return family


def likelihoods() -> Family:
    """Return the references of cross_entropy and nll."""
    family = Family("likelihoods")
    f = torch.nn.functional
    for shape, reduction in product([(6, 4), (4,), (3, 4, 2), (2, 4, 3, 2)], ["mean", "sum", "none"]):
        labels = family.rng.integers(0, 4, shape[:1] + shape[2:] if len(shape) > 1 else ())
        scores = 3 * family.real(*shape)
        for op, function in (("cross_entropy", f.cross_entropy), ("nll", f.nll_loss)):
            family.add(op, partial(function, reduction=reduction), scores, labels, reduction=reduction)
    logits, labels = 3 * family.real(6, 4), np.array([0, 3, 1, 3, 2, 1])
    weight = torch.tensor([0.5, 1.0, 2.0, 0.25], dtype=torch.float64)
    for reduction in ("mean", "sum", "none"):
        common = {"ignore_index": 1, "reduction": reduction}
        for op, function in (("cross_entropy", f.cross_entropy), ("nll", f.nll_loss)):
            family.add(op, partial(function, **common), logits, labels, **common)
        smooth = {**common, "label_smoothing": 0.2}
        family.add("cross_entropy", partial(f.cross_entropy, **smooth), logits, labels, **smooth)
        # PyTorch has no gradient in the class weights: they are given as they are, and checked by the
        # contract kit.
        for op, function, settings in (
            ("cross_entropy", f.cross_entropy, smooth),
            ("nll", f.nll_loss, common),
        ):
            weighted = partial(function, weight=weight, **settings)
            family.add(
                op,
                lambda x, y, _, weighted=weighted: weighted(x, y),
                logits,
                labels,
                weight.numpy(),
                **settings,
            )
    return family


def losses() -> Family:
    """Return the references of the losses between an input and a target of its shape."""
    family = Family("losses")
    f = torch.nn.functional
    for reduction in ("mean", "sum", "none"):
        common = {"reduction": reduction}
        for op in ("mse", "l1"):
            family.add(
                op,
                partial(getattr(f, f"{op}_loss"), **common),
                family.real(3, 4),
                family.real(3, 4),
                **common,
            )
        variants = {"huber": ({}, {"delta": 0.4}), "smooth_l1": ({}, {"beta": 0.4}, {"beta": 0.0})}
        for op, given in variants.items():
            for named in ({**common, **settings} for settings in given):
                family.add(
                    op,
                    partial(getattr(f, f"{op}_loss"), **named),
                    family.real(3, 4),
                    family.real(3, 4),
                    **named,
                )
        p, q, weight = (family.rng.random((3, 4)).astype(np.float32).astype(float) for _ in range(3))
        function = partial(f.binary_cross_entropy, **common)
        family.add("binary_cross_entropy", function, p, q, **common)
        family.add("binary_cross_entropy", differentiable_bce(reduction), p, q, weight, **common)
        logits = partial(f.binary_cross_entropy_with_logits, **common)
        scores = 5 * family.real(3, 4)
        family.add("binary_cross_entropy_with_logits", logits, scores, q, **common)
        weighted = differentiable_bce_with_logits(reduction)
        family.add("binary_cross_entropy_with_logits", weighted, scores, q, weight, weight[0], **common)
        sign = np.sign(family.real(3, 4))
        family.add("hinge", reduce_hinge(reduction), family.real(3, 4), sign, margin=0.5, **common)
        family.add("cosine", reduce_cosine(reduction, 1), family.real(3, 4), family.real(3, 4), **common)
        family.add(
            "cosine", reduce_cosine(reduction, 0), family.real(3, 4), family.real(3, 4), axis=0, **common
        )
    for reduction in ("mean", "sum", "none", "batchmean"):
        common = {"reduction": reduction}
        family.add(
            "kl_div",
            partial(f.kl_div, **common),
            family.real(3, 4),
            family.rng.random((3, 4)).astype(np.float32).astype(float),
            **common,
        )
        own = {**common, "log_target": True}
        family.add("kl_div", partial(f.kl_div, **own), family.real(3, 4), family.real(3, 4), **own)
    return family


def reduce_by(reduction: str, each: Any) -> Any:
    """Return the losses, their mean or their sum."""
    return each if reduction == "none" else getattr(each, reduction)()


def differentiable_bce(reduction: str) -> Any:
    """Return the binary cross-entropy with a gradient in the weight, which PyTorch's own lacks."""
    return lambda p, q, w: reduce_by(reduction, -w * (q * p.log() + (1 - q) * (1 - p).log()))


def differentiable_bce_with_logits(reduction: str) -> Any:
    """Return the same from logits, with a gradient in both weights."""
    log_sigmoid = torch.nn.functional.logsigmoid
    return lambda x, q, w, v: reduce_by(reduction, -w * (v * q * log_sigmoid(x) + (1 - q) * log_sigmoid(-x)))


def reduce_hinge(reduction: str) -> Any:
    """Return the hinge loss of margin 0.5."""
    return lambda x, y: reduce_by(reduction, (0.5 - x * y).clamp(min=0))


def reduce_cosine(reduction: str, axis: int) -> Any:
    """Return one minus PyTorch's cosine similarity."""
    return lambda x, y: reduce_by(reduction, 1 - torch.nn.functional.cosine_similarity(x, y, dim=axis))
