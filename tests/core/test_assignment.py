"""Assignment to a part of a tensor: values, derivatives, and what is refused."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from minigrad_core import Parameter, Tensor, checkpoint, draw, grad, hessian, jvp, no_grad, tensor, vjp
from minigrad_core.errors import ArgumentError, DifferentiabilityError, StaleGraphError
from tests.differences import take_differences

X = np.array([0.3, -0.7, 1.1, 0.5])


def as_plain(f: Callable[..., Any], x: Any) -> float:
    """Return the value of a program on plain arrays, which NumPy changes in place; views are not taken."""
    return float(f(np.array(x)))


def read_write_read(x: Any) -> Any:
    y = x * 2.0
    before = np.sum(np.exp(y))
    y[0] = x[1] ** 3
    between = np.sum(np.sin(y) * x)
    y[1:3] *= 2.0
    y[np.array([2, 2])] = np.stack([x[0], x[3]])
    return before + between + np.sum(y**2) + y[0] * y[2]


def overwritten_input(x: Any) -> Any:
    y = np.tanh(x)
    y[:] = y * y
    y[y > 0.1] = 0.5
    return np.sum(y * x)


def filled_buffer(x: Any) -> Any:
    total = x[:1] * 0.0
    buffer = np.concatenate([total, total, total])
    for i in range(3):
        buffer[i] = x[i] * x[i + 1] if i == 0 else buffer[i - 1] * x[i]
    return np.sum(buffer * buffer)


PROGRAMS = [read_write_read, overwritten_input, filled_buffer]


@pytest.mark.parametrize("f", PROGRAMS)
@pytest.mark.parametrize("wrap", [lambda f: f, checkpoint])
def test_first_and_second_derivatives_are_those_of_the_program(f: Any, wrap: Any) -> None:
    assert np.isclose(wrap(f)(tensor(X)).item(), as_plain(f, X))
    np.testing.assert_allclose(grad(wrap(f))(X), take_differences(partial(as_plain, f), X), rtol=1e-7)
    h = 1e-6
    rows = [(grad(f)(X + h * e) - grad(f)(X - h * e)) / (2 * h) for e in np.eye(4)]
    np.testing.assert_allclose(hessian(wrap(f))(X), rows, rtol=1e-6, atol=1e-8)
    np.testing.assert_allclose(jvp(f, (X,), (np.ones(4),))[1], grad(f)(X).sum(), rtol=1e-9)


def test_threads_do_not_disturb_one_another() -> None:
    points = [X + 0.01 * i for i in range(40)]
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(grad(read_write_read), points))
    np.testing.assert_array_equal(found, [grad(read_write_read)(point) for point in points])


def test_what_was_taken_before_keeps_its_values() -> None:
    x = tensor(X, requires_grad=True)
    y = x * 1.0
    part, alias = y[:2] + 0.0, y
    array = y.numpy()
    y[0] = 9.0
    assert part.numpy()[0] == X[0]
    assert array[0] == X[0]
    assert alias is y
    assert y.numpy()[0] == 9


def test_an_array_that_is_shared_does_not_change() -> None:
    array = X.copy()
    y = Tensor(array)
    y[0] = 9.0
    np.testing.assert_array_equal(array, X)


@pytest.mark.parametrize("factor", [1.0, tensor(1.0, requires_grad=True)], ids=["plain", "recorded"])
def test_an_array_that_nothing_else_refers_to_is_written_in_place(factor: Any) -> None:
    y: Any = tensor(np.ones(1000)) * factor
    for i in range(3):
        before = y.numpy().ctypes.data
        y[i] = 2.0 * factor
        assert y.numpy().ctypes.data == before


def test_a_tracked_value_makes_an_untracked_tensor_tracked() -> None:
    w = tensor(2.0, requires_grad=True)
    y = tensor(np.zeros(3))
    used_before = y * w
    y[1] = w * w
    (np.sum(y) + np.sum(used_before)).backward()
    assert w.grad == 4
    z = tensor(np.zeros(2, complex))
    z[0] = w * 1j
    np.testing.assert_array_equal(np.imag(z).data, [2, 0])
    assert grad(lambda w: np.imag(_assign(tensor(np.zeros(2, complex)), 0, w * 1j))[0])(2.0) == 1


def _assign(y: Any, index: Any, value: Any) -> Any:
    y[index] = value
    return y


def test_a_constant_that_is_assigned_to_between_calls_has_the_values_of_each_call() -> None:
    def f(x: Any) -> Any:
        scale = tensor(np.ones(4))
        first = np.sum(np.exp(scale * x))
        scale[0] = 3.0
        second = np.sum(np.exp(scale * x))
        scale[0] = 5.0
        return first + second

    expected = np.exp(X) + np.array([3, 1, 1, 1]) * np.exp(np.array([3, 1, 1, 1]) * X)
    np.testing.assert_allclose(grad(f)(X), expected)
    squares = np.exp(X) + np.array([9, 1, 1, 1]) * np.exp(np.array([3, 1, 1, 1]) * X)
    np.testing.assert_allclose(hessian(f)(X), np.diag(squares))


def test_the_output_of_a_transform_is_frozen() -> None:
    buffers: list[Any] = []

    def f(x: Any) -> Any:
        y = x * x
        buffers.append(y)
        return y

    _, pullback = vjp(f, X)
    buffers[0][0] = 1.0
    np.testing.assert_array_equal(pullback(np.ones(4)), 2 * X)


def test_a_value_may_be_the_tensor_itself() -> None:
    def f(x: Any) -> Any:
        y = x * x
        y[...] = y
        y[::-1] = y
        return np.sum(y * np.arange(4.0))

    np.testing.assert_allclose(grad(f)(X), 2 * X * np.arange(3, -1, -1.0))


def test_copies_pickles_and_leaves() -> None:
    y = tensor(X)
    y[0] = 1.0
    assert type(pickle.loads(pickle.dumps(y))) is Tensor
    assert type(copy.deepcopy(y)) is Tensor
    assert repr(y).startswith("tensor(")
    y.requires_grad = True  # a leaf from now on
    np.sum(y * y).backward()
    np.testing.assert_array_equal(y.grad, 2 * y.numpy())


def test_the_caller_may_change_the_array_of_an_index() -> None:
    x = tensor(X, requires_grad=True)
    y = tensor(np.zeros(4))
    index, mask = np.zeros(1, int), np.zeros(4, bool)
    for i in range(2):
        index[0] = i
        y[index] = x[i] * 2.0
        mask[:] = np.arange(4) == i + 2
        y[mask] = x[i + 2] * 3.0
    np.sum(y).backward()
    np.testing.assert_array_equal(x.grad, [2, 2, 3, 3])


def test_under_no_grad_the_result_is_a_leaf_that_requires_no_gradient() -> None:
    y = tensor(X, requires_grad=True) * 2.0
    with no_grad():
        y[0] = 1.0
    assert not y.requires_grad
    assert y.grad is None
    np.testing.assert_array_equal(copy.deepcopy(y), y)


def test_a_value_may_be_a_list_with_tensors_in_it() -> None:
    def f(x: Any) -> Any:
        y = x * 1.0
        y[:2] = [x[2] ** 2, 1.0]
        y[2:] = [x[0], x[0]]
        return np.sum(y)

    np.testing.assert_allclose(grad(f)(X), [2, 0, 2 * X[2], 0])


def test_the_argument_of_a_transform_may_be_assigned_to_before_and_after() -> None:
    w = tensor(2.0, requires_grad=True)
    y = tensor(X)
    y[0] = w * w
    gradient = grad(lambda t: np.sum(t**3))(y)
    y[0] = w * 7.0
    np.sum(gradient).backward()
    assert w.grad == 6 * 4 * 4  # of 3 w**4


def test_an_assignment_to_a_tensor_that_only_the_graph_refers_to_makes_the_gradient_an_error() -> None:
    totals = []

    def make() -> Any:
        y = tensor(X, requires_grad=True) * 1.0
        totals.append(np.sum(np.exp(y)))
        return y

    make()[0] = 5.0
    with pytest.raises(StaleGraphError, match=r"store it in a variable first: y = make\(\)"):
        totals[0].backward()


def test_a_loop_that_fills_a_buffer_records_no_copy_of_it() -> None:
    w = tensor(1.0, requires_grad=True)
    y = tensor(np.zeros(1000))
    for i in range(3):
        y[i] = w * 2.0
    node, sizes = y.node, []
    while node is not None:
        sizes += [x.data.base is None and x.data.size == 1000 for x in node.inputs]
        node = node.inputs[0].node
    assert not any(sizes)


REFUSED: list[tuple[Callable[[], Any], type[Exception], str]] = [
    (lambda: _assign(tensor(X, requires_grad=True), 0, 1.0), DifferentiabilityError, r"leaf.*x\.copy\(\)"),
    (lambda: _assign(Parameter(X), 0, 1.0), DifferentiabilityError, r"a parameter.*x\.data\[index\]"),
    (lambda: grad(lambda x: np.sum(_assign(x, 0, 1.0)))(X), ArgumentError, r"argument of a function.*copy"),
    (lambda: _assign(tensor(X), 9, 1.0), IndexError, "out of bounds"),
    (lambda: _assign(tensor(X), slice(2), np.ones(3)), ValueError, "could not broadcast"),
    (lambda: _assign(tensor(X), 0, 1j), ArgumentError, "the imaginary part would be lost"),
    (
        lambda: _assign(tensor([1, 2]), 0, tensor(1.0, requires_grad=True)),
        DifferentiabilityError,
        r"requires a gradient.*int64.*x\.astype\(float\)",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("call", "error", "message"), REFUSED)
def test_what_cannot_be_assigned_is_refused(call: Any, error: Any, message: str) -> None:
    with pytest.raises(error, match=message):
        call()


@pytest.mark.parametrize(
    "take",
    [
        lambda y: y[0],
        lambda y: y.T,
        lambda y: y.reshape(4),
        lambda y: next(iter(y)),
        lambda y: y.real,
        np.squeeze,  # of nothing: NumPy returns the array itself
    ],
)
@pytest.mark.parametrize("tracked", [False, True])
@pytest.mark.parametrize("assigned_before", [False, True])
def test_a_view_is_refused(take: Any, tracked: bool, assigned_before: bool) -> None:
    y = tensor(X.reshape(2, 2), requires_grad=tracked) * 1.0
    if assigned_before:
        y[1, 1] = 2.0
    view = take(y)
    before = y.numpy().copy()
    with pytest.raises(ArgumentError, match=r"is a view.*y\[0, 1\] = value"):
        view[0] = 5.0
    np.testing.assert_array_equal(y.numpy(), before)


def test_two_views_of_an_old_value_are_views() -> None:
    x = tensor(X, requires_grad=True) * 1.0
    first, second = x[1:], x[:3]
    x[0] = 9.0
    with pytest.raises(ArgumentError, match="is a view"):
        second[1] = 5.0
    assert first.numpy()[0] == X[1]


@pytest.mark.parametrize("part", [lambda z: z.real, lambda z: z.imag])
def test_a_part_of_a_complex_tensor_is_a_view(part: Any) -> None:
    z = tensor(X, requires_grad=True) * (1 + 2j)
    with pytest.raises(ArgumentError, match="is a view"):
        part(z)[0] = 5.0
    y = part(z * 1.0)
    y[0] = 5.0
    assert y.numpy()[0] == 5


@pytest.mark.parametrize("tracked", [False, True])
def test_an_operator_in_place_refuses_a_view_that_has_a_name(tracked: bool) -> None:
    y = tensor(X.reshape(2, 2), requires_grad=tracked) * 1.0
    before = y.numpy().copy()
    row, transpose = y[0], y.T
    with pytest.raises(ArgumentError, match=r"is a view.*y\[0\] \+= value.*x = x \+ value"):
        row += 5.0
    with pytest.raises(ArgumentError, match="is a view"):
        transpose @= np.eye(2)
    np.testing.assert_array_equal(y.numpy(), before)
    y[0] += 5.0
    flat = (y * 1.0).reshape(4)
    flat -= 1.0
    np.testing.assert_array_equal(y.numpy()[0], before[0] + 5.0)
    np.testing.assert_array_equal(flat.numpy(), y.numpy().ravel() - 1.0)
    copied = y.flatten()
    copied[0] = 5.0
    assert y.numpy()[0, 0] != 5.0


def test_the_rows_of_a_tensor_without_a_name_are_values() -> None:
    def f(x: Any) -> Any:
        first, second = np.copy(x).reshape(2, 2) * 1.0
        first[0] = second[1] * 3.0
        first *= second
        return np.sum(first)

    np.testing.assert_allclose(grad(f)(X), [0.0, X[3], 3 * X[3], 3 * X[2] + X[1]])


def test_a_mask_without_a_true_changes_nothing_in_a_view() -> None:
    y = tensor(X) * 1.0
    row = y[:2]
    row[row > 9.0] = 0.0
    np.testing.assert_array_equal(y.numpy(), X)


@pytest.mark.parametrize("tracked", [False, True])
@pytest.mark.parametrize("assigned_before", [False, True])
def test_a_view_stays_one_after_its_owner_was_assigned_to(tracked: bool, assigned_before: bool) -> None:
    y = tensor(X.reshape(2, 2), requires_grad=tracked) * 1.0
    if assigned_before:
        y[1, 1] = 2.0
    row = y[0]
    for value in (3.0, 4.0):
        y[1] = value
    with pytest.raises(ArgumentError, match="is a view"):
        row[0] = 5.0
    del y
    row[0] = 5.0  # the difference cannot be observed
    assert row.numpy()[0] == 5


def test_a_view_of_what_nobody_holds_is_a_value() -> None:
    y = (tensor(X, requires_grad=True) * 1.0).reshape(2, 2)
    y[0, 0] = 5.0
    assert y.numpy()[0, 0] == 5


def test_after_a_failed_assignment_nothing_has_changed() -> None:
    x = tensor(X, requires_grad=True)
    y = x * 1.0
    node = y.node
    with pytest.raises(ValueError, match="broadcast"):
        y[:2] = np.ones(3)
    assert y.node is node
    np.testing.assert_array_equal(y.numpy(), X)


@pytest.mark.parametrize(
    "values", [[5.0, "text", 5.0, 5.0], np.array(["5", "text", "5", "5"]), [5.0, [5.0], 5.0, 5.0]]
)
def test_after_a_value_that_is_no_number_nothing_has_changed(values: Any) -> None:
    y = tensor(X)
    with pytest.raises(ValueError, match=r"text|sequence"):
        y[:] = values
    np.testing.assert_array_equal(y, X)


# Random programs: three buffers, read and written in any order, on tensors and on plain arrays.
STEP = st.tuples(
    st.sampled_from(["write", "add", "read", "scale", "fill", "combine"]),
    st.integers(0, 2),
    st.integers(0, 2),
    st.sampled_from([0, 2, -1, slice(1, 3), slice(None, None, -1), slice(0, 4, 2), (Ellipsis,), [0, 3]]),
)


def run_program(steps: list[Any], x: Any) -> Any:
    buffers = [x * 1.0, np.sin(x), x * x]
    total = np.sum(x)
    for kind, i, j, index in steps:
        match kind:
            case "write":
                buffers[i][index] = np.cos(buffers[j][index] + 0.0)
            case "add":
                buffers[i][index] += buffers[j][1] * 0.5
            case "read":
                total = total + np.sum(buffers[i] * np.exp(0.3 * buffers[j]))
            case "scale":
                buffers[i][index] *= 0.5
            case "fill":
                buffers[i][index] = 0.25
            case _:
                buffers[i] = np.tanh(buffers[j] - buffers[i])
    return total + sum(np.sum(b * b) for b in buffers)


@given(st.lists(STEP, min_size=1, max_size=8))
@settings(max_examples=60, deadline=None)
def test_random_programs_agree_with_plain_arrays(steps: list[Any]) -> None:
    def f(x: Any) -> Any:
        return run_program(steps, x)

    assert np.isclose(f(tensor(X)).item(), as_plain(f, X))
    gradient = grad(f)(X)
    np.testing.assert_allclose(gradient, take_differences(partial(as_plain, f), X), rtol=1e-5, atol=1e-7)
    direction = np.array([1.0, -2.0, 0.5, 1.5])
    h = 1e-6
    expected = (grad(f)(X + h * direction) - grad(f)(X - h * direction)) / (2 * h)
    np.testing.assert_allclose(hessian(f)(X) @ direction, expected, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(grad(checkpoint(f))(X), gradient, rtol=1e-12, atol=1e-12)


def test_a_drawing_shows_the_calls_of_the_time_and_no_overwritten_values() -> None:
    x = tensor(X, requires_grad=True)
    y = np.exp(x)
    before = np.sum(y)
    y[0] = x[1] * 2.0
    y[1] = 0.5
    text = draw(before + np.sum(y), values=True).mermaid()
    assert text.count("assignment") == 2
    assert "0., 0., 0., 0." not in text
    assert text.index("basic::exp") < text.index("assignment")


def test_outputs_of_a_checkpoint_share_no_memory() -> None:
    def f(x: Any) -> Any:
        y = x * 2.0
        return y, y[:2]

    y, part = checkpoint(f)(tensor(X, requires_grad=True))
    part[0] = 9.0
    assert y.numpy()[0] == 2 * X[0]
