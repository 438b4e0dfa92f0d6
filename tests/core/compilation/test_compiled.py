"""A compiled function does what the function does."""

from __future__ import annotations

import gc
import pickle
import sys
import weakref
from collections import OrderedDict
from typing import Any

import numpy as np
import pytest

import minigrad_core as mg
import minigrad_ops_nn as nn
from minigrad_core.errors import FreedGraphError, InputError, StaleGraphError, TracingError

X = np.array([1.0, 2.0, 3.0])


@mg.compile
def decorated(x: Any) -> Any:
    return mg.grad(lambda t: np.sum(t**3))(x)


def cube(x: Any) -> Any:
    return np.sum(x**3)


class Model(mg.Module):
    def __init__(self) -> None:
        self.weight = mg.Parameter(np.ones(3))

    @mg.compile
    def compute(self, x: Any) -> Any:
        return np.sum(self.weight * x)

    def forward(self, x: Any) -> Any:
        return self.compute(x)


def make_step() -> tuple[Any, Any, Any]:
    model = nn.MLP((4, 5, 3), rng=np.random.default_rng(0))
    x = np.random.default_rng(0).normal(size=(6, 4)).astype(np.float32)
    return model, x, lambda x, labels: mg.ops.nn.cross_entropy(model(x), labels)


def test_a_decorated_function_keeps_its_name_and_pickles() -> None:
    assert repr(decorated) == "<compiled 'decorated'>"
    assert pickle.loads(pickle.dumps(decorated)) is decorated
    copy = pickle.loads(pickle.dumps(mg.compile(cube)))
    assert [copy(X), copy(X)] == [cube(X), cube(X)]


def test_a_method_is_compiled_for_each_instance() -> None:
    first, second = Model(), Model()
    second.weight.data *= 2
    for _ in range(2):
        assert (first(X).item(), second(X).item()) == (6.0, 12.0)


@pytest.mark.parametrize("value", [1.5, np.float32(1.5), np.array(1.5), np.array([1.5]), mg.tensor(1.5)])
def test_results_have_the_types_of_the_eager_call(value: Any) -> None:
    f = mg.value_and_grad(lambda x: np.sum(np.sin(x) * 2))
    compiled = mg.compile(f)
    for _ in range(2):
        assert list(map(type, compiled(value))) == list(map(type, f(value)))
        assert repr(compiled(value)) == repr(f(value))


def test_numbers_of_python_stay_weak() -> None:
    compiled = mg.compile(lambda x, rate: x * (1 - rate))
    for rate in (0.5, 0.25):
        result = compiled(X.astype(np.float32), rate)
        assert result.dtype == np.float32
        np.testing.assert_array_equal(result, X.astype(np.float32) * (1 - rate))


def test_a_result_has_the_class_of_its_dict() -> None:
    def scale(tree: Any, x: Any) -> Any:
        return OrderedDict(a=tree["a"] * x), tree

    tree = OrderedDict(a=2.0)
    compiled = mg.compile(scale)
    for _ in range(2):
        assert repr(compiled(tree, X)) == repr(scale(tree, X))


def test_an_array_that_the_function_makes_and_returns_is_new_for_each_call() -> None:
    def f(x: Any) -> Any:
        y = np.ones(3)
        t = mg.tensor(y)
        return y, t, t, y * x, t * x

    compiled = mg.compile(f)
    for _ in range(3):
        y, t, same, *products = compiled(X)
        assert t is same
        for result, expected in zip([y, t, *products], [np.ones(3), np.ones(3), X, X], strict=True):
            np.testing.assert_array_equal(result, expected)
        y += 5
        t.data[...] += 5


def test_a_view_of_a_constant_is_not_written_to() -> None:
    def f(x: Any) -> Any:
        t = mg.tensor(np.ones(3))
        return t.reshape(3, 1), t * x

    compiled = mg.compile(f)
    compiled(X)
    view, _ = compiled(X)
    with pytest.raises(ValueError, match="read-only"):
        view.data[...] += 5


class Batch(dict[Any, Any]):
    factor = 1.0


def test_an_attribute_of_the_class_of_a_dict_that_is_an_argument(monkeypatch: pytest.MonkeyPatch) -> None:
    compiled = mg.compile(lambda batch: batch[0] * batch.factor)
    for factor in (1.0, 2.0, 3.0):
        monkeypatch.setattr(Batch, "factor", factor)
        np.testing.assert_array_equal(compiled(Batch({0: X})), X * factor)
    batch = Batch({0: X})
    batch.factor = 4.0
    with pytest.raises(TracingError, match="Batch with attributes: pass their values as arguments"):
        compiled(batch)


def test_keys_that_are_equal_may_still_differ() -> None:
    compiled = mg.compile(lambda tree: sum(x * key for key, x in tree.items()))
    for key in (1, 1.0, np.float64(1), True):
        assert compiled({key: X.astype(np.float32)}).dtype == (X.astype(np.float32) * key).dtype


def test_a_write_to_an_argument_is_repeated() -> None:
    def f(x: Any) -> Any:
        x[0] = x[1] + 1
        x *= 2
        return np.sum(x)

    compiled = mg.compile(f)
    for _ in range(3):
        a, b = X.copy(), X.copy()
        assert f(a) == compiled(b)
        np.testing.assert_array_equal(a, b)


def test_an_operation_that_returns_no_gradient_for_an_input_that_was_left_out() -> None:
    labels = np.array([0, 2])
    loss = mg.grad(lambda z: mg.ops.nn.cross_entropy(z, labels, label_smoothing=0.1))
    compiled = mg.compile(loss)
    for z in (np.eye(2, 3), np.ones((2, 3))):
        np.testing.assert_array_equal(compiled(z), loss(z))


def test_training_is_the_same_in_every_bit() -> None:
    (eager, x, loss), (model, _, own) = make_step(), make_step()
    compiled, labels = mg.compile(own), np.array([0, 1, 2, 0, 1, 2])
    for _ in range(4):
        for f, m in ((loss, eager), (compiled, model)):
            m.zero_grad()
            f(x, labels).backward()
            for p in m.parameters():
                p.data -= 0.1 * p.grad
    assert compiled.traces == 1
    for p, q in zip(eager.parameters(), model.parameters(), strict=True):
        np.testing.assert_array_equal(p.data, q.data)
        np.testing.assert_array_equal(p.grad, q.grad)


def test_gradients_of_a_replay_share_no_memory() -> None:
    w = mg.tensor(X, requires_grad=True)
    compiled = mg.compile(lambda: np.sum(w + w))
    for _ in range(3):
        compiled().backward()
    np.testing.assert_array_equal(w.grad, np.full(3, 6.0))


def test_bad_values_raise_the_error_of_the_eager_call() -> None:
    _, x, loss = make_step()
    compiled, labels = mg.compile(loss), np.arange(6) % 3
    compiled(x, labels)
    with pytest.raises(InputError) as eager:
        loss(x, labels + 9)
    with pytest.raises(InputError) as replayed:
        compiled(x, labels + 9)
    assert str(eager.value) == str(replayed.value)
    assert compiled(x, labels).item() == loss(x, labels).item()


def test_an_output_that_is_not_used_has_no_gradient() -> None:
    w = mg.tensor([0.0, 4.0], requires_grad=True)
    compiled = mg.compile(lambda: (np.sum(w * 2), np.sum(np.log(w))))
    with np.errstate(divide="ignore"):
        for _ in range(2):
            w.grad = None
            compiled()[0].backward()
            np.testing.assert_array_equal(w.grad, [2.0, 2.0])  # and no zero times infinity
            first, second = compiled()
            (first + second).backward()
            assert w.grad is not None
            assert np.isinf(w.grad[0])


def test_a_second_backward_needs_retain_graph() -> None:
    w = mg.tensor(X, requires_grad=True)
    compiled = mg.compile(lambda: np.sum(np.sin(w) * w))
    compiled()
    loss = compiled()
    loss.backward(retain_graph=True)
    assert w.grad is not None
    once = w.grad.copy()
    (loss * 1.0).backward()
    np.testing.assert_array_equal(w.grad, 2 * once)
    with pytest.raises(FreedGraphError):
        loss.backward()


@pytest.mark.parametrize("scale", [None, 2.0])  # the backward pass begins at the output, or reaches it
def test_a_backward_that_raised_in_the_middle_frees_the_graph(scale: float | None) -> None:
    class Double(mg.Operation):
        name, fails = "double", False

        def forward(self, ctx: Any, x: Any) -> Any:
            return 2 * x

        def backward(self, ctx: Any, grad: Any) -> Any:
            if Double.fails:
                raise KeyboardInterrupt
            return 2 * grad

    op = Double()
    w = mg.tensor(X, requires_grad=True)
    compiled = mg.compile(lambda: np.sum(np.exp(op(w))))
    compiled()
    loss = compiled() if scale is None else compiled() * scale
    Double.fails = True
    with pytest.raises(KeyboardInterrupt):
        loss.backward()
    Double.fails = False
    with pytest.raises(FreedGraphError, match="run the forward pass again"):
        loss.backward()
    assert w.grad is None


def test_each_call_keeps_its_values_until_its_backward() -> None:
    def loss(x: Any) -> Any:
        return np.sum(np.exp(x) * x)

    compiled, arrays = mg.compile(loss), [X, 2 * X]
    for _ in range(3):  # the second call and the third one get the contexts of earlier calls
        leaves = [mg.tensor(x, requires_grad=True) for x in arrays]
        losses = [compiled(leaf) for leaf in leaves]
        losses[0].backward(retain_graph=True)
        leaves[0].grad = None
        for x, leaf, value in zip(arrays, leaves, losses, strict=True):
            value.backward()
            np.testing.assert_array_equal(leaf.grad, mg.grad(loss)(x))


def test_a_replay_keeps_no_values_that_it_saved() -> None:
    gradient, loss, leaf = mg.compile(mg.grad(cube)), mg.compile(cube), mg.tensor(X, requires_grad=True)

    def count() -> int:
        return sys.getrefcount(leaf.data)

    before = count()
    for _ in range(3):
        gradient(leaf.data)
        value = loss(leaf)
        assert count() > before
        value.backward()
        assert count() == before


def test_a_compiled_function_that_is_dropped_frees_what_it_captured() -> None:
    def use(captured: Any) -> None:
        leaf = mg.tensor(X, requires_grad=True)
        scale: Any = mg.effect(lambda: captured * 2)
        loss: Any = mg.compile(lambda: np.sum((leaf * captured) ** 2 * scale()))
        for _ in range(2):
            loss().backward()
            mg.compile(mg.grad(lambda x: np.sum(x * captured)))(X)

    gc.disable()
    try:
        captured = X * 3
        reference = weakref.ref(captured)
        use(captured)
        del captured
        assert reference() is None
    finally:
        gc.enable()


def test_many_pending_calls_leave_few_contexts() -> None:
    def count() -> int:
        gc.collect()
        return sum(type(x) is mg.Context for x in gc.get_objects())

    loss, leaf = mg.compile(cube), mg.tensor(X, requires_grad=True)
    loss(leaf).backward()
    before = count()
    pending = [loss(leaf) for _ in range(100)]
    while pending:
        pending.pop().backward()
    assert count() - before < 40


def test_a_step_between_forward_and_backward_is_noticed() -> None:
    model, x, loss = make_step()
    compiled, labels = mg.compile(loss), np.arange(6) % 3
    optimizer = mg.optimizers.nn.sgd(model.parameters(), lr=0.1)
    compiled(x, labels).backward()
    late = compiled(x, labels)
    optimizer.step()
    with pytest.raises(StaleGraphError):
        late.backward()


def test_a_tensor_in_the_middle_of_a_graph_is_an_argument() -> None:
    w = mg.tensor(X, requires_grad=True)
    compiled = mg.compile(lambda h: np.sum(h * h))
    for _ in range(2):
        w.grad = None
        (compiled(np.exp(w)) + np.sum(w)).backward()
        np.testing.assert_array_equal(w.grad, mg.grad(lambda w: np.sum(np.exp(w) ** 2) + np.sum(w))(X))


@pytest.mark.parametrize("captured", [False, True])
def test_a_tensor_that_is_assigned_to_before_and_after_the_call(captured: bool) -> None:
    def compute_gradient(wrap: Any) -> Any:
        w = mg.tensor(X, requires_grad=True)
        h = w * 1.0
        f = wrap((lambda _: np.sum(h * h)) if captured else (lambda h: np.sum(h * h)))
        for k in range(3):
            h[k] = 3 * w[0]
            total = f(h)
            h[1] = 0.0
            (total + np.sum(h)).backward(retain_graph=True)
        return w.grad

    np.testing.assert_array_equal(compute_gradient(mg.compile), compute_gradient(lambda f: f))


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_a_leaf_that_is_also_used_outside_gets_its_gradients_in_order(dtype: str) -> None:
    rng = np.random.default_rng(0)
    factors, start = rng.normal(size=(3, 40)), rng.normal(size=40).astype(dtype)

    def f(x: Any) -> Any:
        return np.sum(sum(x * factor for factor in factors) * np.sin(x))

    gradients = []
    for function in (f, mg.compile(f), mg.compile(f)):
        for _ in range(2):
            x = mg.tensor(start, requires_grad=True)
            (function(x) + np.sum(np.exp(x)) + function(x) * 0.3).backward()
            gradients.append(x.grad)
    for gradient in gradients[1:]:
        np.testing.assert_array_equal(gradients[0], gradient)


def test_a_checkpoint_gives_its_gradient_also_to_a_graph_around() -> None:
    compiled = mg.compile(lambda x: mg.checkpoint(lambda t: np.sin(t) * t)(x) * np.cos(x))
    for _ in range(2):
        x = mg.tensor(X, requires_grad=True)
        np.sum(compiled(x) * 1.5).backward()
        np.testing.assert_array_equal(x.grad, mg.grad(lambda x: np.sum(np.sin(x) * x * np.cos(x) * 1.5))(X))


def test_a_checkpoint_of_a_compiled_function_makes_the_same_calls_in_both_runs() -> None:
    segment = mg.checkpoint(mg.compile(cube))
    for shape in ((3,), (3,), (3, 1)):  # a trace in the first run, a replay, another trace
        x = mg.tensor(X.reshape(shape), requires_grad=True)
        np.sum(segment(x)).backward()
        np.testing.assert_array_equal(x.grad, 3 * x.data**2)


def test_no_grad_is_another_signature() -> None:
    w = mg.tensor(X, requires_grad=True)
    compiled = mg.compile(lambda: np.sum(w * w))
    for _ in range(2):
        assert compiled().requires_grad
        with mg.no_grad():
            assert not compiled().requires_grad


def test_transforms_of_a_compiled_function_differentiate_the_function() -> None:
    compiled = mg.compile(cube)
    compiled(X)
    np.testing.assert_array_equal(mg.grad(compiled)(X), 3 * X**2)
    np.testing.assert_array_equal(mg.hvp(compiled, (X,), (X,))[0], 6 * X * X)
    nested = mg.compile(mg.grad(compiled))
    for _ in range(2):
        np.testing.assert_array_equal(nested(X), 3 * X**2)


def test_a_rule_that_branches_on_values_takes_the_branch_of_each_call() -> None:
    def multiply_hessian(x: Any, v: Any) -> Any:
        return mg.hvp(lambda x: np.linalg.det(x) ** 3 + np.linalg.det(x), (x,), (v,))[0]

    compiled, v = mg.compile(multiply_hessian), np.array([[1.0, -2.0], [0.5, 3.0]])
    regular, singular = np.array([[2.0, 1.0], [0.5, 1.5]]), np.ones((2, 2))
    for x in (regular, singular, regular + 1):
        np.testing.assert_array_equal(compiled(x, v), multiply_hessian(x, v))
    assert compiled.traces == 1


def test_draws_are_those_of_the_eager_call() -> None:
    first, second = (nn.Dropout(0.5, rng=np.random.default_rng(7)) for _ in range(2))
    gradients = [mg.grad(lambda x, layer=layer: np.sum(layer(x) * x)) for layer in (first, second)]
    compiled = mg.compile(gradients[1])
    for _ in range(5):
        np.testing.assert_array_equal(gradients[0](X), compiled(X))
    assert first.rng.bit_generator.state == second.rng.bit_generator.state


def test_keywords_may_have_the_names_of_variables_of_a_program() -> None:
    @mg.effect
    def add_noise(x: Any, *, v1: Any, p0: Any, k1: Any) -> Any:
        return x + v1 * p0 * k1

    compiled = mg.compile(lambda x: add_noise(x, v1=x, p0=x, k1=3.0) + x)
    for _ in range(2):
        np.testing.assert_array_equal(compiled(X), 2 * X + X * X * 3)


def test_arguments_that_are_one_array_are_another_signature() -> None:
    def f(x: Any, y: Any) -> Any:
        x[0] = 5.0
        return x + y

    compiled = mg.compile(f)
    for _ in range(2):
        np.testing.assert_array_equal(compiled(X.copy(), X.copy()), f(X.copy(), X.copy()))
        a, b = X.copy(), X.copy()
        np.testing.assert_array_equal(compiled(a, a), f(b, b))
    assert compiled.traces == 2


def test_running_statistics_are_updated_once_for_each_call() -> None:
    eager, layer = nn.BatchNorm1d(3, dtype=np.float64), nn.BatchNorm1d(3, dtype=np.float64)
    compiled = mg.compile(mg.grad(lambda m, x: np.sum(m(x) ** 3)))
    for k in range(4):
        x = np.random.default_rng(k).normal(size=(5, 3))
        mg.grad(lambda m, x: np.sum(m(x) ** 3))(eager, x)
        compiled(layer, x)
        np.testing.assert_array_equal(eager.running_mean, layer.running_mean)
        np.testing.assert_array_equal(eager.running_var, layer.running_var)
    assert compiled.traces == 1


def test_explain_prints_the_calls_and_what_was_captured(capsys: pytest.CaptureFixture[str]) -> None:
    model, x, loss = make_step()
    mg.compile.explain(loss, x, np.arange(6) % 3)
    text = capsys.readouterr().out
    for part in (
        "nn::affine (minigrad-ops-nn",
        "float32(6, 5)",
        "backward of nn::cross_entropy",
        "test_compiled.py:",
    ):
        assert part in text
    assert "parameter float32(4, 5), read at each call" in text
    assert model.training
