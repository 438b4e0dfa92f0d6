"""`TorchModule` and `from_torch_module` convert modules with their weights."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="PyTorch is not installed")
from torch import nn

import minigrad_ops_nn as layers
from minigrad_core import Module, Parameter
from minigrad_core.errors import ArgumentError
from minigrad_interop import TorchModule, from_torch_module


def _make_network() -> layers.Sequential:
    rng = np.random.default_rng(0)
    return layers.Sequential(
        layers.Linear(3, 4, rng=rng, dtype=np.float64),
        layers.Tanh(),
        layers.Linear(4, 2, rng=rng, dtype=np.float64),
    )


def test_a_module_of_minigrad_has_its_gradients_in_pytorch() -> None:
    module = TorchModule(_make_network())
    assert [name for name, _ in module.named_parameters()] == [n for n, _ in module.module.named_parameters()]
    x = torch.rand(5, 3, dtype=torch.float64, requires_grad=True)
    weights = tuple(p.detach().clone().requires_grad_() for p in module.parameters())
    assert torch.autograd.gradcheck(module, x)
    names = [name for name, _ in module.named_parameters()]

    def run(x: Any, *weights: Any) -> Any:
        return torch.func.functional_call(module, dict(zip(names, weights, strict=True)), (x,))

    assert torch.autograd.gradcheck(run, (x, *weights))
    assert torch.autograd.gradgradcheck(run, (x, *weights), fast_mode=True)


def test_an_optimizer_of_pytorch_trains_minigrads_parameters() -> None:
    module = TorchModule(_make_network())
    optimizer = torch.optim.SGD(module.parameters(), lr=0.1)
    x = torch.rand(8, 3, dtype=torch.float64)
    losses = []
    for _ in range(20):
        optimizer.zero_grad()
        loss = module(x).square().mean()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert losses[-1] < 0.5 * losses[0]
    np.testing.assert_allclose(np.asarray(module.module(x.numpy()).data), module(x).detach().numpy())
    assert from_torch_module(module) is module.module


@pytest.mark.parametrize(
    ("layer", "shape"),
    [
        (nn.Linear(3, 4), (2, 3)),
        (nn.Linear(3, 4, bias=False), (2, 3)),
        (nn.Conv2d(2, 3, 3, padding=1, stride=2), (2, 2, 5, 6)),
        (nn.ConvTranspose1d(2, 3, 3, stride=2), (2, 2, 5)),
        (nn.BatchNorm2d(2), (3, 2, 4, 4)),
        (nn.BatchNorm1d(2).eval(), (3, 2)),
        (nn.LayerNorm(4), (2, 4)),
        (nn.GroupNorm(2, 4), (2, 4, 3)),
        (nn.MaxPool2d(2), (1, 2, 4, 4)),
        (nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 1)), (2, 3)),
    ],
    ids=str,
)
def test_a_converted_layer_of_pytorch_has_equal_outputs(layer: nn.Module, shape: tuple[int, ...]) -> None:
    converted, x = from_torch_module(layer), torch.rand(shape)
    np.testing.assert_allclose(
        np.asarray(converted(x.numpy()).data), layer(x).detach().numpy(), rtol=1e-4, atol=1e-5
    )


def test_a_layer_without_a_counterpart_is_named() -> None:
    with pytest.raises(ArgumentError, match="no layer of minigrad corresponds to Hardshrink"):
        from_torch_module(nn.Hardshrink())


class Mixed(Module):
    """A module that defines a parameter after a submodule: PyTorch has another order."""

    def __init__(self) -> None:
        super().__init__()
        self.linear = layers.Linear(3, 3, bias=False, rng=np.random.default_rng(0), dtype=np.float64)
        self.scale = Parameter(2 * np.eye(3))

    def forward(self, x: Any) -> Any:
        return self.linear(x) + 3 * (x @ self.scale)


def test_parameters_are_passed_by_name() -> None:
    module, x = Mixed(), np.random.default_rng(1).normal(size=(2, 3))
    wrapped = TorchModule(module)
    np.testing.assert_array_equal(wrapped(torch.tensor(x)).detach().numpy(), module(x).data)
    wrapped(torch.tensor(x)).sum().backward()
    module(x).sum().backward()
    for name, parameter in module.named_parameters():
        np.testing.assert_array_equal(wrapped.get_parameter(name).grad.numpy(), parameter.grad)


@pytest.mark.parametrize(
    "convert",
    [copy.deepcopy, lambda m: pickle.loads(pickle.dumps(m)), lambda m: m.half()],
    ids=["copy", "pickle", "half"],
)
def test_the_parameters_of_a_copy_share_memory(convert: Any) -> None:
    wrapped = convert(TorchModule(_make_network()))
    with torch.no_grad():
        for weight in wrapped.parameters():
            weight.fill_(3)
    assert all((parameter.data == 3).all() for parameter in wrapped.module.parameters())
