"""The tensor class: construction, conversion, representation, copies, and refusals."""

from __future__ import annotations

import copy
import math
import pickle
import weakref
from typing import Any

import numpy as np
import pytest

from minigrad_core import Parameter, Tensor, grad, tensor
from minigrad_core.errors import (
    ArgumentError,
    ConversionError,
    DifferentiabilityError,
    GradientError,
    InputError,
)
from tests.core.tiny_ops import add, gradient, multiply


def tracked(*values: float) -> Tensor:
    return tensor(np.array(values, float), requires_grad=True)


def test_tensor_copies_its_data() -> None:
    data = np.ones(2)
    x = tensor(data)
    data[0] = 5
    np.testing.assert_array_equal(x.numpy(), [1, 1])


@pytest.mark.parametrize(
    "data", [None, (x for x in "ab"), {1, 2}, [object()], ["a"], "1.5", np.datetime64("2026")]
)
def test_data_that_are_no_numbers_make_no_tensor(data: Any) -> None:
    with pytest.raises(
        ArgumentError, match=r"expected numbers, .* got (NoneType|generator|set|list|str|datetime64)"
    ):
        tensor(data)
    with pytest.raises(ArgumentError, match="expected numbers"):
        tensor([1.0], dtype="U3")


def test_the_class_shares_its_data() -> None:
    data = np.ones(2)
    assert Tensor(data).numpy() is data
    assert Tensor(Tensor(data)).numpy() is data


@pytest.mark.parametrize("make", [tensor, Tensor])
def test_making_a_tensor_of_a_tensor_in_the_graph_is_refused(make: Any) -> None:
    x = tracked(1, 2)
    for t in (x, multiply(x, x)):
        with pytest.raises(ConversionError, match=r"silently.*\.detach\(\).*requires_grad=True"):
            make(t)
        assert not make(t.detach()).requires_grad
    with pytest.raises(ConversionError):
        grad(lambda a: multiply(make(a), a))(np.array(1.0))


def test_tensor_of_a_tensor_is_a_new_leaf() -> None:
    x = tracked(1, 2)
    y = tensor(multiply(x, x), requires_grad=True)
    assert y.node is None
    y.backward()
    assert x.grad is None


@pytest.mark.parametrize("data", [[1.0, 2.0], 1.0, [[1.0], [2.0]], np.float32(2), (1.0, 2.0)])
def test_anything_array_like_becomes_a_tensor(data: Any) -> None:
    x = tensor(data)
    expected = np.array(data)
    attributes = (expected.shape, expected.dtype, expected.ndim, expected.size)
    assert (x.shape, x.dtype, x.ndim, x.size) == attributes
    np.testing.assert_array_equal(Tensor(data).numpy(), expected)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, np.longdouble])
def test_every_floating_point_type_may_require_a_gradient(dtype: Any) -> None:
    x = tensor([1, 2], dtype=dtype, requires_grad=True)
    multiply(x, x).backward()
    assert gradient(x).dtype == dtype


@pytest.mark.parametrize(
    ("data", "way"),
    [
        ([1, 2], r"x\.astype\(float\)"),
        ([True], r"x\.astype\(float\)"),
        ([1j], "make one for the real and one for the imaginary part"),
    ],
)
def test_only_floating_point_tensors_may_require_a_gradient(data: Any, way: str) -> None:
    message = f"only floating point tensors can require a gradient, this one is .*{way}"
    with pytest.raises(DifferentiabilityError, match=message):
        tensor(data, requires_grad=True)
    x = tensor(data)
    with pytest.raises(DifferentiabilityError, match=message):
        x.requires_grad = True


def test_requires_grad_of_a_computed_tensor_cannot_be_set_to_false() -> None:
    y = multiply(tracked(1), 2.0)
    with pytest.raises(DifferentiabilityError, match=r"computed from others; use \.detach\(\)"):
        y.requires_grad = False


def test_a_leaf_may_be_frozen_and_thawed() -> None:
    x = tracked(1)
    x.requires_grad = False
    assert not multiply(x, x).requires_grad
    x.requires_grad = True
    assert multiply(x, x).requires_grad


def test_the_shape_of_a_tensor_is_not_assigned() -> None:
    x: Any = tracked(1.0, 2.0)
    with pytest.raises(ArgumentError, match=r"y = x.reshape\(shape\)"):
        x.shape = (2, 1)


def test_detach_and_item_leave_the_graph() -> None:
    x = tracked(1, 2)
    y = x.detach()
    assert not y.requires_grad
    assert y.numpy() is x.numpy()
    assert type(tracked(2).item()) is float
    assert (tracked(2).item(), x.item(1)) == (2.0, 2.0)


def test_a_gradient_may_be_assigned_in_the_tensors_shape_only() -> None:
    x = tracked(1, 2)
    x.grad = np.array([3.0, 4.0])
    np.testing.assert_array_equal(x.grad, [3, 4])
    with pytest.raises(GradientError, match=r"expected \(2,\), got \(3,\)"):
        x.grad = np.ones(3)
    with pytest.raises(GradientError, match="real, got complex128"):
        x.grad = np.array([3j, 4])
    x.grad = None
    assert x.grad is None


@pytest.mark.parametrize(
    ("convert", "message"),
    [
        (np.asarray, r"is not silently converted to an array\. Its values: t\.numpy\(\), t\.item\(\)\."),
        (np.array, r"is not silently converted to an array.*function of SciPy.*mg\.ops\.basic\.logsumexp"),
        (float, r"float\(tensor\) would silently leave the graph; use \.item\(\).*\.numpy\(\)"),
        (int, r"int\(tensor\) would silently leave the graph"),
        (complex, r"complex\(tensor\) would silently leave the graph"),
        (lambda x: [0, 1, 2][x], r"index\(tensor\) would silently leave the graph"),
        (lambda x: np.array([x, x]), "is not silently converted to an array"),
        (lambda x: np.r_[x, x], r"or np\.r_, .*np\.concatenate\(\[\.\.\.\]\)"),
        (math.exp, r"np\.sin\(t\) instead of math\.sin\(t\)"),
    ],
)
def test_a_tensor_that_requires_a_gradient_does_not_leave_the_graph_in_silence(
    convert: Any, message: str
) -> None:
    with pytest.raises(ConversionError, match=message):
        convert(tensor(1.0, requires_grad=True))


def test_a_tensor_that_requires_none_converts() -> None:
    x = tensor(2.0)
    assert (float(x), int(x), complex(x)) == (2.0, 2, 2 + 0j)
    assert [0, 1, 5][tensor(2)] == 5
    np.testing.assert_array_equal(np.asarray(tensor([1.0, 2.0])), [1, 2])
    assert np.asarray(tensor([1.0]), np.float32).dtype == np.float32


def test_truth_and_length_are_those_of_numpy() -> None:
    assert tracked(1)
    assert not tracked(0)
    with pytest.raises(InputError, match=r"a tensor of shape \(2,\) is ambiguous: t\.any\(\), t\.all\(\)"):
        bool(tracked(1, 2))
    assert len(tracked(1, 2)) == 2
    with pytest.raises(TypeError, match="unsized"):
        len(tensor(1.0))


@pytest.mark.parametrize(
    ("x", "shown"),
    [
        (tensor([1.0, 2.0]), "tensor([1., 2.])"),
        (tensor([1.0, 2.0], requires_grad=True), "tensor([1., 2.], requires_grad=True)"),
        (tensor(np.float32(1)), "tensor(1., dtype=float32)"),
        (tensor([[1, 2], [3, 4]]), "tensor([[1, 2],\n        [3, 4]])"),
        (tensor(np.zeros((0, 2))), "tensor([], dtype=float64)"),
        (tensor([True]), "tensor([ True])"),
    ],
)
def test_repr_shows_values_dtype_and_requires_grad(x: Tensor, shown: str) -> None:
    assert repr(x) == shown


def test_formatting_shows_the_value() -> None:
    assert f"{tensor(1.23456, requires_grad=True):.3f}" == "1.235"
    assert f"{tracked(1, 2)}" == "[1. 2.]"
    assert "%.1f" % tensor(2.0) == "2.0"  # noqa: UP031 - it goes another way
    for several in (tracked(1, 2), tensor([1.0])):
        with pytest.raises(ArgumentError, match=r"'.3f' is for a single value.*np\.array2string"):
            f"{several:.3f}"


class Product(np.ndarray):
    """An array whose `*` is the matrix product."""

    def __mul__(self, other: Any) -> Any:
        return np.asarray(self) @ np.asarray(other)


@pytest.mark.parametrize(
    "call", [tensor, Tensor, grad(lambda x: multiply(x, x)), lambda x: multiply(tracked(1, 1), x)]
)
@pytest.mark.filterwarnings("ignore:the matrix subclass")
@pytest.mark.parametrize("kind", [np.matrix, np.ma.masked_invalid, lambda x: x.view(Product)])
def test_an_array_with_operators_of_its_own_is_refused(call: Any, kind: Any) -> None:
    with pytest.raises(ArgumentError, match=r"operators of its own.*np\.asarray\(x\).*x\.filled\(value\)"):
        call(kind(np.ones((2, 2))))


@pytest.mark.parametrize("make", [copy.copy, copy.deepcopy, lambda x: pickle.loads(pickle.dumps(x))])
def test_a_copied_leaf_keeps_type_values_gradient_name_and_requires_grad(make: Any) -> None:
    x, w = tracked(1, 2), Parameter(np.array([1.0, 2.0]), "w")
    for leaf in (x, w):
        assert make(leaf).grad is None
        leaf.grad = np.array([3.0, 4.0])
        twin = make(leaf)
        assert (type(twin), twin.requires_grad) == (type(leaf), True)
        np.testing.assert_array_equal(twin.numpy(), [1, 2])
        assert (twin.numpy() is leaf.numpy()) == (make is copy.copy)
        np.testing.assert_array_equal(twin.grad, [3, 4])
        assert not np.shares_memory(twin.grad, leaf.grad)
    w.requires_grad = False
    assert not make(w).requires_grad
    assert make(w).name == "w"


class Tagged(Tensor):
    """A tensor with an attribute."""


@pytest.mark.parametrize("make", [copy.copy, copy.deepcopy, lambda x: pickle.loads(pickle.dumps(x))])
def test_a_copy_keeps_the_attributes_of_a_subclass(make: Any) -> None:
    x: Any = Tagged([1.0])
    x.tags = ["a"]
    assert make(x).tags == ["a"]
    assert (make(x).tags is x.tags) == (make is copy.copy)
    with pytest.raises(DifferentiabilityError, match="cannot assign to an instance of Tagged"):
        x[0] = 2.0


def test_a_computed_tensor_is_not_copied_or_pickled() -> None:
    y = multiply(tracked(1), 2.0)
    message = r"graph cannot be copied or pickled; \.detach\(\).*\.copy\(\).*\.numpy\(\).*plt\.plot"
    for make in (copy.copy, copy.deepcopy, pickle.dumps):
        with pytest.raises(ConversionError, match=message):
            make(y)


def test_tensors_are_keys_by_identity_with_weak_references_and_no_other_attributes() -> None:
    x, y = tracked(1), tracked(1)
    assert {x: 1, y: 2}[x] == 1
    assert hash(x) != hash(y)
    assert weakref.ref(x)() is x
    with pytest.raises(AttributeError):
        add(x, 1.0).gradient = 1  # type: ignore[attr-defined] # pyright: ignore[reportAttributeAccessIssue]
