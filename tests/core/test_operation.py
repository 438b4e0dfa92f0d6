"""The contract of an operation, and the defaults of its base class."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
import pytest

from minigrad_core import Array, Context, Operation, tensor
from minigrad_core.contracts.adapters import adapt_operation
from minigrad_core.contracts.validation import validate_operation
from minigrad_core.errors import DifferentiabilityError
from tests.core.tiny_ops import add, make_operation


def test_both_methods_are_abstract() -> None:
    class Half(Operation):
        name = "half"

        def forward(self, ctx: Context, x: Array) -> Array:
            return x

    with pytest.raises(TypeError, match="backward"):
        Half()


def test_the_defaults() -> None:
    op = make_operation(lambda self, ctx, x: x * 1, name="plain")
    flags = (op.broadcasts, op.once_differentiable, op.differentiable, op.returns_view)
    assert flags == (False, False, True, False)
    assert (tuple(op.implements), tuple(op.cases)) == ((), ())
    assert repr(op) == "<operation plain>"


def test_an_operation_that_is_not_differentiable_needs_no_backward() -> None:
    class Sign(Operation):
        name = "sign"
        differentiable = False

        def forward(self, ctx: Context, x: Array) -> Any:
            return np.sign(x)

    op: Any = Sign()
    np.testing.assert_array_equal(op(tensor([-2.0], requires_grad=True)), [-1])
    with pytest.raises(DifferentiabilityError, match="sign has no gradient"):
        op.backward(None, np.ones(1))


def test_a_call_of_a_new_instance_is_the_same_call() -> None:
    np.testing.assert_array_equal(type(add)()(np.ones(2), 1.0).numpy(), add(np.ones(2), 1.0).numpy())


def test_a_class_that_merely_conforms_becomes_callable() -> None:
    class Bare:
        name = "bare"

        def forward(self, ctx: Context, x: Any, /) -> Any:
            ctx.save(x)
            return x * x

        def backward(self, ctx: Context, grad: Any, /) -> Any:
            (x,) = ctx.saved
            return 2 * grad * x

    op = adapt_operation(Bare())
    x = tensor([3.0], requires_grad=True)
    op(x).backward()
    assert x.grad is not None
    np.testing.assert_array_equal(x.grad, [6])
    assert not op.once_differentiable


def test_an_operation_is_not_adapted() -> None:
    assert adapt_operation(add) is add


def test_a_context_keeps_the_values_of_the_last_save() -> None:
    ctx = Context(add, (), {}, (True,))
    found: list[Any] = [ctx.saved]
    for values in ((1, "a", None), (2,), ()):
        ctx.save(*values)
        found.append(ctx.saved)
    assert found == [(), (1, "a", None), (2,), ()]


def test_issubclass_distinguishes_operations_from_other_classes() -> None:
    base: Any = Operation  # to a type checker it is a protocol
    assert issubclass(type(add), base)
    assert isinstance(add, base)
    assert not issubclass(int, base)
    with pytest.raises(TypeError, match="abstract"):
        Operation()  # type: ignore[misc]  # on purpose


class Callables:
    """Methods that the engine can call, in all forms that Python has."""

    def usual(self, ctx: Any, x: Any) -> Any: ...
    def positional(self, ctx: Any, x: Any, /) -> Any: ...
    def optional(self, ctx: Any, x: Any = None) -> Any: ...
    def variadic(self, ctx: Any, *x: Any) -> Any: ...
    @staticmethod
    def static(ctx: Any, x: Any) -> Any: ...
    @functools.wraps(usual)
    def wrapped(self, *args: Any, **kwargs: Any) -> Any: ...

    partial = staticmethod(functools.partial(lambda _, ctx, x: None, None))  # bare, it would bind in 3.14
    compiled = staticmethod(dict.update)


@pytest.mark.parametrize("form", [name for name in vars(Callables) if not name.startswith("_")])
def test_a_method_of_any_form_is_accepted(form: str) -> None:
    method = vars(Callables)[form]
    op = type("Op", (), {"name": "op", "forward": method, "backward": method})()
    validate_operation(op)
