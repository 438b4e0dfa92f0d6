"""PyTorch's affine map, likelihoods and losses."""

from __future__ import annotations

from functools import partial
from itertools import product

import numpy as np
from reference_format import Family, torch


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
