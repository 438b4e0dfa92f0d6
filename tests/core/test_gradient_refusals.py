"""The gradients that an operation may return, and the refusal of all others."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest

from minigrad_core import Array, Context, Operation, no_grad, tensor
from minigrad_core.cases import Case, real
from minigrad_core.errors import DifferentiabilityError, GradientError
from minigrad_core.testing import check_operation
from tests.core.tiny_ops import Faulty, add, gradient, leaf, make_operation, multiply


class Careless(Operation):
    """Its backward needs the optional input, and divides by the number of axes of a scalar."""

    name = "careless"

    def forward(self, ctx: Context, x: Array, y: Array | None = None) -> Array:
        ctx.save(x)
        return x + 1

    def backward(self, ctx: Context, grad: Array) -> Any:
        (x,) = ctx.saved
        if x.ndim == 0:
            return 1 / x.ndim
        return grad, grad if ctx.needs[1] else None


def test_an_exception_in_backward_names_the_operation() -> None:
    with pytest.raises(IndexError) as raised:
        Careless()(leaf(1, 2)).backward([1, 1])
    assert raised.value.__notes__ == [
        "in the backward of careless, for inputs (2,); "
        "ctx.needs has 1 entries, none for an input that was left out"
    ]
    with pytest.raises(ZeroDivisionError) as raised_too:
        Careless()(tensor(1.0, requires_grad=True)).backward()
    assert raised_too.value.__notes__ == ["in the backward of careless, for inputs ()"]


def test_a_gradient_of_another_shape_than_the_tensor_is_refused() -> None:
    y = multiply(leaf(1, 2), leaf(1, 2))
    with pytest.raises(GradientError, match=r"the tensor's shape: expected \(2,\), got \(3,\)"):
        y.backward([1, 2, 3])
    with pytest.raises(GradientError, match=r"expected \(2,\), got \(\)"):
        y.backward(1)
    with pytest.raises(GradientError, match="a gradient of float64 values is real, got complex128"):
        y.backward([1j, 2])


def test_backward_of_a_tensor_that_requires_no_gradient_is_refused() -> None:
    with pytest.raises(DifferentiabilityError, match=r"requires no gradient.*make a leaf with mg\.tensor"):
        tensor([1.0]).backward()
    with no_grad():
        y = multiply(leaf(1), leaf(2))
    with pytest.raises(DifferentiabilityError, match="computed under no_grad"):
        y.backward()


@pytest.mark.parametrize(
    ("returned", "message"),
    [
        (np.ones(3), r"faulty: the gradient for input 0 has the wrong shape: expected \(2,\), got \(3,\)"),
        (np.ones(()), r"expected \(2,\), got \(\)"),
        (np.ones((1, 2)), r"expected \(2,\), got \(1, 2\)"),
        (np.ones((2, 2)), "wrong shape"),  # no sum, since the operation does not broadcast
        (1.0, r"faulty: the gradient for input 0: expected an array of shape \(2,\), got float"),
        ([1.0, 1.0], "expected an array of shape .*, got list"),
        (np.ones(2, complex), "got complex128; complex gradients need an operation with takes_complex"),
        (np.array(["a", "b"]), "the wrong dtype: expected float64, got <U1"),
        ((np.ones(2), np.ones(2)), "faulty: backward returned 2 gradients for 1 inputs"),
        ((), "faulty: backward returned 0 gradients for 1 inputs"),
    ],
)
def test_a_wrong_gradient_is_refused_also_where_gradients_are_added_in_place(
    returned: Any, message: str
) -> None:
    x = leaf(1, 2)
    wrong = Faulty(returned)(x)
    for y in (wrong, add(wrong, add(x, add(x, x)))):  # the engine owns the sum of two gradients
        with pytest.raises(GradientError, match=message):
            y.backward(retain_graph=True)
    assert x.grad is None


def test_the_input_whose_gradient_is_wrong_is_named_even_if_one_tensor_is_both_inputs() -> None:
    x = leaf(1, 2)
    y = Faulty((np.ones(2), np.ones(3)))(x, x)
    with pytest.raises(GradientError, match=r"the gradient for input 1 .* expected \(2,\), got \(3,\)"):
        y.backward()


def test_a_complex_gradient_of_a_broadcast_input_is_refused_too() -> None:
    class Stretched(Faulty):
        broadcasts = True

    y = Stretched(np.ones((3, 2), complex))(leaf(1, 2))
    message = "the gradient for input 0 has the wrong dtype: .* got complex128"
    with pytest.raises(GradientError, match=message):
        y.backward()


def test_the_plugin_of_a_registered_operation_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    from minigrad_core.dispatch.tables import LABELS

    faulty = Faulty(np.ones(3))
    monkeypatch.setitem(LABELS, id(faulty), "mine::faulty (minigrad-mine 1.2)")
    with pytest.raises(GradientError, match=re.escape("mine::faulty (minigrad-mine 1.2): the gradient for")):
        faulty(leaf(1, 2)).backward()


def test_one_input_may_get_a_bare_array_and_none_adds_nothing() -> None:
    x = leaf(1, 2)
    add(Faulty(None)(x), Faulty(np.array([7.0, 8.0]))(x)).backward()
    np.testing.assert_array_equal(gradient(x), [7, 8])


def test_a_gradient_for_an_input_that_requires_none_is_ignored() -> None:
    x, y = leaf(1, 2), tensor([1.0, 2.0])
    Faulty((np.ones(2), "nonsense"))(x, y).backward()
    assert y.grad is None


def test_a_differentiable_operation_that_returns_integers_is_refused() -> None:
    with pytest.raises(DifferentiabilityError, match="values of type int64 have no gradient"):
        make_operation(lambda self, ctx, x: x.astype(int))(leaf(1.5))


class Biased(Operation):
    """`x + bias`, of one shape; bias is optional."""

    name = "biased"

    def __init__(self, always_two: bool) -> None:
        self.always_two = always_two

    def forward(self, ctx: Context, x: Array, bias: Array | None = None) -> Array:
        ctx.save(bias is None)
        return x + 1 if bias is None else x + bias

    def backward(self, ctx: Context, grad: Array) -> tuple[Array | None, ...]:
        (without,) = ctx.saved
        if not without:
            return grad.copy(), grad.copy()
        return (grad.copy(), None) if self.always_two else (grad.copy(),)


@pytest.mark.parametrize("always_two", [True, False])
@pytest.mark.parametrize("left_out", [(), (None,)])
def test_an_optional_input_that_is_left_out_may_get_none_or_nothing(
    always_two: bool, left_out: tuple[None, ...]
) -> None:
    x = leaf(1, 2)
    y = Biased(always_two)(x, *left_out)
    y.sum().backward()
    np.testing.assert_array_equal(x.grad, [1, 1])
    cases = [Case(x=real("n"), bias=real("n")), Case(x=real("n"), bias=None)]
    report = check_operation(Biased(always_two), cases=cases, only=["same", "derivative"])
    assert report.ok, str(report)
