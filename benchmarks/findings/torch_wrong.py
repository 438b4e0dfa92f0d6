"""Findings in PyTorch: wrong values and crashes."""

from __future__ import annotations

from .reproduction import CRASH, WRONG, Reproduction

FOUND = (
    Reproduction(
        "torch.atan2",
        WRONG,
        "With a uint8 input the gradient squares bytes, which wrap around: the derivative is x / (x^2 + y^2).",
        """
import torch
x = torch.tensor(20, dtype=torch.uint8)
y = torch.tensor(3.0, dtype=torch.float64, requires_grad=True)
torch.atan2(x, y).backward()
print("gradient", y.grad.item(), "expected", -20 / (20**2 + 3**2))
""",
        "gradient 1.54",
    ),
    Reproduction(
        "torch.nn.functional.soft_margin_loss",
        WRONG,
        "With uint8 targets the gradient is wrong: -y wraps around to 255.",
        """
import torch
x = torch.tensor([0.5, -0.5], dtype=torch.float64, requires_grad=True)
for dtype in (torch.uint8, torch.float64):
    loss = torch.nn.functional.soft_margin_loss(x, torch.ones(2, dtype=dtype))
    print(loss.item(), torch.autograd.grad(loss, x)[0].tolist())
""",
        "[-0.5, -2",
    ),
    Reproduction(
        "torch.nn.functional.group_norm",
        WRONG,
        "For an input with an axis of length 0 the gradient of the weight is NaN; the correct value is 0, as for the bias.",
        """
import torch
x = torch.zeros(3, 4, 0, requires_grad=True)
weight, bias = torch.ones(4, requires_grad=True), torch.zeros(4, requires_grad=True)
torch.nn.functional.group_norm(x, 2, weight, bias).sum().backward()
print(weight.grad, bias.grad)
""",
        "tensor([nan, nan, nan, nan]) tensor([0., 0., 0., 0.])",
    ),
    Reproduction(
        "torch.segment_reduce",
        WRONG,
        "Tied maxima share a positive gradient, but each of them gets the whole of a negative gradient.",
        """
import torch
x = torch.zeros(2, requires_grad=True)
y = torch.segment_reduce(x, "max", lengths=torch.tensor([2]))
for grad in (torch.ones(1), -torch.ones(1)):
    print(grad.item(), torch.autograd.grad(y, x, grad, retain_graph=True)[0].tolist())
""",
        "-1.0 [-1.0, -1.0]",
    ),
    Reproduction(
        "torch.kron",
        WRONG,
        "If an input is changed in place between forward and backward, the gradient changes silently; a product raises an error.",
        """
import torch
for product in (torch.kron, torch.mul):
    x, y = torch.ones(1, 2, requires_grad=True), torch.ones(1, 2, requires_grad=True)
    out = product(x, y)
    x.detach().mul_(5)
    print(torch.autograd.grad(out.sum(), y)[0].tolist())
""",
        "[[10.0, 10.0]]",
    ),
    Reproduction(
        "torch.linalg.det",
        WRONG,
        "At rank n - 1 the gradient is zero; the correct gradient is the matrix of cofactors, and here its corner is 13.",
        """
import torch
a = torch.tensor([[0.0, 1, 2], [0, 3, 1], [0, 2, 5]], dtype=torch.float64, requires_grad=True)
torch.linalg.det(a).backward()
cofactor = a[1, 1] * a[2, 2] - a[1, 2] * a[2, 1]
print("gradient", a.grad[0, 0].item(), "expected", cofactor.item())
""",
        "gradient 0.0 expected 13.0",
    ),
    Reproduction(
        "torch.take_along_dim",
        WRONG,
        "An index out of range is accepted and reads another value; gather raises an error.",
        """
import torch
x = torch.arange(12.0).reshape(3, 4)
print(torch.take_along_dim(x, torch.tensor([[4], [4], [4]]), dim=1))
""",
        "tensor([[0.],",
    ),
    Reproduction(
        "torch.nn.functional.multi_margin_loss",
        WRONG,
        "For an empty batch the value is uninitialized memory.",
        """
import torch
from torch.nn.functional import multi_margin_loss
x, y = torch.zeros(0, 4, dtype=torch.float64), torch.zeros(0, dtype=torch.int64)
for k in range(4):
    trash = torch.full((1,), 7.0 + k, dtype=torch.float64)
    del trash
    print(multi_margin_loss(x, y).item())
""",
        "e-3",
    ),
    Reproduction(
        "torch.nn.functional.multilabel_margin_loss",
        WRONG,
        "For an empty batch the value is uninitialized memory.",
        """
import torch
from torch.nn.functional import multilabel_margin_loss
x, y = torch.zeros(0, 4, dtype=torch.float64), torch.zeros(0, 4, dtype=torch.int64)
for k in range(4):
    trash = torch.full((1,), 7.0 + k, dtype=torch.float64)
    del trash
    print(multilabel_margin_loss(x, y).item())
""",
        "e-3",
    ),
    Reproduction(
        "torch.nn.functional.multi_margin_loss",
        WRONG,
        "A NaN among the scores vanishes: the loss is finite.",
        """
import torch
from torch.nn.functional import multi_margin_loss
x = torch.tensor([[0.3, float("nan"), 0.1]])
print(multi_margin_loss(x, torch.tensor([0])))
""",
        "tensor(0.",
    ),
    Reproduction(
        "torch.nn.functional.multilabel_margin_loss",
        WRONG,
        "A NaN among the scores vanishes: the loss is finite.",
        """
import torch
from torch.nn.functional import multilabel_margin_loss
x = torch.tensor([[0.3, float("nan"), 0.1]])
print(multilabel_margin_loss(x, torch.tensor([[0, -1, -1]])))
""",
        "tensor(0.",
    ),
    Reproduction(
        "torch.cdist",
        WRONG,
        "With p = inf a NaN vanishes; with p = 2 the result is NaN.",
        """
import torch
x = torch.tensor([[float("nan"), 1.0]])
print(torch.cdist(x, torch.zeros(1, 2), p=float("inf")), torch.cdist(x, torch.zeros(1, 2), p=2.0))
""",
        "tensor([[1.]]) tensor([[nan]])",
    ),
    Reproduction(
        "torch.cdist",
        WRONG,
        "With p = inf each of several largest differences gets the whole gradient; amax shares the gradient among them.",
        """
import torch
x = torch.zeros(1, 2, requires_grad=True)
for out in (torch.cdist(x, torch.ones(1, 2), p=float("inf")), (1 - x).amax()):
    print(out.item(), torch.autograd.grad(out.sum(), x)[0].tolist())
""",
        "1.0 [[-1.0, -1.0]]\n1.0 [[-0.5, -0.5]]",
    ),
    Reproduction(
        "torch.nn.functional.grid_sample",
        WRONG,
        "In three dimensions with padding_mode='border' a NaN in the grid vanishes.",
        """
import torch
from torch.nn.functional import grid_sample
x = torch.arange(8.0).reshape(1, 1, 2, 2, 2)
grid = torch.full((1, 1, 1, 1, 3), float("nan"))
print(grid_sample(x, grid, padding_mode="border", align_corners=True))
""",
        "tensor([[[[[7.",
    ),
    Reproduction(
        "torch.nn.functional.grid_sample",
        CRASH,
        "Backward with padding_mode='border' and a NaN in the grid causes a segmentation fault.",
        """
import torch
from torch.nn.functional import grid_sample
x = torch.ones(1, 1, 4, 4, requires_grad=True)
grid = torch.full((1, 64, 64, 2), float("nan"))
grid_sample(x, grid, padding_mode="border", align_corners=False).sum().backward()
""",
        "signal",
    ),
    Reproduction(
        "torch.nn.functional.pdist",
        CRASH,
        "Backward for a (0, 3) input ends the process.",
        """
import torch
x = torch.zeros(0, 3, requires_grad=True)
torch.nn.functional.pdist(x).sum().backward()
""",
        "signal",
    ),
    Reproduction(
        "torch.linalg.lstsq",
        CRASH,
        "A NaN raises an internal assertion error.",
        """
import torch
a = torch.full((3, 3), float("nan"), dtype=torch.float64)
torch.linalg.lstsq(a, torch.ones(3, 2, dtype=torch.float64))
""",
        "INTERNAL ASSERT FAILED",
    ),
)
