"""`to_torch`: operations of minigrad as functions of PyTorch, with gradients of any order."""

from __future__ import annotations

import pickle
from io import BytesIO
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="PyTorch is not installed")

from torch.autograd import forward_ad

from minigrad_core import Context, Operation, ops
from minigrad_core.errors import ArgumentError, DifferentiabilityError, InputError
from minigrad_interop import to_torch

from .registered_samples import NAMES, outputs_of, sample_of


@pytest.mark.parametrize("name", NAMES)
def test_values_are_equal_and_gradcheck_and_gradgradcheck_pass(name: str) -> None:
    sample, f = sample_of(name), to_torch(ops[name])
    tensors = [
        torch.tensor(x, requires_grad=x.dtype.kind == "f") if isinstance(x, np.ndarray) else x
        for x in sample.inputs
    ]

    def run(*inputs: Any) -> tuple[Any, ...]:
        outputs = f(*inputs, **sample.settings)
        return outputs if isinstance(outputs, tuple) else (outputs,)

    for received, y in zip(run(*tensors), outputs_of(name), strict=True):
        np.testing.assert_array_equal(received.detach().numpy(), y)

    def differentiable(*inputs: Any) -> tuple[Any, ...]:
        return tuple(y for y in run(*inputs) if y.requires_grad)  # gradcheck counts integer outputs wrongly

    assert torch.autograd.gradcheck(differentiable, tensors, fast_mode=True)
    if not ops[name].once_differentiable:
        assert torch.autograd.gradgradcheck(differentiable, tensors, fast_mode=True)


def test_a_third_derivative_is_correct() -> None:
    x = torch.tensor(0.7, dtype=torch.float64, requires_grad=True)
    y = to_torch(ops["basic::sin"])(x)
    for _ in range(3):
        (y,) = torch.autograd.grad(y, x, create_graph=True)
    assert y.item() == pytest.approx(-np.cos(0.7))


class CubeOnce(Operation):
    """x cubed, once differentiable."""

    name = "cube_once"
    once_differentiable = "a sketch"

    def forward(self, ctx: Context, x: Any) -> Any:
        ctx.save(x)
        return x**3

    def backward(self, ctx: Context, grad: Any) -> Any:
        return 3 * grad * ctx.saved[0] ** 2


def test_once_differentiable_refuses_a_second_derivative() -> None:
    x = torch.ones(2, dtype=torch.float64, requires_grad=True)
    (received,) = torch.autograd.grad(to_torch(CubeOnce())(x).sum(), x, create_graph=True)
    with pytest.raises(DifferentiabilityError, match="a sketch"):
        received.sum().backward()


def test_float32_stays_float32() -> None:
    x = torch.ones(3, requires_grad=True)
    y = to_torch(ops["nn::gelu"])(x)
    (g,) = torch.autograd.grad(y.sum(), x)
    assert y.dtype is g.dtype is torch.float32


def test_outputs_share_no_memory_with_inputs() -> None:
    x = torch.ones(4)
    assert to_torch(ops["basic::reshape"])(x, shape=(2, 2)).data_ptr() != x.data_ptr()


def test_complex_gradients_follow_pytorchs_convention() -> None:
    z = torch.tensor(0.3 + 0.4j, dtype=torch.complex128, requires_grad=True)
    assert torch.autograd.gradcheck(to_torch(ops["basic::exp"]), z)
    (received,) = torch.autograd.grad(to_torch(ops["basic::exp"])(z).abs(), z)
    (expected,) = torch.autograd.grad(z.exp().abs(), z)
    assert torch.allclose(received, expected)


def test_a_tensor_that_is_changed_in_place_raises_in_backward() -> None:
    x = torch.ones(3, requires_grad=True)
    y = to_torch(ops["basic::square"])(x)
    with torch.no_grad():
        x.add_(1)
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        y.sum().backward()


def test_a_tensor_that_numpy_does_not_support_raises() -> None:
    square = to_torch(ops["basic::square"])
    with pytest.raises(InputError, match="on the CPU, got meta"):
        square(torch.ones(2, device="meta"))
    with pytest.raises(InputError, match="bfloat16"):
        square(torch.ones(2, dtype=torch.bfloat16))
    with pytest.raises(ArgumentError, match="expected an operation"):
        to_torch(3)


@pytest.mark.parametrize("kind", [tuple, list])
def test_a_sequence_of_inputs_is_joined_as_numpy_joins_it(kind: Any) -> None:
    x = torch.arange(12.0).reshape(4, 3).requires_grad_()
    joined = to_torch(ops["basic::concatenate"])(kind([x, 2 * x]))
    assert joined.shape == (8, 3)
    (received,) = torch.autograd.grad(joined.square().sum(), x)
    assert torch.equal(received, 10 * x)


def _differentiate_forward(f: Any, x: Any) -> Any:
    with forward_ad.dual_level():
        return forward_ad.unpack_dual(f(forward_ad.make_dual(x, x))).tangent


@pytest.mark.filterwarnings("ignore:.torch.jit.script")  # which forward mode calls
@pytest.mark.parametrize(
    "transform",
    [
        torch.func.grad,
        torch.func.hessian,
        torch.func.vmap,
        lambda f: lambda x: torch.func.jvp(f, (x,), (x,)),
        lambda f: lambda x: torch.autograd.functional.hessian(f, x, vectorize=True),
        lambda f: lambda x: _differentiate_forward(f, x),
    ],
    ids=["grad", "hessian", "vmap", "jvp", "vectorize", "dual"],
)
def test_a_transform_of_torch_func_names_another_way(transform: Any) -> None:
    x = torch.ones(3, dtype=torch.float64)
    square = to_torch(ops["basic::square"])
    with pytest.raises(DifferentiabilityError, match=r"torch\.autograd\.functional"):
        transform(lambda x: square(x).sum())(x)
    hessian = torch.autograd.functional.hessian(lambda x: square(x).sum(), x)
    assert torch.equal(hessian, 2 * torch.eye(3, dtype=torch.float64))


def test_a_setting_with_a_gradient_raises() -> None:
    bias = torch.zeros(2, requires_grad=True)
    affine, x = to_torch(ops["nn::affine"]), torch.ones(2, 3)
    with pytest.raises(ArgumentError, match=r"the setting 'bias' is an array .* pass inputs by position"):
        affine(x, x.T, bias=bias)
    assert affine(x, x.T, bias).requires_grad
    assert not affine(x, x.T, bias=bias.detach()).requires_grad


def test_a_wrapped_operation_is_pickled() -> None:
    square = pickle.loads(pickle.dumps(to_torch(ops["basic::square"])))
    assert square.__name__ == "square"
    assert square(torch.tensor(3.0)) == 9
    file = BytesIO()
    torch.save(to_torch(ops["basic::sin"]), file)
    file.seek(0)
    assert torch.load(file, weights_only=False)(torch.tensor(0.0)) == 0
