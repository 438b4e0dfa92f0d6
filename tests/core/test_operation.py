"""What an operation owes, and what the base gives."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
import pytest

from minigrad_core import Array, Context, Operation, tensor
from minigrad_core.contracts.adapters import adapt_operation
from minigrad_core.contracts.validation import validate_operation
from minigrad_core.errors import DifferentiabilityError
from tests.core.tiny_ops import add


def test_both_methods_are_abstract() -> None:
    class Half(Operation):
        name = "half"

        def forward(self, ctx: Context, x: Array) -> Array:
            return x

    with pytest.raises(TypeError, match="backward"):
        Half()


def test_the_defaults_are_modest() -> None:
    class Plain(Operation):
        name = "plain"

        def forward(self, ctx: Context, x: Array) -> Array:
            return x * 1

        def backward(self, ctx: Context, grad: Array) -> Array:
            return grad

    op = Plain()
    assert (op.broadcasts, op.once_differentiable, op.differentiable, op.returns_view) == (
        False,
        False,
        True,
        False,
    )
    assert (tuple(op.implements), tuple(op.cases)) == ((), ())
    assert repr(op) == "<operation plain>"


def test_what_says_it_is_not_differentiable_needs_no_backward() -> None:
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


def test_what_is_callable_already_stays_what_it_is() -> None:
    assert adapt_operation(add) is add


def test_a_context_keeps_what_it_was_given_last() -> None:
    ctx = Context(add, (), {}, (True,))
    saved: Any = ctx.saved
    assert saved == ()
    ctx.save(1, "a", None)
    saved = ctx.saved
    assert saved == (1, "a", None)
    ctx.save(2)
    saved = ctx.saved
    assert saved == (2,)
    ctx.save()
    saved = ctx.saved
    assert saved == ()


def test_issubclass_answers_for_operations_and_other_classes() -> None:
    class Mine(Operation):
        name = "mine"

        def forward(self, ctx: Any, x: Any) -> Any:
            return x * 2

        def backward(self, ctx: Any, grad: Any) -> Any:
            return grad * 2

    base: Any = Operation  # to a type checker it is a protocol
    assert issubclass(Mine, base)
    assert isinstance(Mine(), base)
    assert not issubclass(int, base)
    with pytest.raises(TypeError, match="abstract"):
        Operation()  # type: ignore[misc]  # on purpose


class Callables:
    """Methods that the engine can call, in every way in which one can be written."""

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


@pytest.mark.parametrize("how", [name for name in vars(Callables) if not name.startswith("_")])
def test_a_method_that_can_be_called_is_taken_however_it_is_written(how: str) -> None:
    method = vars(Callables)[how]
    op = type("Op", (), {"name": "op", "forward": method, "backward": method})()
    validate_operation(op)
