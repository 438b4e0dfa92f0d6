"""Findings in PyTorch: loud errors, and conventions."""

from __future__ import annotations

from .reproduction import CONVENTION, LOUD, Issue, Reproduction

FOUND = (
    Reproduction(
        "torch.linalg.det",
        CONVENTION,
        ("wrong-at-kink",),
        "At rank n - 1 the gradient is zero; the correct gradient is the matrix of cofactors, and here its corner is 13.",
        """
import torch
a = torch.tensor([[0.0, 1, 2], [0, 3, 1], [0, 2, 5]], dtype=torch.float64, requires_grad=True)
torch.linalg.det(a).backward()
cofactor = a[1, 1] * a[2, 2] - a[1, 2] * a[2, 1]
print("gradient", a.grad[0, 0].item(), "expected", cofactor.item())
""",
        "gradient 0.0 expected 13.0",
        issue=Issue(104675, "closed"),
        remark="The comment on the rule, of pull request 79487, leaves singular matrices for future work.",
    ),
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
        "torch.nn.functional.adaptive_avg_pool2d",
        CONVENTION,
        ("backward-raises",),
        "Backward raises for an input without channels, also with two axes, and with mode='area'.",
        """
import torch
from torch.nn import functional as F
x, y = torch.zeros(2, 0, 5, requires_grad=True), torch.zeros(2, 0, 5, 4, requires_grad=True)
for out in (F.adaptive_avg_pool1d(x, 3), F.adaptive_avg_pool2d(y, 3), F.interpolate(y, 3, mode="area")):
    try:
        out.sum().backward()
    except RuntimeError as error:
        print(str(error)[:100])
""",
        "Expected grad_output to have non-zero size",
        also=("torch.nn.functional.adaptive_avg_pool1d", "torch.nn.functional.interpolate"),
        issue=Issue(62025, "closed"),
        remark="PyTorch supports an empty batch, and requires at least one channel; only backward checks it.",
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
        "torch.hypot",
        CONVENTION,
        ("nan-at-kink",),
        "At (0, 0) the gradient is NaN; the gradients of abs and of vector_norm are 0.",
        """
import torch
x = torch.zeros((), requires_grad=True)
torch.hypot(x, torch.zeros(())).backward()
print(x.grad)
""",
        "tensor(nan)",
        remark="There is no derivative at (0, 0). PyTorch chose the subgradient 0 for norms (issue 2421), and none here.",
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
    Reproduction(
        "torch.corrcoef",
        CONVENTION,
        ("makes-nan",),
        "The result for a constant row is NaN.",
        """
import torch
print(torch.corrcoef(torch.tensor([[1.0, 1, 1], [1, 2, 3]])))
""",
        "nan",
        issue=Issue(114044, "open"),
        remark="NumPy defines it so.",
    ),
    Reproduction(
        "torch.linalg.qr",
        CONVENTION,
        ("nan-at-kink",),
        "For a matrix without full rank the gradient of R is NaN, without an error.",
        """
import torch
a = torch.zeros(2, 2, requires_grad=True)
torch.linalg.qr(a)[1].sum().backward()
print(a.grad)
""",
        "nan",
        issue=Issue(42792, "closed"),
        remark="The documentation of qr warns of it.",
    ),
)
