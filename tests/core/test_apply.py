"""The call of an operation: how its inputs are unwrapped and its outputs recorded, wrapped and refused."""

from __future__ import annotations

from array import array
from collections import deque
from contextlib import nullcontext
from decimal import Decimal
from fractions import Fraction
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from minigrad_core import Array, Context, Operation, Parameter, Tensor, no_grad, tensor
from minigrad_core.engine.modes import Block, tracing
from minigrad_core.errors import ArgumentError, InputError
from tests.core.tiny_ops import add, make_operation, multiply, total


class Settings(Operation):
    """The identity, which keeps its arguments for the test."""

    name = "settings"

    def __init__(self) -> None:
        self.inputs: tuple[Any, ...] = ()
        self.axis: Any = None

    def forward(self, ctx: Context, x: Any, *others: Any, axis: Any = None) -> Array:
        self.inputs, self.axis = (x, *others), axis
        return x * 1

    def backward(self, ctx: Context, grad: Array) -> Array:
        return grad


def test_forward_receives_plain_arrays() -> None:
    op, x = Settings(), tensor([1.0, 2.0], requires_grad=True)
    op(x, tensor([3]), Parameter(np.ones(1)), np.zeros(2), 5, None)
    assert [type(a) for a in op.inputs] == [np.ndarray, np.ndarray, np.ndarray, np.ndarray, int, type(None)]
    assert op.inputs[0] is x.data


@pytest.mark.parametrize("number", [2, 2.0, True, np.float64(2), np.array(2.0)])
@pytest.mark.parametrize("make", [tensor, lambda x, **options: Parameter(x)])
@pytest.mark.parametrize("recorded", [True, False])
def test_a_number_on_either_side_needs_no_gradient(number: Any, make: Any, recorded: bool) -> None:
    x = make([1.0, 3.0], requires_grad=True)
    for inputs, needs in (((x, number), (True, False)), ((number, x), (False, True))):
        with nullcontext() if recorded else no_grad():
            y = multiply(*inputs)
        np.testing.assert_array_equal(y.data, x.data * number)
        assert (y.node is not None) == recorded
        if y.node is not None:
            assert (y.node.inputs, y.node.needs) == (inputs, needs)


def test_a_call_asks_for_a_tracer_in_a_block_of_recording_only() -> None:
    """Calls outside of a block pay nothing for `mg.compile`."""
    tracer = SimpleNamespace(replace_operation=lambda op: multiply if op is add else op)
    x = tensor([3.0], requires_grad=True)
    with Block(tracing, tracer):
        assert add(x, x).item() == 6
        with no_grad():
            assert add(x, x).item() == 9


def test_sequences_become_arrays() -> None:
    op = Settings()
    op([1.0, 2.0], (3.0,))
    np.testing.assert_array_equal(op.inputs[0], [1, 2])
    np.testing.assert_array_equal(op.inputs[1], [3])


def test_settings_reach_forward_unchanged() -> None:
    op = Settings()
    op(np.ones(2), axis=(0, "a"))
    assert op.axis == (0, "a")


def test_a_call_is_recorded_only_if_an_input_requires_a_gradient_and_recording_is_on() -> None:
    x = tensor([1.0], requires_grad=True)
    y = add(x, 1.0)
    assert y.requires_grad
    assert y.node is not None
    assert y.node.inputs == (x, 1.0)
    with no_grad():
        unrecorded = add(x, x)
    for z in (add(np.ones(2), np.ones(2)), unrecorded):
        assert type(z) is Tensor
        assert not z.requires_grad
        assert z.node is None


def test_a_scalar_result_becomes_a_0d_array() -> None:
    y = total(np.ones(3, np.float32))
    assert type(y.data) is np.ndarray
    assert y.shape == ()
    assert y.dtype == np.float32


def test_python_scalars_stay_python_scalars() -> None:
    x = tensor(np.ones(2, np.float32), requires_grad=True)
    assert multiply(x, 2.0).dtype == np.float32
    assert multiply(x, np.float64(2)).dtype == np.float64  # NumPy's rule (NEP 50)


def test_an_operation_without_gradient_returns_a_tensor_that_requires_none() -> None:
    positive = make_operation(lambda self, ctx, x: x > 0, differentiable=False)
    mask = positive(tensor([1.0, -1.0], requires_grad=True))
    assert isinstance(mask, Tensor)
    assert mask.dtype == bool
    assert not mask.requires_grad


def test_forward_must_return_an_array() -> None:
    with pytest.raises(ArgumentError, match="wrong: forward returned list, not an array"):
        make_operation(lambda self, ctx, x: [1.0], name="wrong")(np.ones(1))


class OnlyAnArray:
    """An object that can only be converted to an array, with an operator of its own, as in pandas."""

    __array_priority__ = 1000  # an ndarray leaves operators to the object

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:
        return np.array([2, 3], np.uint8)

    def __rmul__(self, other: Any) -> Any:
        return self


@pytest.mark.parametrize(
    "given",
    [
        OnlyAnArray(),
        array("B", [2, 3]),
        bytearray([2, 3]),
        memoryview(bytes([2, 3])),
        range(2, 4),
        deque([2, 3]),
    ],
)
def test_objects_that_numpy_converts_become_arrays_before_the_call(given: Any) -> None:
    x = tensor([1.5, 2.0], requires_grad=True)
    y = multiply(x, given)
    assert isinstance(y.node.inputs[1], np.ndarray)  # type: ignore[union-attr]
    y.backward()
    np.testing.assert_array_equal(x.grad, [2.0, 3.0])


@pytest.mark.parametrize(
    "given",
    [
        Fraction(1, 2),
        Decimal("0.5"),
        {0.5},
        "0.5",
        np.str_("0.5"),
        np.timedelta64(1, "s"),
        object(),
        OnlyAnArray,
    ],
)
def test_an_input_that_is_no_number_is_refused_at_the_call(given: Any) -> None:
    message = r"tiny_multiply: expected a number or an array, got a \w+; float"
    with pytest.raises(ArgumentError, match=message):
        multiply(tensor([1.0], requires_grad=True), given)


def test_a_foreign_array_that_holds_a_tensor_is_refused() -> None:
    class Quantity:
        def __init__(self, magnitude: Any) -> None:
            self.magnitude = magnitude

        def __array_function__(self, *_: Any) -> Any:
            return NotImplemented

    with pytest.raises(ArgumentError, match="the tensor inside a Quantity would be cut out of the graph"):
        multiply(tensor([1.0], requires_grad=True), Quantity(tensor([1.0], requires_grad=True)))


@pytest.mark.parametrize(
    "wrap", [lambda t: t, lambda t: (0, t), lambda t: [t], lambda t: {"axis": t}, lambda t: (0, (1, t))]
)
def test_a_setting_that_requires_a_gradient_is_refused(wrap: Any) -> None:
    with pytest.raises(
        ArgumentError, match="settings: the setting 'axis' is a tensor that requires a gradient"
    ):
        Settings()(np.ones(2), axis=wrap(tensor(1.0, requires_grad=True)))


@pytest.mark.parametrize(
    ("inputs", "settings", "message"),
    [
        ((1.0,), {}, r"tiny_add: missing a required argument: 'y'; its signature is tiny_add\(x"),
        ((1.0, 1.0, 1.0), {}, "tiny_add: too many positional arguments"),
        ((1.0, 1.0), {"axs": 1}, "tiny_add: got an unexpected keyword argument 'axs'; its signature"),
    ],
)
def test_wrong_arguments_are_explained_with_the_signature(
    inputs: tuple[float, ...], settings: dict[str, Any], message: str
) -> None:
    with pytest.raises(ArgumentError, match=message):
        add(*inputs, **settings)


def test_a_forward_without_a_context_is_explained() -> None:
    class Forgetful(Operation):
        name = "forgetful"

        def forward(self, x: Array) -> Array:  # type: ignore[override]
            return x

        def backward(self, ctx: Context, grad: Array) -> Array:
            return grad

    op: Any = Forgetful()
    with pytest.raises(ArgumentError, match=r"forward\(self, ctx, \.\.\.\) has the context first"):
        op(np.ones(2))


def test_a_context_of_another_name_is_not_missed() -> None:
    class Unsaved(Operation):
        name = "unsaved"

        def forward(self, c: Context, x: Array) -> Array:
            return x

        def backward(self, ctx: Context, grad: Array) -> Array:
            return grad

    op: Any = Unsaved()
    with pytest.raises(ArgumentError, match=r"its signature is unsaved\(x\)$"):
        op(np.ones(2), np.ones(2))


def test_an_operation_without_a_name_is_called_by_its_class() -> None:
    class Nameless(Operation):
        def forward(self, ctx: Context, x: Array) -> Array:
            return x

        def backward(self, ctx: Context, grad: Array) -> Array:
            return grad

    op: Any = Nameless()  # type: ignore[abstract] # pyright: ignore[reportAbstractUsage]
    assert repr(op) == "<operation Nameless>"
    with pytest.raises(ArgumentError, match=r"Nameless: too many .* its signature is Nameless\(x\)"):
        op(1, 2)


def test_shapes_that_do_not_fit_are_shown_and_the_failed_call_is_not_recorded() -> None:
    x = tensor([1.0, 2.0], requires_grad=True)
    message = r"tiny_add: operands could not be broadcast.*\(2,\) float64, \(3,\) float32"
    with pytest.raises(InputError, match=message):
        add(x, np.ones(3, np.float32))
    add(x, x).backward()
    np.testing.assert_array_equal(x.grad, [2, 2])


@pytest.mark.parametrize(
    "error",
    [
        RuntimeError("mine"),
        ZeroDivisionError("mine"),
        KeyError("mine"),
        AttributeError("mine"),
        OSError("mine"),
        MemoryError(),
        np.linalg.LinAlgError("Singular matrix"),
    ],
)
def test_an_error_in_forward_keeps_its_type_and_names_the_operation(error: Exception) -> None:
    def forward(self: Any, ctx: Context, x: Array) -> Array:
        raise error

    with pytest.raises(type(error)) as caught:
        make_operation(forward, name="failing")(np.zeros((2, 2)))
    assert caught.value is error
    assert caught.value.__notes__ == ["in failing, on (2, 2) float64"]


def test_an_array_of_another_type_is_kept() -> None:
    class Foreign(np.ndarray):
        """Stands for any array that implements NumPy's protocols."""

    x = tensor(0.0)
    x.data = np.ones(2).view(Foreign)
    assert type(add(x, x).data) is Foreign


def test_an_input_that_is_no_array_is_named() -> None:
    op = make_operation(lambda self, ctx, x, y: x * y.ndim)
    with pytest.raises(ArgumentError, match=r"input 1 must be an array, got int; its signature is \w+\(x, "):
        op(np.ones(2), 2)


def test_an_attribute_that_forward_assigns_to_the_context_is_refused_with_advice() -> None:
    op = make_operation(lambda self, ctx, x: setattr(ctx, "x", x))
    with pytest.raises(AttributeError) as caught:
        op(np.ones(2))
    assert "keep values for backward by ctx.save(...)" in str(caught.value)


def test_an_attribute_that_the_operation_lacks_is_not_blamed_on_its_inputs() -> None:
    op = make_operation(lambda self, ctx, x: x * self.factor)
    with pytest.raises(AttributeError, match="'Made' object has no attribute 'factor'"):
        op(np.ones(2))
