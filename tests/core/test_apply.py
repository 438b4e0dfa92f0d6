"""The call of an operation: what is unwrapped, recorded, wrapped, and refused."""

from __future__ import annotations

from array import array
from collections import deque
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from minigrad_core import Array, Context, Operation, Parameter, Tensor, no_grad, tensor
from minigrad_core.errors import ArgumentError, InputError
from tests.core.tiny_ops import add, multiply, pair, total


class Settings(Operation):
    """Hands what it was given to the test."""

    name = "settings"

    def __init__(self) -> None:
        self.inputs: tuple[Any, ...] = ()
        self.axis: Any = None

    def forward(self, ctx: Context, x: Any, *others: Any, axis: Any = None) -> Array:
        self.inputs, self.axis = (x, *others), axis
        return x * 1

    def backward(self, ctx: Context, grad: Array) -> Array:
        return grad


class Is(Operation):
    name = "is_positive"
    differentiable = False

    def forward(self, ctx: Context, x: Array) -> Any:
        return x > 0


def test_forward_gets_plain_arrays() -> None:
    op, x = Settings(), tensor([1.0, 2.0], requires_grad=True)
    op(x, tensor([3]), Parameter(np.ones(1)), np.zeros(2), 5, None)
    assert [type(a) for a in op.inputs] == [np.ndarray, np.ndarray, np.ndarray, np.ndarray, int, type(None)]
    assert op.inputs[0] is x.data


def test_sequences_become_arrays() -> None:
    op = Settings()
    op([1.0, 2.0], (3.0,))
    np.testing.assert_array_equal(op.inputs[0], [1, 2])
    np.testing.assert_array_equal(op.inputs[1], [3])


def test_settings_go_to_forward_as_they_are() -> None:
    op = Settings()
    op(np.ones(2), axis=(0, "a"))
    assert op.axis == (0, "a")


def test_a_call_on_plain_arrays_returns_a_tensor_that_requires_nothing() -> None:
    y = add(np.ones(2), np.ones(2))
    assert type(y) is Tensor
    assert not y.requires_grad
    assert y.node is None


def test_a_call_on_a_tensor_that_requires_a_gradient_is_recorded() -> None:
    x = tensor([1.0], requires_grad=True)
    y = add(x, 1.0)
    assert y.requires_grad
    assert y.node is not None
    assert y.node.inputs == (x, 1.0)


def test_a_parameter_gives_a_plain_tensor() -> None:
    assert type(add(Parameter(np.ones(2)), 1.0)) is Tensor


def test_nodes_are_numbered_as_they_are_recorded() -> None:
    x = tensor([1.0], requires_grad=True)
    nodes = [add(x, x).node for _ in range(3)]
    numbers = [node.number for node in nodes if node is not None]
    assert len(numbers) == 3
    assert numbers == sorted(numbers)


def test_nothing_is_recorded_without_gradients() -> None:
    x = tensor([1.0], requires_grad=True)
    with no_grad():
        y = add(x, x)
    assert y.node is None
    assert not y.requires_grad


def test_a_scalar_result_becomes_a_0d_array() -> None:
    y = total(np.ones(3, np.float32))
    assert type(y.data) is np.ndarray
    assert y.shape == ()
    assert y.dtype == np.float32


def test_several_outputs_become_a_tuple_of_tensors() -> None:
    x = tensor([1.0], requires_grad=True)
    twice, minus = pair(x)
    assert (twice.item(), minus.item()) == (2, -1)
    assert twice.requires_grad
    assert minus.requires_grad


def test_python_scalars_stay_python_scalars() -> None:
    x = tensor(np.ones(2, np.float32), requires_grad=True)
    assert multiply(x, 2.0).dtype == np.float32
    assert multiply(x, np.float64(2)).dtype == np.float64  # NumPy's rule (NEP 50)


def test_an_operation_without_gradient_returns_plain_arrays() -> None:
    result: Any = Is()(tensor([1.0, -1.0], requires_grad=True))
    assert type(result) is np.ndarray


def test_what_forward_returns_must_be_an_array() -> None:
    class Wrong(Operation):
        name = "wrong"

        def forward(self, ctx: Context, x: Array) -> Any:
            return [1.0]

        def backward(self, ctx: Context, grad: Array) -> Array:
            return grad

    with pytest.raises(ArgumentError, match="wrong: forward returned list, not an array"):
        Wrong()(np.ones(1))


class OnlyAnArray:
    """What says no more than how to make an array of it, with an operator of its own, as pandas has."""

    __array_priority__ = 1000  # an ndarray leaves operators to it

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
def test_what_numpy_takes_for_an_array_becomes_one_before_the_call(given: Any) -> None:
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
def test_what_is_no_number_is_refused_at_the_call(given: Any) -> None:
    x = tensor([1.0], requires_grad=True)
    with pytest.raises(
        ArgumentError, match=r"tiny_multiply: expected a number or an array, got a \w+; float"
    ):
        multiply(x, given)


def test_a_foreign_array_that_holds_a_tensor_is_refused() -> None:
    class Quantity:
        def __init__(self, magnitude: Any) -> None:
            self.magnitude = magnitude

        def __array_function__(self, *_: Any) -> Any:
            return NotImplemented

    with pytest.raises(ArgumentError, match="a Quantity that holds a tensor: that one would be cut out"):
        multiply(tensor([1.0], requires_grad=True), Quantity(tensor([1.0], requires_grad=True)))


@pytest.mark.parametrize(
    "wrap", [lambda t: t, lambda t: (0, t), lambda t: [t], lambda t: {"axis": t}, lambda t: (0, (1, t))]
)
def test_a_tensor_as_a_setting_is_refused(wrap: Any) -> None:
    setting = wrap(tensor(1))
    with pytest.raises(ArgumentError, match="settings: the setting 'axis' is a tensor; settings are static"):
        Settings()(np.ones(2), axis=setting)


def test_a_wrong_number_of_inputs_is_explained_with_the_signature() -> None:
    with pytest.raises(
        ArgumentError, match=r"tiny_add: missing a required argument: 'y'; its signature is tiny_add\(x"
    ):
        add(np.ones(1))  # type: ignore[call-arg] # pyright: ignore[reportCallIssue]
    with pytest.raises(ArgumentError, match="tiny_add: too many positional arguments"):
        add(np.ones(1), np.ones(1), np.ones(1))  # type: ignore[call-arg] # pyright: ignore[reportCallIssue]


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


def test_an_unknown_setting_is_explained_with_the_signature() -> None:
    with pytest.raises(
        ArgumentError, match="tiny_add: got an unexpected keyword argument 'axs'; its signature"
    ):
        add(np.ones(1), np.ones(1), axs=1)  # type: ignore[call-arg] # pyright: ignore[reportCallIssue]


def test_shapes_that_do_not_fit_are_shown() -> None:
    with pytest.raises(
        InputError, match=r"tiny_add: operands could not be broadcast.*\(2,\) float64, \(3,\) float32"
    ):
        add(np.ones(2), np.ones(3, np.float32))


def test_an_error_of_numpy_keeps_its_type_and_gets_a_note() -> None:
    class Singular(Operation):
        name = "singular"

        def forward(self, ctx: Context, x: Array) -> Any:
            return np.linalg.inv(x)

        def backward(self, ctx: Context, grad: Array) -> Array:
            return grad

    with pytest.raises(np.linalg.LinAlgError, match="Singular matrix") as caught:
        Singular()(np.zeros((2, 2)))
    assert caught.value.__notes__ == ["in singular, on (2, 2) float64"]


@pytest.mark.parametrize(
    "error", [RuntimeError("mine"), ZeroDivisionError("mine"), KeyError("mine"), MemoryError()]
)
def test_an_error_of_any_kind_is_told_where_it_was_raised(error: Exception) -> None:
    class Failing(Operation):
        name = "failing"

        def forward(self, ctx: Context, x: Array) -> Array:
            raise error

        def backward(self, ctx: Context, grad: Array) -> Array:
            return grad

    with pytest.raises(type(error)) as caught:
        Failing()(np.zeros((2, 2)))
    assert caught.value is error
    assert caught.value.__notes__ == ["in failing, on (2, 2) float64"]


def test_a_failed_call_records_nothing() -> None:
    x = tensor([1.0, 2.0], requires_grad=True)
    with pytest.raises(InputError):
        add(x, np.ones(3))
    y = add(x, x)
    y.backward()
    np.testing.assert_array_equal(x.numpy(), [1, 2])


def test_another_kind_of_array_is_kept() -> None:
    class Foreign(np.ndarray):
        """Stands for any array that speaks NumPy's protocols."""

    data = np.ones(2).view(Foreign)
    x = tensor(0.0)
    x.data = data
    assert type(add(x, x).data) is Foreign


def test_an_input_that_is_no_array_is_named() -> None:
    class Wide(Settings):
        def forward(self, ctx: Context, x: Any, *others: Any, axis: Any = None) -> Array:
            return x * others[0].ndim

    with pytest.raises(ArgumentError, match=r"input 1 must be an array, got int; its signature is \w+\(x, "):
        Wide()(np.ones(2), 2)


def test_what_forward_would_keep_on_the_context_itself_is_told_of_save() -> None:
    class Kept(Settings):
        def forward(self, ctx: Context, x: Any, *others: Any, axis: Any = None) -> Array:
            ctx.x = x  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]
            return x * 1

    with pytest.raises(AttributeError) as caught:
        Kept()(np.ones(2))
    assert "use ctx.save(...), which keeps what backward needs" in str(caught.value)


def test_an_attribute_that_the_operation_itself_lacks_is_no_fault_of_its_inputs() -> None:
    class Lacks(Settings):
        def forward(self, ctx: Context, x: Any, *others: Any, axis: Any = None) -> Array:
            return x * self.factor  # type: ignore[attr-defined]

    with pytest.raises(AttributeError, match="'Lacks' object has no attribute 'factor'"):
        Lacks()(np.ones(2))
