"""Conventions and limits of PyTorch that the kit reports, and who decided for them."""

from __future__ import annotations

from .reproduction import CONVENTION, Issue, Reproduction

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
    Reproduction(
        "torch.linalg.householder_product",
        CONVENTION,
        ("imprecise",),
        "For large vectors, as no factorization returns them, the gradient loses digits: at 1000 it is off by 9 % in float64. The second line is exact.",
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
        remark="Backward inverts each factor, and the documentation warns: the gradient is only well-defined if tau is not 1 / |a|^2.",
    ),
    Reproduction(
        "torch.nn.functional.cosine_embedding_loss",
        CONVENTION,
        ("imprecise",),
        "For nearly parallel float32 vectors the loss has no correct digit: it is computed as 1 - cos.",
        """
import torch
x = torch.tensor([[1.0, 2.0, 3.0]])
y = x + torch.tensor([0.0, 0.0, 0.001])
for dtype in (torch.float32, torch.float64):
    target = torch.ones(1, dtype=dtype)
    print(torch.nn.functional.cosine_embedding_loss(x.to(dtype), y.to(dtype), target).item())
""",
        "0.0\n1.27",
        issue=Issue(14173, "closed"),
        remark="The documentation defines the loss by this formula, and the maintainers call such a result correct to machine precision.",
    ),
    Reproduction(
        "torch.nn.functional.tanhshrink",
        CONVENTION,
        ("imprecise",),
        "For small float32 values the result loses digits: it is computed as x - tanh(x).",
        """
import torch
x = torch.tensor(0.003)
for y in (x, x.double()):
    print(torch.nn.functional.tanhshrink(y).item())
""",
        "9.08039510",
        remark="The documentation defines the function by this formula.",
    ),
    Reproduction(
        "torch.nn.functional.poisson_nll_loss",
        CONVENTION,
        ("imprecise",),
        "With full=True and float32 values around 1000 the loss has four correct digits: terms of 7,000 cancel.",
        """
import torch
x, y = torch.tensor(1000.6), torch.tensor(1001.4)
for dtype in (torch.float32, torch.float64):
    loss = torch.nn.functional.poisson_nll_loss(x.to(dtype), y.to(dtype), log_input=False, full=True)
    print(loss.item())
""",
        "4.3740234375\n4.37383544",
        remark="The documentation defines the loss as this sum of terms, the last of which is an approximation.",
    ),
)
