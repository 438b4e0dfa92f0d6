"""`checkpoint` gives the same values and gradients, and keeps only the inputs."""

from __future__ import annotations

import tracemalloc
from typing import Any

import numpy as np
import pytest

from minigrad_core import (
    Module,
    Parameter,
    Tensor,
    checkpoint,
    grad,
    no_grad,
    tensor,
    value_and_grad,
)
from minigrad_core.errors import FreedGraphError, GradientError
from tests.core.tiny_ops import gradient, pair


def f(x: Any) -> Any:
    return np.sum(np.tanh(x) * np.exp(x))


X = np.array([0.3, -0.7])


def test_values_and_gradients_are_those_of_the_function() -> None:
    checkpointed = checkpoint(f)
    assert checkpointed.__name__ == "f"
    value, g = value_and_grad(checkpointed)(X)
    expected, reference = value_and_grad(f)(X)
    assert value == expected
    np.testing.assert_array_equal(g, reference)


def test_the_function_runs_once_forward_and_once_backward() -> None:
    calls: list[int] = []

    def counted(x: Any) -> Any:
        calls.append(1)
        return f(x)

    x = tensor(X, requires_grad=True)
    y = checkpoint(counted)(x)
    assert len(calls) == 1
    y.backward()
    assert len(calls) == 2
    np.testing.assert_array_equal(gradient(x), grad(f)(X))


def test_the_graph_has_one_node_for_the_whole_call() -> None:
    x = tensor(X, requires_grad=True)
    y = checkpoint(f)(x)
    assert y.node is not None
    assert y.node.inputs == (x,)
    assert y.node.saved == (x,)


def test_closed_over_tensors_get_their_gradients() -> None:
    leaf = Parameter(np.array([2.0, 3.0]))
    computed = leaf * leaf
    x = tensor(X, requires_grad=True)
    np.sum(checkpoint(lambda x: x * leaf + computed)(x)).backward()
    np.testing.assert_allclose(gradient(leaf), X + 2 * leaf.data)
    np.testing.assert_allclose(gradient(x), leaf.data)


def test_one_output_of_several_may_be_closed_over() -> None:
    x = tensor(X, requires_grad=True)
    twice, minus = pair(x)
    np.sum(checkpoint(lambda t: t * minus)(twice)).backward()
    np.testing.assert_allclose(gradient(x), -4 * X)


def test_gradients_reach_closed_over_tensors_if_no_argument_requires_a_gradient() -> None:
    weight = Parameter(np.array([2.0, 3.0]))
    np.sum(checkpoint(lambda x: x * weight)(X)).backward()
    np.testing.assert_array_equal(gradient(weight), X)


def test_arguments_and_values_may_be_of_any_type() -> None:
    def g(d: Any, *, scale: Any) -> Any:
        return {"sum": d["x"] + d["y"][0] * scale, "label": "text", "same": d["x"], "constant": np.ones(1)}

    x, y = tensor(X, requires_grad=True), tensor(X, requires_grad=True)
    out = checkpoint(g)({"x": x, "y": [y]}, scale=2.0)
    assert out["label"] == "text"
    assert out["same"] is x
    assert type(out["constant"]) is np.ndarray
    np.sum(out["sum"] * out["same"]).backward()
    np.testing.assert_allclose(gradient(y), 2 * X)


def test_the_gradient_of_an_unused_output_is_zeros() -> None:
    x = tensor(X, requires_grad=True)
    first, _ = checkpoint(lambda x: (x * 2, x * 3))(x)
    np.sum(first).backward()
    np.testing.assert_array_equal(gradient(x), [2, 2])


def test_without_gradients_the_function_is_just_called() -> None:
    assert checkpoint(lambda a: a)("anything") == "anything"
    with no_grad():
        assert not checkpoint(f)(tensor(X, requires_grad=True)).requires_grad
    assert not checkpoint(f)(tensor(X)).requires_grad


def test_a_transform_inside_is_differentiated_when_it_runs_again() -> None:
    # In backward no transform is active any more; the inner one must still return a tensor in the graph.
    weight = Parameter(np.array(3.0))
    penalty = checkpoint(lambda x: x * grad(lambda y: weight * y**2)(2.0))
    plain = lambda x: x * grad(lambda y: weight * y**2)(2.0)  # noqa: E731
    assert grad(lambda x: penalty(x))(5.0) == grad(plain)(5.0) == 12


def test_a_second_backward_is_refused_like_any_other() -> None:
    y = checkpoint(f)(tensor(X, requires_grad=True))
    y.backward(retain_graph=True)
    y.backward()
    with pytest.raises(FreedGraphError, match="backward went through checkpoint before"):
        y.backward()


def test_blocks_of_a_module_that_is_an_argument() -> None:
    class Network(Module):
        def __init__(self) -> None:
            self.first, self.second = Parameter(np.array([2.0, 3.0])), Parameter(np.array([5.0, 7.0]))

        def block(self, x: Any) -> Any:
            return np.tanh(x * self.first) * self.second

        def forward(self, x: Any) -> Any:
            return checkpoint(self.block)(x)

    network = Network()
    found = grad(lambda m: np.sum(m(X)))(network)
    expected = grad(lambda m: np.sum(m.block(X)))(network)
    for name in ("first", "second"):
        np.testing.assert_array_equal(found[name], expected[name])
        assert np.all(found[name] != 0)


def test_ten_blocks_of_ten_layers_need_less_than_half_of_the_memory() -> None:
    rng = np.random.default_rng(0)
    weights = [Parameter(rng.normal(size=(8, 8)) / 3) for _ in range(100)]
    x = rng.normal(size=(1000, 8))

    def layers(x: Any, start: int, stop: int) -> Any:
        for weight in weights[start:stop]:
            x = np.tanh(x @ weight)
        return x

    def plain(x: Any) -> Any:
        return np.sum(layers(x, 0, 100))

    def in_blocks(x: Any) -> Any:
        for start in range(0, 100, 10):
            x = checkpoint(layers)(x, start, start + 10)
        return np.sum(x)

    def peak(f: Any) -> tuple[int, list[Any]]:
        for weight in weights:
            weight.zero_grad()
        tracemalloc.start()
        try:
            y: Tensor = f(x)
            y.backward()
            return tracemalloc.get_traced_memory()[1], [weight.grad for weight in weights]
        finally:
            tracemalloc.stop()

    peak(plain)  # imports everything that is imported lazily
    whole, expected = peak(plain)
    blocks, found = peak(in_blocks)
    assert blocks < whole / 2
    for a, b in zip(found, expected, strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("make", [Parameter, lambda x: tensor(x, requires_grad=True), lambda x: x])
def test_a_function_made_in_a_loop_that_sees_the_last_value_is_refused(make: Any) -> None:
    weights = [make(np.full(2, value)) for value in (2.0, 3.0)]
    y: Any = tensor(np.zeros(2), requires_grad=True)
    for w in weights:
        y = checkpoint(lambda x: x * w)(y)  # noqa: B023 - on purpose; of zeros all values agree
    with pytest.raises(GradientError, match=r"computed something else.* Pass the variable of a loop"):
        np.sum(y).backward()


def test_leaves_with_equal_values_are_distinguished_after_the_first_one_is_freed() -> None:
    y: Any = tensor(np.zeros(2), requires_grad=True)
    for _ in range(2):
        w = tensor(np.zeros(2), requires_grad=True)
        y = checkpoint(lambda x: x + w * x)(y)  # noqa: B023 - on purpose
    with pytest.raises(GradientError, match="with other tensors"):
        np.sum(y).backward()


@pytest.mark.parametrize("index", [0, 12_345])
def test_a_changed_leaf_is_refused_even_if_no_computed_value_changed(index: int) -> None:
    w, x = tensor(np.ones(100_000), requires_grad=True), tensor(np.zeros(100_000), requires_grad=True)
    y = np.sum(checkpoint(lambda x: np.tanh(w * x))(x))
    w.data[index] = 2.0
    with pytest.raises(GradientError, match="Do not change the tensors and values it uses before backward"):
        y.backward()


def test_a_function_that_makes_other_calls_is_refused_even_if_no_value_changed() -> None:
    functions = iter([np.tanh, np.sin, np.sin, np.sin])
    with pytest.raises(GradientError, match=r"checkpoint: .*<lambda> computed something else"):
        grad(lambda x: np.sum(checkpoint(lambda x: next(functions)(x))(x)))(np.zeros(3))


@pytest.mark.parametrize("values", [np.nan, np.inf, -0.0, 1 + 2j, np.float32(1e30)])
def test_equal_calls_are_not_refused(values: Any) -> None:
    x = tensor(np.ones(5, np.float32), requires_grad=True)

    def f(x: Any) -> Any:
        parts = {"all": (x * values, np.split(x, [2]), x[::2], x[[0, 1]], x.reshape(5, 1).sum(axis=(0, 1)))}
        return np.abs(parts["all"][0]), parts["all"][2:]

    first, _ = checkpoint(f)(x)
    with np.errstate(invalid="ignore"):
        np.sum(first).backward()
    assert x.grad is not None


def test_a_parameter_that_the_function_makes_may_be_another_one_each_time() -> None:
    x = tensor(np.ones(2), requires_grad=True)
    np.sum(checkpoint(lambda x: x * Parameter([2.0, 3.0]))(x)).backward()
    np.testing.assert_array_equal(x.grad, [2, 3])
