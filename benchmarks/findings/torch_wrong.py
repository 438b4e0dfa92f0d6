"""Findings in PyTorch: wrong values and crashes."""

from __future__ import annotations

from .reproduction import CRASH, WRONG, Issue, Reproduction

FOUND = (
    Reproduction(
        "torch.atan2",
        WRONG,
        ("depends-on-dtype",),
        "With a uint8 input the gradient squares bytes, which wrap around: the derivative is x / (x^2 + y^2).",
        """
import torch
x = torch.tensor(20, dtype=torch.uint8)
y = torch.tensor(3.0, dtype=torch.float64, requires_grad=True)
torch.atan2(x, y).backward()
print("gradient", y.grad.item(), "expected", -20 / (20**2 + 3**2))
""",
        "gradient 1.54",
        issue=Issue(80762, "open", "with int8; pull request 193130, open, computes bytes as floats"),
    ),
    Reproduction(
        "torch.nn.functional.soft_margin_loss",
        WRONG,
        ("depends-on-dtype",),
        "With uint8 targets the gradient is wrong: -y wraps around to 255.",
        """
import torch
x = torch.tensor([0.5, -0.5], dtype=torch.float64, requires_grad=True)
for dtype in (torch.uint8, torch.float64):
    loss = torch.nn.functional.soft_margin_loss(x, torch.ones(2, dtype=dtype))
    print(loss.item(), torch.autograd.grad(loss, x)[0].tolist())
""",
        "[-0.5, -2",
        issue=Issue(80206, "open"),
    ),
    Reproduction(
        "torch.nn.functional.group_norm",
        WRONG,
        ("wrong-gradient",),
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
        ("ties-do-not-add-up", "not-linear"),
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
        ("unguarded",),
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
        "torch.take_along_dim",
        WRONG,
        ("accepts-index",),
        "An index out of range is accepted and reads another value; gather raises an error.",
        """
import torch
x = torch.arange(12.0).reshape(3, 4)
print(torch.take_along_dim(x, torch.tensor([[4], [4], [4]]), dim=1))
""",
        "tensor([[0.],",
        issue=Issue(196106, "open"),
    ),
    Reproduction(
        "torch.nn.functional.multi_margin_loss",
        WRONG,
        ("not-deterministic",),
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
        ("not-deterministic",),
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
        ("swallows-nan",),
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
        ("swallows-nan",),
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
        ("swallows-nan",),
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
        ("ties-do-not-add-up",),
        "With p = inf each of several largest differences gets the whole gradient; amax shares the gradient among them.",
        """
import torch
x = torch.zeros(1, 2, requires_grad=True)
for out in (torch.cdist(x, torch.ones(1, 2), p=float("inf")), (1 - x).amax()):
    print(out.item(), torch.autograd.grad(out.sum(), x)[0].tolist())
""",
        "1.0 [[-1.0, -1.0]]\n1.0 [[-0.5, -0.5]]",
        remark="The same fault of torch.norm was corrected (41779).",
    ),
    Reproduction(
        "torch.nn.functional.grid_sample",
        WRONG,
        ("swallows-nan",),
        "In three dimensions with padding_mode='border' a NaN in the grid vanishes.",
        """
import torch
from torch.nn.functional import grid_sample
x = torch.arange(8.0).reshape(1, 1, 2, 2, 2)
grid = torch.full((1, 1, 1, 1, 3), float("nan"))
print(grid_sample(x, grid, padding_mode="border", align_corners=True))
""",
        "tensor([[[[[7.",
        issue=Issue(24823, "open"),
    ),
    Reproduction(
        "torch.nn.functional.grid_sample",
        CRASH,
        ("died",),
        "Backward with padding_mode='border' and a NaN in the grid causes a segmentation fault.",
        """
import torch
from torch.nn.functional import grid_sample
x = torch.ones(1, 1, 4, 4, requires_grad=True)
grid = torch.full((1, 64, 64, 2), float("nan"))
grid_sample(x, grid, padding_mode="border", align_corners=False).sum().backward()
""",
        "signal",
        issue=Issue(24823, "open"),
    ),
    Reproduction(
        "torch.nn.functional.pdist",
        CRASH,
        ("died",),
        "Backward for a (0, 3) input ends the process.",
        """
import torch
x = torch.zeros(0, 3, requires_grad=True)
torch.nn.functional.pdist(x).sum().backward()
""",
        "signal",
        issue=Issue(197099, "open"),
    ),
    Reproduction(
        "torch.matrix_exp",
        WRONG,
        ("imprecise",),
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
)
