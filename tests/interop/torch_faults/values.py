"""Faults in elementwise functions: values, dtypes, and second derivatives."""

from __future__ import annotations

from typing import Any

import torch

from .pair import ANY, by_input, function, pair, saves_input


def _sinc(x):
    return torch.where(x == 0, 1.0, x.sin() / torch.where(x == 0, 1.0, x))


def _sinc_rule(g, x):
    return torch.where(x == 0, 0.0, g * (x.cos() * x - x.sin()) / torch.where(x == 0, 1.0, x) ** 2)


# Functions with their correct rules, `rule(grad, x)`.
SQUARE: Any = (lambda x: x * x, lambda g, x: 2 * g * x)
CUBE: Any = (lambda x: x**3, lambda g, x: g * 3 * x**2)
SINE: Any = (torch.sin, lambda g, x: g * x.cos())
SINH: Any = (torch.sinh, lambda g, x: g * x.cosh())
EXP: Any = (torch.exp, lambda g, x: g * x.exp())
SINC: Any = (_sinc, _sinc_rule)
SOFTPLUS: Any = (lambda x: torch.logaddexp(x, torch.zeros_like(x)), lambda g, x: g * x.sigmoid())
SCALED_RELU: Any = (lambda x: x.clamp(min=0) * 1.1, lambda g, x: g * (x > 0).to(x.dtype) * 1.1)

FAULTS: dict[str, Any] = {
    "a factor": (SQUARE, lambda g, x: g * x),
    "the chain factor forgotten": (SINE, lambda g, x: x.cos()),
    "a clipped gradient": (SINH, lambda g, x: (g * x.cosh()).clamp(-5, 5)),
    "NaN at zero": (SINC, lambda g, x: g * (x.cos() * x - x.sin()) / x**2),
    "overflow in backward": (SOFTPLUS, lambda g, x: g * x.exp() / (1 + x.exp())),
    "a gradient for a zero grad": (SINE, lambda g, x: g * x.cos() + 1e-3 * (g == 0)),
    "a noisy gradient": (EXP, lambda g, x: g * x.exp() * (1 + 1e-6 * torch.rand_like(x))),
    # dtypes
    "the gradient rounded to float32": (SINH, lambda g, x: (g.float() * x.float().cosh()).to(g.dtype)),
    "the gradient in float64": (SINH, lambda g, x: g.double() * x.double().cosh()),
    "a float64 constant in backward": (
        SQUARE,
        lambda g, x: g * x * torch.full(x.shape, 2.0, dtype=torch.float64),
    ),
    "the default dtype in backward": (
        SCALED_RELU,
        lambda g, x: g * (x > 0).to(torch.get_default_dtype()) * torch.tensor([1.1]),
    ),
    # the graph of the gradient
    "second derivatives cut off": (CUBE, lambda g, x: g * (3 * x**2).detach()),
    "grad cut out of the graph": (CUBE, lambda g, x: g.detach() * 3 * x**2),
    # memory
    "grad changed in place": (EXP, lambda g, x: g.mul_(x.exp())),
    "a saved tensor changed in place": (EXP, lambda g, x: x.exp_().mul_(g)),
    "a view of grad": (SINE, lambda g, x: (g.view(-1) * x.reshape(-1).cos()).view(x.shape)),
}
for name, ((value, right), wrong) in FAULTS.items():
    pair(name, *(function(saves_input(value), by_input(rule)) for rule in (wrong, right)), **ANY)
