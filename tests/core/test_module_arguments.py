"""Modules as arguments of transforms: the gradient of a parameter covers all of its uses."""

from __future__ import annotations

import copy
from functools import partial
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from minigrad_core import (
    Module,
    ModuleList,
    Parameter,
    checkpoint,
    grad,
    hessian,
    hvp,
    jvp,
    vjp,
)
from minigrad_core.errors import GradientError
from tests.core.tiny_ops import multiply, total

X = np.array([1.0, 2.0])


class Scale(Module):
    def __init__(self) -> None:
        self.w = Parameter(np.ones(2))

    def forward(self, x: Any) -> Any:
        return multiply(x, self.w)


class Holding(Scale):
    """Multiplies a submodule's output by `call(held, x)`, where `held` refers to a parameter in some way."""

    def __init__(self, hold: Any, call: Any) -> None:
        super().__init__()
        self.below = Scale()
        self.held, self.call = hold(self), call

    def forward(self, x: Any) -> Any:
        return multiply(self.call(self.held, x), self.below(x))


@pytest.mark.parametrize(
    ("hold", "call"),
    [
        (lambda m: {"w": [m.w]}, lambda held, x: multiply(held["w"][0], x)),
        (lambda m: (m.below,), lambda held, x: held[0](x)),
        (lambda m: m.below.forward, lambda held, x: held(x)),
        (lambda m: partial(multiply, m.w), lambda held, x: held(x)),
        (lambda m: lambda x: multiply(x, m.w), lambda held, x: held(x)),
        (lambda m: lambda x, w=m.w: multiply(x, w), lambda held, x: held(x)),
        (lambda m: SimpleNamespace(below=m.below), lambda held, x: held.below(x)),
    ],
)
def test_the_gradient_is_that_of_backward_whatever_refers_to_a_parameter(hold: Any, call: Any) -> None:
    module = Holding(hold, call)
    module(X).backward(np.ones(2))
    own = {name: np.zeros(2) if p.grad is None else p.grad for name, p in module.named_parameters()}
    found = grad(lambda m: total(m(X)))(module)
    assert found.keys() == own.keys()
    for name, expected in own.items():
        np.testing.assert_array_equal(found[name], expected)


def test_the_function_receives_the_module_itself_with_its_own_parameters() -> None:
    def f(m: Any) -> Any:
        m.attribute = total(m(X))
        return sum(np.sum(p * p) for p in m.parameters())

    module: Any = Scale()
    weight = module.w
    found = grad(f)(module)
    assert module.attribute.item() == X.sum()  # the module itself was passed, not a copy
    assert module.w is weight
    assert weight.grad is None
    np.testing.assert_array_equal(found["w"], 2 * weight.data)


def test_a_parameter_shared_by_two_modules_is_one_variable() -> None:
    modules: Any = ModuleList([Scale(), Scale()])
    modules[1].w = modules[0].w
    found = grad(lambda m: total(m[1](m[0](X))))(modules)
    assert list(found) == ["0.w"]
    np.testing.assert_array_equal(found["0.w"], 2 * X)


def test_a_list_of_parameters_gives_plain_arrays_that_can_be_assigned() -> None:
    parameters = [Parameter(X), Parameter(2 * X)]
    used, unused = grad(lambda ps: np.sum(ps[0] ** 3))(parameters)
    parameters[0].grad, parameters[1].grad = used, unused
    np.testing.assert_array_equal(used, 3 * X**2)
    np.testing.assert_array_equal(unused, [0, 0])


def test_a_parameter_that_a_function_encloses_is_the_same_one() -> None:
    module = Scale()
    expected = grad(lambda m: total(m(X)))(module)["w"]
    np.testing.assert_array_equal(grad(lambda _: total(module(X)))(module)["w"], expected)
    (by_list,) = grad(lambda _: total(module(X)))([module.w])
    np.testing.assert_array_equal(by_list, expected)
    both = grad(lambda m: total(multiply(m(X), module(X))))(module)
    np.testing.assert_array_equal(both["w"], 2 * X * X)


def test_a_parameter_that_is_passed_twice_is_refused() -> None:
    module = Scale()
    calls: list[Any] = [
        lambda: grad(lambda m, n: total(m(n(X))))(module, module),
        lambda: grad(lambda m, *, n: total(m(n(X))))(module, n=[module]),
        lambda: grad(lambda a, b: total(multiply(a, b)), (0, 1))(module.w, module.w),
        lambda: hvp(lambda a, b: total(multiply(a, b)), (module, [module.w]), (module, [X])),
    ]
    for call in calls:
        with pytest.raises(GradientError, match=r"passed twice.*copy\.deepcopy\(model\)"):
            call()
    found = grad(lambda m, n: total(m(n(X))))(module, copy.deepcopy(module))  # the copy is a constant
    np.testing.assert_array_equal(found["w"].data, X)


def test_the_gradient_of_a_frozen_parameter_is_none() -> None:
    module = Holding(lambda m: None, lambda _, x: x)
    module.w.requires_grad = False
    found = grad(lambda m: total(multiply(m(X), m.w)))(module)
    assert found["w"] is None
    np.testing.assert_array_equal(found["below.w"], X * X)
    product = hvp(lambda m: total(multiply(m(X), m.below.w)), (module,), (found,))[0]
    assert product["w"] is None
    np.testing.assert_array_equal(product["below.w"], 2 * X * X * found["below.w"])


def test_a_frozen_parameter_as_an_argument_is_a_variable() -> None:
    weight = Parameter(X)
    weight.requires_grad = False
    np.testing.assert_array_equal(grad(lambda w: total(multiply(w, w)))(weight), 2 * X)


class Network(Module):
    def __init__(self) -> None:
        rng = np.random.default_rng(0)
        self.w, self.v = Parameter(rng.normal(size=(2, 3))), Parameter(rng.normal(size=3))

    def forward(self, x: Any) -> Any:
        return np.tanh(x @ self.w) @ self.v


def _loss(m: Any) -> Any:
    return m(X) ** 2 + m(2.0 * X)


def _loss_of_arrays(arrays: dict[str, Any]) -> Any:
    def network(x: Any) -> Any:
        return np.tanh(x @ arrays["w"]) @ arrays["v"]

    return network(X) ** 2 + network(2.0 * X)


def _sum_of_squares(gradients: dict[str, Any]) -> Any:
    return sum(np.sum(g**2) for g in gradients.values())


@pytest.mark.parametrize(
    "derivative",
    [
        grad,
        hessian,
        lambda f: grad(lambda m: _sum_of_squares(grad(f)(m))),
        lambda f: grad(lambda m: _sum_of_squares(grad(lambda n: _sum_of_squares(grad(f)(n)))(m))),
        lambda f: grad(checkpoint(f)),
        lambda f: lambda m: vjp(f, m)[1](2.0),
        lambda f: lambda m: jvp(f, (m,), (grad(f)(m),))[1],
        lambda f: lambda m: hvp(f, (m,), (grad(f)(m),)),
        lambda f: lambda m: jvp(grad(f), (m,), (grad(f)(m),))[1],
        lambda f: grad(lambda m: f(m) * jvp(f, (m,), (vjp(f, m)[1](1.0),))[1]),
    ],
)
def test_every_derivative_by_a_module_is_that_by_its_arrays(derivative: Any) -> None:
    module = Network()
    arrays = {name: p.numpy() for name, p in module.named_parameters()}
    found, expected = derivative(_loss)(module), derivative(_loss_of_arrays)(arrays)
    np.testing.assert_equal(_rounded(found), _rounded(expected))
    assert module.w.grad is None


def _rounded(tree: Any) -> Any:
    if isinstance(tree, dict):
        return {key: _rounded(item) for key, item in tree.items()}
    return tuple(map(_rounded, tree)) if isinstance(tree, tuple) else np.round(tree, 8)


def test_a_tensor_computed_before_the_inner_function_is_a_constant_to_it() -> None:
    def f(m: Any) -> Any:
        before = total(m(X))
        (inner,) = grad(lambda n: before * total(n(X)))(m).values()
        return total(inner)

    found = grad(f)(Scale())["w"]  # of w.x sum(x)
    np.testing.assert_array_equal(found, X * X.sum())


def test_backward_inside_of_a_loss_of_the_parameters_is_refused() -> None:
    def f(m: Any) -> Any:
        total(m(X)).backward()
        return total(multiply(m.w, m.w.grad))

    module = Scale()
    with pytest.raises(GradientError, match="inside a function that is being differentiated"):
        grad(f)(module)
    assert module.w.grad is None
    own = Scale()

    def run_both(m: Any) -> Any:
        total(own(X)).backward()
        return total(m(X))

    np.testing.assert_array_equal(grad(run_both)(module)["w"], own.w.grad)
