"""Findings in PyTorch: loud errors."""

from __future__ import annotations

from .reproduction import LOUD, Issue, Reproduction

FOUND = (
    Reproduction(
        "torch.linalg.lstsq",
        LOUD,
        ("forward-raises",),
        "A NaN raises an internal assertion error.",
        """
import torch
a = torch.full((3, 3), float("nan"), dtype=torch.float64)
torch.linalg.lstsq(a, torch.ones(3, 2, dtype=torch.float64))
""",
        "INTERNAL ASSERT FAILED",
        issue=Issue(132693, "open"),
    ),
    Reproduction(
        "torch.nn.functional.layer_norm",
        LOUD,
        ("second-derivative-raises",),
        "With a bias and no weight the gradient cannot be differentiated.",
        """
import torch
x = torch.rand(3, 4, requires_grad=True)
bias = torch.zeros(4, requires_grad=True)
y = torch.nn.functional.layer_norm(x, (4,), None, bias)
grad = torch.rand(3, 4, requires_grad=True)
received = torch.autograd.grad(y, (x, bias), grad, create_graph=True)
sum(g.sum() for g in received).backward()
""",
        "Expected a proper Tensor but got None",
    ),
    Reproduction(
        "torch.dist",
        LOUD,
        ("backward-raises",),
        "With p = 0 forward works and backward raises.",
        """
import torch
x = torch.rand(3, requires_grad=True)
torch.dist(x, torch.rand(3, requires_grad=True), p=0).backward()
""",
        "Expected a proper Tensor but got None",
    ),
    Reproduction(
        "torch.vander",
        LOUD,
        ("backward-raises",),
        "Backward raises: forward writes in place to an array that its own backward needs.",
        """
import torch
x = torch.rand(3, requires_grad=True)
torch.vander(x).sum().backward()
""",
        "modified by an inplace operation",
        issue=Issue(60197, "closed", "the script of the issue raises again"),
    ),
    Reproduction(
        "torch.nn.functional.pixel_shuffle",
        LOUD,
        ("backward-raises",),
        "Backward raises for an empty batch.",
        """
import torch
x = torch.zeros(0, 4, 2, 2, requires_grad=True)
torch.nn.functional.pixel_shuffle(x, 2).sum().backward()
""",
        "invalid gradient",
    ),
    Reproduction(
        "torch.nn.functional.pixel_unshuffle",
        LOUD,
        ("backward-raises",),
        "Backward raises for an empty batch.",
        """
import torch
x = torch.zeros(0, 4, 4, 4, requires_grad=True)
torch.nn.functional.pixel_unshuffle(x, 2).sum().backward()
""",
        "invalid gradient",
    ),
    Reproduction(
        "torch.nn.functional.huber_loss",
        LOUD,
        ("backward-raises",),
        "Backward raises if another input has bytes.",
        """
import torch
x = torch.rand(3, requires_grad=True)
torch.nn.functional.huber_loss(x, torch.ones(3, dtype=torch.uint8)).backward()
""",
        "Found dtype Byte but expected Float",
        issue=Issue(76646, "open"),
    ),
    Reproduction(
        "torch.addcdiv",
        LOUD,
        ("backward-raises",),
        "Backward raises if another input has bytes.",
        """
import torch
x = torch.rand(3, requires_grad=True)
y = torch.rand(3, requires_grad=True)
torch.addcdiv(x, y, torch.full((3,), 2, dtype=torch.uint8)).sum().backward()
""",
        "can't be cast",
    ),
    Reproduction(
        "torch.addr",
        LOUD,
        ("backward-raises",),
        "Backward raises if another input has bytes.",
        """
import torch
x = torch.rand(3, requires_grad=True)
torch.addr(torch.zeros(3, 4), x, torch.ones(4, dtype=torch.uint8)).sum().backward()
""",
        "must have the same dtype",
        issue=Issue(76785, "open"),
    ),
    Reproduction(
        "torch.remainder",
        LOUD,
        ("backward-raises",),
        "For a number and a tensor, forward works and backward raises; for two tensors both work.",
        """
import torch
y = torch.tensor([0.7, 2.5], requires_grad=True)
torch.remainder(torch.tensor(1.5), y).sum().backward()
print(y.grad)
torch.remainder(1.5, y).sum().backward()
""",
        "derivative for aten::remainder is not implemented",
    ),
    Reproduction(
        "torch.kron",
        LOUD,
        ("depends-on-layout",),
        "Forward raises for a transposed matrix.",
        """
import torch
print(torch.kron(torch.rand(3, 4), torch.rand(4, 3).T).shape)
""",
        "view size is not compatible",
        issue=Issue(185650, "open"),
    ),
    Reproduction(
        "torch.special.bessel_j0",
        LOUD,
        ("wrong-gradient",),
        "The function has no derivative and raises no error: the output is not part of the graph.",
        """
import torch
x = torch.ones((), requires_grad=True)
print(torch.special.bessel_j0(x).requires_grad, torch.special.bessel_j1(x).requires_grad)
""",
        "False False",
        also=("torch.special.bessel_j1",),
    ),
)
