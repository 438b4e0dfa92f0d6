"""Programs that would be wrong if a value of the trace were repeated: tracing refuses, with the place."""

from __future__ import annotations

import itertools
import math
import random
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import minigrad_core as mg
from minigrad_core.errors import TracingError

X = np.array([1.0, 2.0, 3.0])
RNG = np.random.default_rng(0)
weight = mg.Parameter(np.ones(3))
buffer, filled = np.zeros(3), np.zeros(3)
table, same = mg.tensor(np.ones(3)), X.copy()
rates, numbers = itertools.cycle([0.5, 0.5, 0.5, 0.25]), itertools.count()
history: list[Any] = []
calls = 0


class Counting(mg.Module):
    def __init__(self) -> None:
        self.count = 0

    def forward(self, x: Any) -> Any:
        self.count += 1
        return x * self.count


counting = Counting()


def branch(x: Any) -> Any:
    return x if x.sum() > 0 else -x


def branch_on_tensor(x: Any) -> Any:
    y = np.sum(weight * x)
    return y if y > 0 else -y


def loop_bound(x: Any) -> Any:
    for _ in range(x.sum().astype(int)):
        x = x + 1
    return x


def format_string(x: Any) -> Any:
    return x if f"{x.sum():.0f}" == "6" else -x


def text(x: Any) -> Any:
    return x if str(x[0]) == "1.0" else -x


def index_of_list(x: Any) -> Any:
    return [1.0, 2.0, 3.0][np.argmax(x)] * x


def key_of_dict(x: Any) -> Any:
    key: Any = np.argmax(x)
    return {2: x}.get(key, -x)


def size(x: Any) -> Any:
    return np.zeros(x[0].astype(int)) + x[0]


def swallow_error(x: Any) -> Any:
    try:
        return x * float(x[0])
    except TypeError:
        return x


def catch_exception(x: Any) -> Any:
    try:
        return np.linalg.cholesky(np.diag(x - 2))
    except np.linalg.LinAlgError:
        return x * 0


def number(x: Any) -> Any:
    return x * float(x.sum())


def integer(x: Any) -> Any:
    return x * int(x.sum())


def function_of_math(x: Any) -> Any:
    return x * math.sin(x.sum().item())


def array(x: Any) -> Any:
    return np.asarray(x) * 2


def array_of_tensor(x: Any) -> Any:
    return x * np.asarray((weight * x).detach())


def data_as_number(x: Any) -> Any:
    return x * float(weight.data.sum())


def numpy_as_number(x: Any) -> Any:
    return x * float((weight * x).numpy().sum())


def into_plain_array(x: Any) -> Any:
    y = np.zeros(3)
    y += x
    return y


def draw(x: Any) -> Any:
    return x * RNG.random()


def draw_for_branch(x: Any) -> Any:
    return x if RNG.random() < 0.5 else -x


def draw_of_python(x: Any) -> Any:
    return x * random.random()


def fresh_generator(x: Any) -> Any:
    return x * np.random.default_rng().random()


def clock(x: Any) -> Any:
    return x * time.perf_counter()


def write_to_array(x: Any) -> Any:
    buffer[0] += 1
    return x + buffer


@mg.effect
def fill(array: Any, values: Any) -> None:
    array[...] = values


def fill_own_array(x: Any) -> Any:
    y = np.zeros(3)
    fill(y, x)
    return x + y


def read_filled_array(x: Any) -> Any:
    fill(filled, x)
    return x * filled.sum()


def read_array_filled_with_its_own_values(x: Any) -> Any:
    fill(same, x)
    return x * same.sum()


def copy_to_array(x: Any) -> Any:
    np.copyto(same, x)
    return mg.tensor(same) * x


def add_at(x: Any) -> Any:
    y = np.zeros(3)
    np.add.at(y, [0, 0], x[:2])
    return y


def ask_for_shared_memory(x: Any) -> Any:
    return x if np.shares_memory(x, x[::2]) else -x


def write_after_use(x: Any) -> Any:
    factors = np.ones(3)
    y = x * factors
    factors *= 2
    return y + x * factors


def write_index_after_use(x: Any) -> Any:
    rows = np.array([0, 1])
    y = x[rows]
    rows += 1
    return y + x[rows]


def write_to_parameter(x: Any) -> Any:
    weight.data -= 0.5
    return x * weight


def assign_to_tensor(x: Any) -> Any:
    table[0] = 1.0
    return x * table


def advance_iterator(x: Any) -> Any:
    return x * next(rates)


def advance_counter(x: Any) -> Any:
    return x * (next(numbers) > 3)


def write_to_attribute(x: Any) -> Any:
    return counting(x)


def write_to_list(x: Any) -> Any:
    history.append(1)
    return x * len(history)


def write_to_global(x: Any) -> Any:
    global calls
    calls += 1
    return x * calls


def backward_inside(x: Any) -> Any:
    weight.grad = None
    np.sum(weight * x).backward()
    return weight.grad


def step_inside(x: Any) -> Any:
    optimizer = mg.optimizers.nn.sgd([weight], lr=0.1)
    np.sum(weight * x).backward()
    optimizer.step()
    return x * weight


@mg.effect
def update(mean: Any, x: Any) -> None:
    mean[...] = x


def effect_in_checkpoint(x: Any) -> Any:
    def layer(x: Any) -> Any:
        update(buffer, x)
        return weight * x

    return mg.checkpoint(layer)(x)


REFUSALS: list[tuple[Callable[[Any], Any], str]] = [
    (size, "size.*static_argnames"), (swallow_error, "float"),
    (catch_exception, "an exception of cholesky.*np.where"),
    (branch, "branch.*np.where"), (branch_on_tensor, "branch.*np.where"),
    (loop_bound, "range.*static_argnames"), (format_string, "text.*format the value"), (text, "text"),
    (index_of_list, "index.*np.take"), (key_of_dict, "key in a dict"), (number, "float"), (integer, "int"),
    (function_of_math, "float.*np.sin"), (array, "np.asarray"), (array_of_tensor, "np.asarray"),
    (data_as_number, "float"), (numpy_as_number, "float"),
    (into_plain_array, "written to a plain array.*np.zeros_like"), (draw, "draws outside.*@mg.effect"),
    (draw_for_branch, "draws outside"), (draw_of_python, "draws outside"),
    (fresh_generator, "two traces differ: mul at .*test_refusals.py:[0-9]+ gets 0[.]"),
    (clock, "two traces differ: mul at .*gets"),
    (write_to_array, "writes to a captured array.*@mg.effect"),
    (write_after_use, "an array that a call has used.*make a new array"),
    (write_index_after_use, "an array that a call has used"), (fill_own_array, "read-only"),
    (read_filled_array, "two traces differ: mul"),
    (read_array_filled_with_its_own_values, "two traces differ: mul"),
    (copy_to_array, "exception of copyto.*read-only.*@mg.effect"),
    (add_at, "written to a plain array"), (ask_for_shared_memory, "branch"),
    (write_to_parameter, "write to the array of a tensor or parameter"),
    (assign_to_tensor, "assignment to a tensor.*mg.compile.*assign to a copy"),
    (advance_counter, "changes a count"),
    (write_to_attribute, "attribute of Counting"), (write_to_list, "changes a list"),
    (write_to_global, "global variable calls"), (backward_inside, "grad of a parameter.*outside"),
    (step_inside, "grad of a parameter.*optimizer.step"),
    (effect_in_checkpoint, "under mg.checkpoint that calls the effect update.*leave out the checkpoint"),
]  # fmt: skip


@pytest.mark.parametrize(("f", "message"), REFUSALS, ids=[f.__name__ for f, _ in REFUSALS])
def test_tracing_refuses(f: Callable[[Any], Any], message: str) -> None:
    with pytest.raises(TracingError, match=message) as caught:
        mg.compile(f)(X)
    assert "test_refusals.py:" in str(caught.value)


def test_an_iterator_is_not_captured() -> None:
    with pytest.raises(TracingError, match=r"pass next\(iterator\) as an argument"):
        mg.compile(advance_iterator)(X)


@pytest.mark.parametrize("assigned", [False, True])
def test_a_tensor_that_is_an_argument_is_not_assigned_to(assigned: bool) -> None:
    x = mg.tensor(X)
    if assigned:
        x[1] = 5.0

    def f(x: Any) -> Any:
        x[0] = 1.0
        return x * 2

    with pytest.raises(TracingError, match="assignment to a tensor that is an argument"):
        mg.compile(f)(x)


def test_the_message_names_the_line() -> None:
    line = branch.__code__.co_firstlineno + 1
    with pytest.raises(TracingError, match=rf"test_refusals\.py:{line}: "):
        mg.compile(branch)(X)


def test_a_static_keyword_behind_any_arguments_has_no_position() -> None:
    compiled = mg.compile(lambda *xs, times: times * sum(xs), static_argnames="times")
    for _ in range(2):
        np.testing.assert_array_equal(compiled(X, X, times=2), 4 * X)


def test_a_static_argument_may_steer_the_code() -> None:
    def repeat(x: Any, times: int) -> Any:
        for _ in range(times):
            x = x * 2
        return x

    with pytest.raises(TracingError, match="static_argnames"):
        mg.compile(repeat)(X, 2)
    compiled = mg.compile(repeat, static_argnames="times")
    for times in (2, 3, 2):
        np.testing.assert_array_equal(compiled(X, times), X * 2**times)
        np.testing.assert_array_equal(compiled(X, times=times), X * 2**times)


@pytest.mark.parametrize(("first", "second"), [(1, 1.0), (0.0, -0.0), ((1,), (1.0,)), (True, 1)])
def test_static_arguments_that_are_equal_may_still_differ(first: Any, second: Any) -> None:
    compiled = mg.compile(lambda x, factor: x * np.asarray(factor), static_argnames="factor")
    for factor in (first, second, first):
        x = np.arange(3)
        assert repr(compiled(x, factor)) == repr(x * np.asarray(factor))
    assert compiled.traces == 2


def test_a_static_argument_is_hashable() -> None:
    with pytest.raises(mg.MinigradError, match=r"hashable.*'list'"):
        mg.compile(lambda x, factor: x * factor[0], static_argnames="factor")(X, [1])


def test_an_unknown_static_argument_is_refused() -> None:
    with pytest.raises(mg.MinigradError, match="'steps' is none of the arguments"):
        mg.compile(branch, static_argnames=("steps",))


def test_the_value_of_a_parameter_may_be_used_as_an_array() -> None:
    compiled = mg.compile(lambda x: x * weight.data.sum() + (weight * x).numpy())
    for _ in range(3):
        expected = X * weight.data.sum() + weight.data * X
        np.testing.assert_array_equal(compiled(X), expected)
        weight.data[...] += 1


def test_a_shape_that_depends_on_values_runs_without_the_program() -> None:
    def count(x: Any) -> Any:
        positive = x[x > 0]
        return np.sum(positive) / positive.size

    compiled = mg.compile(mg.grad(count))
    for x in (X, -X + 2, X):
        np.testing.assert_array_equal(compiled(x), mg.grad(count)(x))


def test_a_shape_that_depends_on_values_is_refused_after_a_draw() -> None:
    @mg.effect
    def noise(rng: np.random.Generator) -> Any:
        return rng.random(3)

    compiled = mg.compile(lambda x: np.sum((x + noise(RNG))[x > 0]))
    compiled(X)
    with pytest.raises(TracingError, match=r"np\.where"):
        compiled(X - 2)


@pytest.mark.parametrize("container", [[X], {"a": X}, [1.0]])
def test_a_list_or_dict_that_is_an_argument_is_not_changed(container: Any) -> None:
    def update(values: Any, x: Any) -> Any:
        key = next(iter(values)) if isinstance(values, dict) else 0
        values[key] = values[key] + x
        return x

    with pytest.raises(TracingError, match=r"changes a (list|dict) that is its argument"):
        mg.compile(update)(container, X)


def test_a_new_leaf_that_requires_a_gradient_is_not_returned() -> None:
    with pytest.raises(TracingError, match="make the leaf outside"):
        mg.compile(lambda x: mg.tensor(x, requires_grad=True))(X)


def test_an_object_that_holds_values_is_not_returned() -> None:
    with pytest.raises(TracingError, match="returns a function"):
        mg.compile(lambda x: mg.vjp(np.sin, x))(X)
