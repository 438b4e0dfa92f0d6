"""Modules as arguments of transforms: every way to a parameter leads to the variable in its place."""

from __future__ import annotations

from functools import partial
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from minigrad_core import Module, Parameter, Tensor, grad, hvp, value_and_grad
from minigrad_core.errors import GradientError
from tests.core.tiny_ops import multiply, total

X = np.array([1.0, 2.0])


class Scale(Module):
    def __init__(self) -> None:
        self.w = Parameter(np.ones(2))

    def forward(self, x: Any) -> Any:
        return multiply(x, self.w)


class Holding(Scale):
    """Computes with what it was given to hold beside the parameter."""

    def __init__(self, hold: Any, call: Any) -> None:
        super().__init__()
        self.below = Scale()
        self.held, self.call = hold(self), call

    def forward(self, x: Any) -> Any:
        return multiply(self.call(self.held, x), self.below(x))


def _twice(m: Any) -> Any:
    def again(x: Any, n: int) -> Any:
        return again(multiply(x, m.w), n - 1) if n else x

    return again


def _in_turns(m: Any) -> Any:
    def even(x: Any, n: int) -> Any:
        return odd(multiply(x, m.w), n - 1) if n else x

    def odd(x: Any, n: int) -> Any:
        return even(m.below(x), n - 1) if n else x

    return even


@pytest.mark.parametrize(
    ("hold", "call"),
    [
        (lambda m: [m.w], lambda held, x: multiply(held[0], x)),
        (lambda m: (m.w, 3), lambda held, x: multiply(held[0], x)),
        (lambda m: {"w": m.w}, lambda held, x: multiply(held["w"], x)),
        (lambda m: [[m.below]], lambda held, x: held[0][0](x)),
        (lambda m: (m.below,), lambda held, x: held[0](x)),
        (lambda m: {"m": m.below}, lambda held, x: held["m"](x)),
        (lambda m: m.below.forward, lambda held, x: held(x)),
        (lambda m: partial(multiply, m.w), lambda held, x: held(x)),
        (lambda m: partial(m.below.forward), lambda held, x: held(x)),
        (lambda m: lambda x: multiply(x, m.w), lambda held, x: held(x)),
        (lambda m: lambda x, w=m.w: multiply(x, w), lambda held, x: held(x)),
        (lambda m: lambda x, *, w=m.w: multiply(x, w), lambda held, x: held(x)),
        (lambda m: (lambda f: lambda x: f(f(x)))(lambda x: multiply(x, m.w)), lambda held, x: held(x)),
        (lambda m: _twice(m), lambda held, x: held(x, 2)),
        (lambda m: _in_turns(m), lambda held, x: held(x, 4)),
        (lambda m: [_in_turns(m)], lambda held, x: held[0](x, 3)),
    ],
)
def test_a_parameter_is_replaced_wherever_an_attribute_holds_it(hold: Any, call: Any) -> None:
    module = Holding(hold, call)
    module(X).backward(np.ones(2))
    own = {name: np.zeros(2) if p.grad is None else p.grad for name, p in module.named_parameters()}
    found = grad(lambda m: total(m(X)))(module)
    assert found.keys() == own.keys()
    for name, expected in own.items():
        np.testing.assert_array_equal(found[name], expected)


def test_what_holds_no_parameter_is_shared() -> None:
    module = Scale()
    module.seen = []

    def f(m: Any) -> Any:
        m.seen.append(1)
        return total(m(X))

    grad(f)(module)
    assert module.seen == [1]  # type: ignore[attr-defined]


def test_a_function_that_encloses_no_parameter_keeps_what_it_counts() -> None:
    calls = 0

    def counting(x: Any) -> Any:
        nonlocal calls
        calls += 1
        return x

    grad(lambda m: total(m(X)))(Holding(lambda _: counting, lambda held, x: held(x)))
    assert calls == 1


def test_a_parameter_that_a_function_encloses_is_refused() -> None:
    module = Scale()
    with pytest.raises(GradientError, match=r"shape \(2,\) that it did not get from its argument.*zeros"):
        grad(lambda _: total(module(X)))(module)
    with pytest.raises(GradientError, match="did not get from its argument"):
        hvp(lambda _: total(module(X)), (module.w,), (X,))


def test_a_module_may_be_enclosed_as_a_constant_beside_the_argument() -> None:
    module = Scale()
    found = grad(lambda m: total(multiply(m(X), module(X))))(module)
    np.testing.assert_array_equal(found["w"], X * X)


@pytest.mark.parametrize(
    ("hold", "call"),
    [
        (lambda m: SimpleNamespace(below=m.below), lambda held, x: held.below(x)),
        (lambda m: SimpleNamespace(all=[m.below.w]), lambda held, x: multiply(held.all[0], x)),
        (lambda m: frozenset([m.below]), lambda held, x: next(iter(held))(x)),
    ],
)
def test_what_leads_past_the_argument_beside_it_is_refused(hold: Any, call: Any) -> None:
    with pytest.raises(GradientError, match=r"did not get from its argument.*lack a part"):
        grad(lambda m: total(m(X)))(Holding(hold, call))


class Remembering(Scale):
    mean: Any
    last: Any
    best: Any

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("mean", np.zeros(2))
        self.calls = 0

    def forward(self, x: Any) -> Any:
        y = super().forward(x)
        self.calls += 1
        self.mean = self.mean + y.numpy()
        self.last, self.best = {"y": (y,)}, self.w
        return y


def test_what_forward_assigns_stays_assigned() -> None:
    module = Remembering()
    for _ in range(2):
        value_and_grad(lambda m: total(m(X)))(module)
    assert module.calls == 2
    np.testing.assert_array_equal(module.state_dict()["mean"], 2 * X)
    assert module.best is module.w


def test_a_tensor_that_stays_assigned_is_cut_off() -> None:
    module: Any = Remembering()
    grad(lambda m: total(m(X)))(module)
    (last,) = module.last["y"]
    assert type(last) is Tensor
    assert not last.requires_grad


def test_inside_another_transform_what_stays_assigned_is_differentiated() -> None:
    def f(m: Any) -> Any:
        grad(lambda m: total(m(X)))(m)
        return total(m.last["y"][0])

    np.testing.assert_array_equal(grad(f)(Remembering())["w"], X)
