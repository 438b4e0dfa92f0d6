"""A value that a function reads beside its arguments changes: it is read again, or there is a new trace."""

from __future__ import annotations

import argparse
import sys
import threading
from array import array
from collections import UserDict
from copy import copy, deepcopy
from functools import cache, cached_property, singledispatch
from itertools import count
from types import MappingProxyType, ModuleType, SimpleNamespace
from typing import Any
from weakref import WeakKeyDictionary, WeakMethod, WeakSet, WeakValueDictionary, proxy, ref

import numpy as np
import pytest

import minigrad_core as mg
import minigrad_ops_nn as nn
from minigrad_core.compilation.same_bits import has_same_bits
from minigrad_core.engine.modes import tracing
from minigrad_ops_nn import optimizers

X = np.array([1.0, 2.0, 3.0])
factor: Any = 2.0
settings = SimpleNamespace(power=2)


def read_global(x: Any) -> Any:
    return x * factor


def call_helper(x: Any) -> Any:
    return read_global(x) ** settings.power


def test_a_variable_of_a_closure_that_is_bound_again() -> None:
    factor: Any = 2.0

    def scale(x: Any) -> Any:
        return x * factor

    compiled = mg.compile(scale)
    for factor in (2.0, 3.0, 2, np.float32(0.5), mg.tensor([1.0, 0.0, 2.0])):  # noqa: B007 - `scale` reads it
        for _ in range(2):
            assert repr(compiled(X)) == repr(scale(X))


def test_globals_that_the_code_and_its_helpers_name(monkeypatch: pytest.MonkeyPatch) -> None:
    compiled = mg.compile(call_helper)
    np.testing.assert_array_equal(compiled(X), (X * 2.0) ** 2)
    monkeypatch.setitem(globals(), "factor", 3.0)
    np.testing.assert_array_equal(compiled(X), (X * 3.0) ** 2)
    monkeypatch.setattr(settings, "power", 3)
    np.testing.assert_array_equal(compiled(X), (X * 3.0) ** 3)


def test_a_function_that_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    compiled = mg.compile(call_helper)
    compiled(X)
    monkeypatch.setitem(globals(), "read_global", lambda x: x + 1)
    np.testing.assert_array_equal(compiled(X), (X + 1) ** 2)


def test_a_global_that_hides_a_builtin_later(monkeypatch: pytest.MonkeyPatch) -> None:
    def f(x: Any) -> Any:
        return sum([x, x])

    compiled = mg.compile(f)
    compiled(X)
    monkeypatch.setitem(globals(), "sum", lambda items: items[0])
    np.testing.assert_array_equal(compiled(X), X)


def test_code_and_defaults_that_are_replaced_in_place() -> None:
    def scale(x: Any, factor: float = 2.0) -> Any:
        return x * factor

    def shift(x: Any, factor: float = 2.0) -> Any:
        return x + factor

    compiled = mg.compile(lambda x: scale(x))
    np.testing.assert_array_equal(compiled(X), X * 2)
    scale.__defaults__ = (3.0,)
    np.testing.assert_array_equal(compiled(X), X * 3)
    scale.__code__ = shift.__code__
    np.testing.assert_array_equal(compiled(X), X + 3)


@pytest.mark.parametrize("size", [3, 3000])
def test_a_captured_array_that_is_written_to(size: int) -> None:
    table, x = np.ones(size), np.arange(float(size))

    def f(x: Any) -> Any:
        return x * (table + 1) if table[0] < 5 else -x * table

    compiled = mg.compile(f)
    for value in (1.0, 2.0, 7.0):
        table[:] = value
        np.testing.assert_array_equal(compiled(x), f(x))


def test_lists_and_dicts_that_change() -> None:
    weights, options = [1.0, 2.0], {"shift": 0.0}

    def f(x: Any) -> Any:
        return sum(w * x for w in weights) + options["shift"]

    compiled = mg.compile(f)
    for _ in range(3):
        np.testing.assert_array_equal(compiled(X), f(X))
        weights.append(3.0)
        options["shift"] += 1.0


def test_a_set_that_changes() -> None:
    signs = {1}
    compiled = mg.compile(lambda x: x if 1 in signs else -x)
    np.testing.assert_array_equal(compiled(X), X)
    signs.remove(1)
    np.testing.assert_array_equal(compiled(X), -X)


def test_a_key_that_is_renamed() -> None:
    options = {"shift": 1.0}
    compiled = mg.compile(lambda x: x + options.get("shift", 0.0))
    np.testing.assert_array_equal(compiled(X), X + 1)
    options["scale"] = options.pop("shift")
    np.testing.assert_array_equal(compiled(X), X)


def test_attributes_that_are_deleted_and_set_again() -> None:
    state = SimpleNamespace(shift=1.0)
    compiled = mg.compile(lambda x: x + getattr(state, "shift", 0.0))
    np.testing.assert_array_equal(compiled(X), X + 1)
    del state.shift
    for _ in range(2):
        np.testing.assert_array_equal(compiled(X), X)
    state.shift = 2.0
    np.testing.assert_array_equal(compiled(X), X + 2)


def test_a_variable_without_a_value_is_noticed_when_it_gets_one() -> None:
    def read() -> Any:
        try:
            return later
        except NameError:
            return 0.0

    compiled = mg.compile(lambda x: x + read())
    for _ in range(2):
        np.testing.assert_array_equal(compiled(X), X)
    assert compiled.traces == 1
    later = 1.0
    np.testing.assert_array_equal(compiled(X), X + 1)


def test_one_of_many_objects_that_changes() -> None:
    points = [SimpleNamespace(shift=float(k)) for k in range(300)]
    compiled = mg.compile(lambda x: x + sum(point.shift for point in points))
    for k in (0, 150, 299):
        for _ in range(2):
            np.testing.assert_array_equal(compiled(X), X + sum(point.shift for point in points))
        points[k].shift += 1.0
    np.testing.assert_array_equal(compiled(X), X + sum(point.shift for point in points))
    assert compiled.traces == 4


def test_attributes_of_modules_and_their_modes() -> None:
    model = nn.Dropout(0.5, rng=np.random.default_rng(0))
    other = nn.Dropout(0.5, rng=np.random.default_rng(0))
    compiled = mg.compile(lambda x: np.sum(model(x)))
    for mode in (True, False, True):
        model.train(mode)
        other.train(mode)
        for _ in range(2):
            assert float(compiled(X)) == float(np.sum(other(X)))
    model.p = other.p = 0.25
    assert float(compiled(X)) == float(np.sum(other(X)))


def test_parameters_are_read_in_place_and_after_a_rebinding() -> None:
    model = nn.Linear(3, 2, rng=np.random.default_rng(0), dtype=np.float64)
    compiled = mg.compile(mg.grad(lambda m, x: np.sum(m(x) ** 2)))
    for k in range(4):
        expected = mg.grad(lambda m, x: np.sum(m(x) ** 2))(model, X)
        np.testing.assert_array_equal(compiled(model, X)["weight"], expected["weight"])
        model.weight.data -= 0.1
        if k == 1:
            model.weight.data = model.weight.data * 2
        if k == 2:
            model.weight = mg.Parameter(np.ones((3, 2)))


def test_a_frozen_parameter_has_no_gradient_any_more() -> None:
    model = nn.Linear(3, 2, rng=np.random.default_rng(0))
    bias = model.bias
    assert bias is not None
    compiled = mg.compile(lambda x: np.sum(model(x)))
    for frozen in (False, True, False):
        bias.requires_grad = not frozen
        model.zero_grad()
        compiled(X.astype(np.float32)).backward()
        assert (bias.grad is None) is frozen


def test_a_model_in_two_modes_is_traced_once_for_each() -> None:
    model = nn.Dropout(0.5, rng=np.random.default_rng(0))
    compiled = mg.compile(lambda x: np.sum(model(x)))
    for _ in range(5):
        for mode in (True, False):
            model.train(mode)
            compiled(X)
    assert compiled.traces == 2


def test_an_operation_that_is_registered_again() -> None:
    def register(factor: float) -> None:
        class Times(mg.Operation):
            name = "times"
            broadcasts = True

            def forward(self, ctx: Any, x: Any) -> Any:
                return factor * x

            def backward(self, ctx: Any, grad: Any) -> Any:
                return factor * grad

        mg.register(Times())

    register(2.0)
    compiled = mg.compile(mg.grad(lambda x: np.sum(mg.ops.local.times(x))))
    for factor in (2.0, 3.0):
        register(factor)
        np.testing.assert_array_equal(compiled(X), np.full(3, factor))


def test_many_signatures_are_told_once_and_bounded() -> None:
    compiled = mg.compile(lambda x: x * 2)
    for n in range(15):
        compiled(np.ones(n))
    with pytest.warns(UserWarning, match="traced .* 16 times.*Pad the arrays"):
        compiled(np.ones(15))
    for n in range(100):  # a warning would be an error
        compiled(np.ones(n))
    assert len(compiled.programs) <= 64


def test_threads_share_a_compiled_function() -> None:
    model = nn.MLP((3, 4, 2), rng=np.random.default_rng(0), dtype=np.float64)
    loss = mg.grad(lambda m, x: np.sum(np.tanh(m(x)) ** 2))
    compiled, expected = mg.compile(loss), [loss(model, X * k) for k in range(8)]
    failures: list[Any] = []

    def work() -> None:
        for _ in range(20):
            for k, gradients in enumerate(expected):
                for name, g in compiled(model, X * k).items():
                    if not np.array_equal(g, gradients[name]):
                        failures.append((k, name))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures


def test_another_thread_assigns_to_and_copies_a_captured_tensor_during_a_trace() -> None:
    weight = mg.tensor(np.ones(3))
    copies: list[Any] = []

    def change() -> None:
        weight[0] = 5.0
        copies.append(deepcopy(weight))

    thread = threading.Thread(target=change)

    def f(x: Any) -> Any:
        if tracing.get() is not None and thread.ident is None:
            thread.start()
        return x * weight

    compiled = mg.compile(f)
    compiled(X)
    thread.join()
    np.testing.assert_array_equal([weight.data, copies[0].data], [[5.0, 1.0, 1.0]] * 2)
    np.testing.assert_array_equal(compiled(X).data, X * weight.data)


def test_bytes_of_longdouble_that_no_number_uses_are_not_compared() -> None:
    x = np.array([0.5, 0.0, np.nan], np.longdouble)
    same = x.copy()
    same.view(np.uint8)[-1] ^= 1
    if not np.array_equal(x, same, equal_nan=True):
        pytest.skip("a longdouble uses all its bytes on this machine")
    assert has_same_bits(x, same)
    assert not has_same_bits(x, x * np.array([1, -1, 1]))
    assert not has_same_bits(x, x.astype(float))


def test_a_captured_tensor_that_requires_a_gradient_later() -> None:
    weight = mg.tensor(X)
    compiled = mg.compile(lambda x: x * 2 if weight.requires_grad else x)
    for weight.requires_grad in (False, True, False):
        np.testing.assert_array_equal(compiled(X), X * (1 + weight.requires_grad))


class Settings:
    factor = 1.0

    def read(self) -> float:
        return self.factor


class Factors(list[float]):
    pass


class OfPlugin(Settings):
    __module__ = "minigrad_mine.settings"

    def __init__(self) -> None:
        self.factors = [1.0]


class Kind(type):
    pass


class Scale(metaclass=Kind):
    pass


def read_factor(holder: Any) -> Any:
    return holder.factor


def set_factor(holder: Any, factor: Any) -> None:
    holder.factor = factor


def read_first(holder: Any) -> Any:
    return holder[0]


def set_first(holder: Any, factor: Any) -> None:
    holder[0] = factor


def import_factor(_: Any) -> Any:
    import settings_of_a_test as settings  # type: ignore[import-not-found]

    return settings.factor


MODULE, KEY = ModuleType("settings_of_a_test"), Settings()


@pytest.mark.parametrize(
    ("holder", "read", "write"),
    [
        *[(x, read_factor, set_factor) for x in (SimpleNamespace(), argparse.Namespace(), Factors())],
        (Settings(), lambda settings: copy(settings).factor, set_factor),
        (OfPlugin(), lambda x: x.factors[0], lambda x, k: set_first(x.factors, k)),
        (np.polynomial.Polynomial([1.0]), read_factor, set_factor),
        (optimizers.SGD([mg.Parameter(X)]), lambda optimizer: optimizer.lr, lambda x, k: setattr(x, "lr", k)),
        (lambda: None, read_factor, set_factor),
        (Kind, lambda _: Scale.factor, set_factor),  # type: ignore[attr-defined]
        (SimpleNamespace(module=MODULE), lambda x: x.module.factor, lambda x, k: set_factor(x.module, k)),
        (MODULE, import_factor, set_factor),
        *[(x, read_first, set_first) for x in (
            Factors([1.0]), UserDict({0: 1.0}), bytearray([1]), array("d", [1.0]),
            memoryview(bytearray([1])), np.ones(1).view(np.recarray), np.ma.array([1.0]),
            np.array([1, "text"] * 300, object),
        )],
        (np.array([[1.0], None], object), lambda x: x[0][0], lambda x, k: set_first(x[0], k)),
        (WeakKeyDictionary({KEY: 1.0}), lambda x: x[KEY], lambda x, k: x.update({KEY: k})),
    ],
    ids=lambda x: "" if callable(x) else type(x).__name__,
)  # fmt: skip
def test_an_attribute_or_entry_of_an_object(
    holder: Any, read: Any, write: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, MODULE.__name__, MODULE)
    compiled = mg.compile(lambda x: x * read(holder))
    for k in (1, 2, 2, 3):
        write(holder, k)
        np.testing.assert_array_equal(compiled(X), X * k)
    assert compiled.traces == 3


@pytest.mark.parametrize(
    ("refer", "read"),
    [
        (ref, lambda r: r().factor),
        (lambda settings: WeakMethod(settings.read), lambda r: r()()),
        (proxy, lambda r: r.factor),
        (lambda settings: WeakValueDictionary({0: settings}), lambda r: r[0].factor),
        (lambda settings: WeakSet([settings]), lambda r: min(r).factor),
        (lambda settings: MappingProxyType({0: settings}), lambda r: r[0].factor),
        (lambda settings: {0: settings}.values(), lambda r: min(r).factor),
    ],
    ids=["ref", "WeakMethod", "proxy", "WeakValueDictionary", "WeakSet", "MappingProxyType", "values"],
)
def test_an_attribute_of_an_object_behind_a_reference_or_a_view(refer: Any, read: Any) -> None:
    settings = Settings()
    reference = refer(settings)
    compiled = mg.compile(lambda x: x * read(reference))
    for k in (1, 2, 2, 3):
        settings.factor = k
        np.testing.assert_array_equal(compiled(X), X * k)
    assert compiled.traces == 3


def test_the_class_of_an_object_and_the_bases_of_a_class() -> None:
    class Half(Settings):
        factor = 0.5

    class Scale(Settings):
        pass

    settings = Scale()
    compiled = mg.compile(lambda x: x * settings.factor)
    np.testing.assert_array_equal(compiled(X), X)
    Scale.__bases__ = (Half,)
    np.testing.assert_array_equal(compiled(X), X / 2)
    settings.__class__ = Settings  # type: ignore[assignment]
    np.testing.assert_array_equal(compiled(X), X)


def test_values_that_cached_functions_and_properties_read() -> None:
    settings = Settings()

    @cache
    def compute(times: int) -> float:
        return settings.factor * times

    @singledispatch
    def read(_: Any) -> float:
        return settings.factor

    class Layer:
        scale = cached_property(lambda _: settings.factor)

    get = settings.__getattribute__
    compiled = mg.compile(lambda x: x * compute(2) * read(1) * Layer().scale * get("factor"))
    for k in (1.0, 2.0, 3.0):
        settings.factor = k
        compute.cache_clear()
        np.testing.assert_array_equal(compiled(X), X * (2 * k) * k * k * k)


@pytest.mark.filterwarnings("ignore:Pickle, copy, and deepcopy support")  # Python 3.12 and 3.13
def test_a_counter_that_the_function_does_not_advance() -> None:
    numbers = count(1)
    compiled = mg.compile(lambda x: x * next(copy(numbers)))
    for _ in range(3):
        np.testing.assert_array_equal(compiled(X), X * next(copy(numbers)))
        next(numbers)


def test_a_captured_tensor_that_was_assigned_to() -> None:
    table = mg.tensor(X)
    table[0] = 4.0
    compiled = mg.compile(lambda x: x * table + table.data[2])
    for k in range(3):
        np.testing.assert_array_equal(compiled(X).numpy(), X * table.data + table.data[2])
        table[k] = -1.0 * k
        np.testing.assert_array_equal(compiled(X).numpy(), X * table.data + table.data[2])
        table.data[2] = k
    assert compiled.traces == 1


@mg.effect
def fill(array: Any, values: Any) -> None:
    array[...] = values


def test_an_effect_writes_the_values_that_an_array_has_and_draws() -> None:
    @mg.effect
    def reset(array: Any, rng: np.random.Generator) -> Any:
        noise = rng.random(3)
        array[...] = 0.0
        return noise

    def f(state: Any, rng: np.random.Generator, x: Any) -> Any:
        noise = reset(state, rng)
        before = mg.Tensor(x) * state + noise
        fill(state, x)
        return before * state

    (eager, rng), (captured, own) = [(np.zeros(3), np.random.default_rng(0)) for _ in range(2)]
    compiled = mg.compile(lambda x: f(captured, own, x))
    for x in (np.zeros(3), X, X + 1):
        np.testing.assert_array_equal(compiled(x), f(eager, rng, x))
        np.testing.assert_array_equal(captured, eager)
    assert compiled.traces == 1


def test_an_effect_writes_to_a_captured_array_that_the_function_also_reads() -> None:
    def f(state: list[Any], x: Any) -> Any:
        before = x * state[0]
        fill(state[0], x)  # the same values in each run: what counts are the values before
        return before + mg.Tensor(state[0]) * x

    eager, captured = [np.zeros(3)], [np.zeros(3)]
    compiled = mg.compile(lambda x: f(captured, x))
    for x in (X, X + 1, X, X):
        np.testing.assert_array_equal(compiled(x), f(eager, x))
        np.testing.assert_array_equal(captured[0], eager[0])
    assert compiled.traces == 1
