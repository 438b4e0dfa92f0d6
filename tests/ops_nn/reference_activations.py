"""PyTorch's activations."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from tests.ops_nn.reference_format import Family, torch


def celu(x: Any, alpha: float) -> Any:
    """Return max(x, 0) + min(0, alpha * (exp(x / alpha) - 1))."""
    return x.clamp(min=0) + alpha * torch.expm1(x.clamp(max=0) / alpha)


def activations() -> Family:
    """Return the references of the activations."""
    family = Family("activations")
    f = torch.nn.functional
    plain = {
        "relu": f.relu,
        "sigmoid": torch.sigmoid,
        "log_sigmoid": f.logsigmoid,
        "silu": f.silu,
        "mish": f.mish,
        "selu": f.selu,
        # Composed: PyTorch's own hardsigmoid and celu hold 1/6 and 1/alpha in float32.
        "hard_sigmoid": lambda x: f.relu6(x + 3) / 6,
        "hard_swish": f.hardswish,
        "normal_cdf": torch.special.ndtr,
    }
    # Negative, around zero, large; the kinks of hard_sigmoid and hard_swish are elsewhere.
    wide = np.concatenate([family.real(9), 20 * family.real(4), np.array([1e-3, -1e-3, 0.5])])
    for name, function in plain.items():
        family.add(name, function, wide)
    for approximate in ("none", "tanh"):
        family.add(
            "gelu", partial(f.gelu, approximate=approximate), 2 * family.real(3, 4), approximate=approximate
        )
    for alpha in (1.0, 0.7):
        family.add("elu", partial(f.elu, alpha=alpha), wide, alpha=alpha)
        family.add("celu", partial(celu, alpha=alpha), wide, alpha=alpha)
    family.add("leaky_relu", partial(f.leaky_relu, negative_slope=0.2), wide, negative_slope=0.2)
    family.add("softplus", partial(f.softplus, beta=2.0), family.real(3, 4), beta=2.0)
    for shape in ((4, 3), (2, 3, 4), (2, 3, 2, 2)):
        family.add("prelu", f.prelu, family.real(*shape), family.real(3))
        family.add("prelu", f.prelu, family.real(*shape), family.real(1))
    for axis in (-1, 0, 1):
        family.add("softmax", partial(f.softmax, dim=axis), 3 * family.real(3, 4, 2), axis=axis)
        family.add("log_softmax", partial(f.log_softmax, dim=axis), 3 * family.real(3, 4, 2), axis=axis)
        family.add("glu", partial(f.glu, dim=axis), family.real(4, 2, 6), axis=axis)
    return family
