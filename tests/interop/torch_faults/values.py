"""What is wrong about values of one input."""

from __future__ import annotations

from typing import Any

import torch

from .pair import ANY, by_input, function, pair, saves_input


def elementwise(name: str, value: Any, wrong: Any, right: Any, **declared: Any) -> None:
    wrong, right = (function(saves_input(value), by_input(rule)) for rule in (wrong, right))
    pair(name, wrong, right, **{**ANY, **declared})


elementwise("a factor", lambda x: x * x, lambda g, x: g * x, lambda g, x: 2 * g * x)
elementwise("a sign", torch.cos, lambda g, x: g * x.sin(), lambda g, x: -g * x.sin())
elementwise("the chain factor forgotten", torch.sin, lambda g, x: x.cos(), lambda g, x: g * x.cos())
elementwise(
    "an inner derivative",
    lambda x: (3 * x).sin(),
    lambda g, x: g * (3 * x).cos(),
    lambda g, x: 3 * g * (3 * x).cos(),
)
elementwise(
    "only for positive values", lambda x: x.abs() * x, lambda g, x: 2 * g * x, lambda g, x: 2 * g * x.abs()
)
elementwise(
    "a clipped gradient",
    torch.sinh,
    lambda g, x: (g * x.cosh()).clamp(-5, 5),
    lambda g, x: g * x.cosh(),
)
elementwise(
    "the slope at zero",
    lambda x: torch.where(x > 0, x, 0.1 * x),
    lambda g, x: torch.where(x > 0, g, torch.where(x < 0, 0.1 * g, 5 * g)),
    lambda g, x: torch.where(x > 0, g, 0.1 * g),
)
elementwise(
    "NaN at zero",
    lambda x: torch.where(x == 0, 1.0, x.sin() / torch.where(x == 0, 1.0, x)),
    lambda g, x: g * (x.cos() * x - x.sin()) / x**2,
    lambda g, x: torch.where(x == 0, 0.0, g * (x.cos() * x - x.sin()) / torch.where(x == 0, 1.0, x) ** 2),
)
elementwise(
    "the gradient rounded to float32",
    torch.sinh,
    lambda g, x: (g.float() * x.float().cosh()).to(g.dtype),
    lambda g, x: g * x.cosh(),
)
elementwise(
    "the gradient in float64",
    torch.sinh,
    lambda g, x: g.double() * x.double().cosh(),
    lambda g, x: g * x.cosh(),
)
elementwise(
    "a float64 constant in backward",
    lambda x: 2 * x,
    lambda g, x: g * torch.full(x.shape, 2.0, dtype=torch.float64),
    lambda g, x: g * torch.full_like(x, 2.0),
)
elementwise(
    "the default dtype in backward",
    lambda x: x.clamp(min=0) * 1.1,
    lambda g, x: g * (x > 0).to(torch.get_default_dtype()) * torch.tensor([1.1]),
    lambda g, x: g * (x > 0).to(x.dtype) * 1.1,
)
elementwise(
    "overflow in backward",
    lambda x: torch.logaddexp(x, torch.zeros_like(x)),
    lambda g, x: g * x.exp() / (1 + x.exp()),
    lambda g, x: g * x.sigmoid(),
)
elementwise(
    "second derivatives cut off",
    lambda x: x**3,
    lambda g, x: g * (3 * x**2).detach(),
    lambda g, x: g * 3 * x**2,
)
elementwise(
    "grad cut out of the graph", lambda x: x**3, lambda g, x: g.detach() * 3 * x**2, lambda g, x: g * 3 * x**2
)
elementwise(
    "through NumPy, once differentiable unsaid",
    lambda x: x**3,
    lambda g, x: torch.from_numpy(g.detach().numpy() * 3 * x.detach().numpy() ** 2),
    lambda g, x: g * 3 * x**2,
)
elementwise(
    "a noisy gradient",
    torch.exp,
    lambda g, x: g * x.exp() * (1 + 1e-6 * torch.rand_like(x)),
    lambda g, x: g * x.exp(),
)
elementwise("grad changed in place", torch.exp, lambda g, x: g.mul_(x.exp()), lambda g, x: g.mul(x.exp()))
elementwise(
    "a saved tensor changed in place",
    torch.exp,
    lambda g, x: x.exp_().mul_(g),
    lambda g, x: x.exp().mul(g),
)
elementwise(
    "a view of grad",
    torch.sin,
    lambda g, x: (g.view(-1) * x.reshape(-1).cos()).view(x.shape),
    lambda g, x: g * x.cos(),
)
elementwise(
    "zeros for grad of zero", torch.sin, lambda g, x: g * x.cos() + 1e-3 * (g == 0), lambda g, x: g * x.cos()
)
