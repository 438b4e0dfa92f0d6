"""PyTorch's normalizations, embedding, dropout and attention."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from tests.ops_nn.reference_format import Family, torch


def batch_norm(x: Any, weight: Any = None, bias: Any = None, eps: float = 1e-5) -> Any:
    """Return (y, mean, biased variance), as our operation does."""
    axes = [0, *range(2, x.ndim)]
    y = torch.nn.functional.batch_norm(x, None, None, weight, bias, training=True, eps=eps)
    return y, x.mean(axes), x.var(axes, unbiased=False)


def normalizations() -> Family:
    """Return the references of the normalizations."""
    family = Family("normalizations")
    f = torch.nn.functional
    for shape, normalized in (((5, 4), [4]), ((2, 3, 4), [3, 4]), ((2, 3, 4), [4])):
        scales = family.real(*normalized), family.real(*normalized)
        for named in ({}, {"eps": 0.1}):
            layer = partial(f.layer_norm, normalized_shape=normalized, **named)
            rms = partial(f.rms_norm, normalized_shape=normalized, **named)
            settings = {"normalized_shape": normalized, **named}
            family.add("layer_norm", lambda x, layer=layer: layer(x), family.real(*shape), **settings)
            family.add(
                "layer_norm",
                lambda x, w, b, layer=layer: layer(x, weight=w, bias=b),
                family.real(*shape),
                *scales,
                **settings,
            )
            family.add("rms_norm", lambda x, rms=rms: rms(x), family.real(*shape), **settings)
            family.add(
                "rms_norm", lambda x, w, rms=rms: rms(x, weight=w), family.real(*shape), scales[0], **settings
            )
    shapes: tuple[tuple[int, ...], ...] = ((5, 4), (3, 4, 5), (2, 4, 3, 2))
    for own in shapes:
        scales = family.real(4), family.real(4)
        family.add("batch_norm", batch_norm, family.real(*own))
        family.add("batch_norm", partial(batch_norm, eps=0.1), family.real(*own), *scales, eps=0.1)
        for groups in (1, 2, 4) if len(own) > 2 else (1, 2):
            group = partial(f.group_norm, num_groups=groups)
            family.add("group_norm", lambda x, group=group: group(x), family.real(*own), num_groups=groups)
            family.add(
                "group_norm",
                lambda x, w, b, group=group: group(x, weight=w, bias=b),
                family.real(*own),
                *scales,
                num_groups=groups,
            )
    return family


def lookups() -> Family:
    """Return the references of embedding and dropout."""
    family = Family("lookups")
    f = torch.nn.functional
    for shape in ((7,), (2, 3), ()):
        indices = family.rng.integers(0, 4, shape)
        family.add("embedding", f.embedding, indices, family.real(4, 3))
    mask = family.rng.random((3, 4)) < 0.7
    family.add("dropout", lambda x, m: x * m / 0.75, family.real(3, 4), mask, p=0.25)
    family.add("dropout", lambda x, m: 0 * x * m, family.real(3, 4), np.zeros((3, 4), bool), p=1.0)
    return family
