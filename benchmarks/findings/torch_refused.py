"""Findings in PyTorch: errors in backward, losses of precision, and conventions."""

from __future__ import annotations

from .reproduction import CONVENTION, PRECISION, REFUSAL, Reproduction

FOUND = (
    Reproduction(
        "torch.nn.functional.layer_norm",
        REFUSAL,
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
        REFUSAL,
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
        REFUSAL,
        "Backward raises: forward writes in place to an array that its own backward needs.",
        """
import torch
x = torch.rand(3, requires_grad=True)
torch.vander(x).sum().backward()
""",
        "modified by an inplace operation",
    ),
    Reproduction(
        "torch.nn.functional.pixel_shuffle",
        REFUSAL,
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
        REFUSAL,
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
        REFUSAL,
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
    ),
    Reproduction(
        "torch.nn.functional.huber_loss",
        REFUSAL,
        "Backward raises if another input has bytes.",
        """
import torch
x = torch.rand(3, requires_grad=True)
torch.nn.functional.huber_loss(x, torch.ones(3, dtype=torch.uint8)).backward()
""",
        "Found dtype Byte but expected Float",
    ),
    Reproduction(
        "torch.addcdiv",
        REFUSAL,
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
        REFUSAL,
        "Backward raises if another input has bytes.",
        """
import torch
x = torch.rand(3, requires_grad=True)
torch.addr(torch.zeros(3, 4), x, torch.ones(4, dtype=torch.uint8)).sum().backward()
""",
        "must have the same dtype",
    ),
    Reproduction(
        "torch.remainder",
        REFUSAL,
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
        REFUSAL,
        "Forward raises for a transposed matrix.",
        """
import torch
print(torch.kron(torch.rand(3, 4), torch.rand(4, 3).T).shape)
""",
        "view size is not compatible",
    ),
    Reproduction(
        "torch.hypot",
        CONVENTION,
        "At (0, 0) the gradient is NaN; the gradients of abs and of vector_norm are 0.",
        """
import torch
x = torch.zeros((), requires_grad=True)
torch.hypot(x, torch.zeros(())).backward()
print(x.grad)
""",
        "tensor(nan)",
    ),
    Reproduction(
        "torch.special.bessel_j0",
        CONVENTION,
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
        "The result for a constant row is NaN.",
        """
import torch
print(torch.corrcoef(torch.tensor([[1.0, 1, 1], [1, 2, 3]])))
""",
        "nan",
    ),
    Reproduction(
        "torch.linalg.qr",
        CONVENTION,
        "For a matrix without full rank the gradient of R is NaN, without an error.",
        """
import torch
a = torch.zeros(2, 2, requires_grad=True)
torch.linalg.qr(a)[1].sum().backward()
print(a.grad)
""",
        "nan",
    ),
    Reproduction(
        "torch.matrix_exp",
        PRECISION,
        "A large gradient of the output loses digits, and the same gradient times 1e-12 does not: the algorithm squares a matrix that contains the gradient.",
        """
import torch
a = torch.tensor([[9.0, 1, 2], [1, 8, 1], [0.5, 1, 9]], dtype=torch.float64, requires_grad=True)
y = torch.linalg.matrix_exp(a)
g = torch.tensor([[1.0, -2, 0.5], [0.3, 1, -1], [2, -1, 1]], dtype=torch.float64)
(small,) = torch.autograd.grad(y, a, g, retain_graph=True)
(large,) = torch.autograd.grad(y, a, 1e12 * g)
print(((large / 1e12 - small).abs().max() / small.abs().max()).item())
""",
        "0.0001",
        also=("torch.linalg.matrix_exp",),
    ),
    Reproduction(
        "torch.linalg.householder_product",
        PRECISION,
        "For vectors that are not the result of a factorization, backward divides by the factor of forward: in float64 the gradient is off by 9 %; the second line is exact.",
        """
import torch
v = torch.full((3, 2), 1000.0, dtype=torch.float64, requires_grad=True)
tau, eye = torch.full((2,), 1000.0, dtype=torch.float64), torch.eye(3, dtype=torch.float64)
h = [torch.cat([eye[k, : k + 1], v[k + 1 :, k]]) for k in range(2)]
product = (eye - tau[0] * torch.outer(h[0], h[0])) @ (eye - tau[1] * torch.outer(h[1], h[1]))
grad = torch.tensor([[1.5, -0.3], [-2.2, 0.6], [-1.1, -1.4]], dtype=torch.float64)
for out in (torch.linalg.householder_product(v, tau), product[:, :2]):
    print(torch.autograd.grad(out, v, grad)[0][2, 1].item())
""",
        "-7253",
    ),
)
