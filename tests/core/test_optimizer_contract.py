"""The base class of optimizers: settings, groups, state, and the parameters that a step changes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from minigrad_core import Optimizer, Parameter
from minigrad_core.errors import ArgumentError, GradientError, InputError, StateError


class Plain(Optimizer):
    """Gradient descent with decay: p -= lr * (grad + decay * p). It counts its steps."""

    name = "plain"

    def __init__(self, params: Any, *, lr: float = 0.1, decay: float = 0.0) -> None:
        super().__init__(params, lr=lr, decay=decay)

    def update(
        self, data: NDArray[Any], grad: NDArray[Any], state: dict[str, Any], settings: Mapping[str, Any]
    ) -> None:
        state["steps"] = state.get("steps", 0) + 1
        state["sum"] = state.get("sum", np.zeros_like(data)) + grad
        data -= settings["lr"] * (grad + settings["decay"] * data)


def parameters(*values: float) -> list[Parameter]:
    found = [Parameter(np.array([value])) for value in values]
    for parameter in found:
        parameter.grad = np.ones(1)
    return found


def test_a_step_updates_parameters_with_a_gradient_in_place() -> None:
    p, q = parameters(1.0, 2.0)
    data, q.grad = p.data, None
    optimizer = Plain(x for x in (p, q))  # any iterable
    optimizer.step()
    assert p.data is data
    np.testing.assert_allclose(data, [0.9])
    np.testing.assert_array_equal(q.data, [2])
    assert optimizer.state[0][1] == {}
    optimizer.zero_grad()
    assert p.grad is None


def test_a_step_without_any_gradient_is_refused() -> None:
    p, q = parameters(1.0, 2.0)
    p.grad = q.grad = None
    with pytest.raises(GradientError, match=r"plain: no parameter has a gradient; call backward\(\)"):
        Plain([p, q]).step()


def test_settings_are_attributes_that_are_read_at_each_step() -> None:
    (p,) = parameters(1.0)
    optimizer = Plain([p])
    optimizer.lr = 0.5
    optimizer.step()
    np.testing.assert_allclose(p.data, [0.5])
    optimizer.lr, optimizer.decay = 1.0, 2.0  # type: ignore[attr-defined]
    optimizer.step()
    np.testing.assert_allclose(p.data, [0.5 - (1 + 2 * 0.5)])


@pytest.mark.parametrize(
    ("rate", "error", "message"),
    [
        (-0.1, InputError, "lr must be at least 0"),
        (float("nan"), InputError, "lr must be at least 0"),
        (-np.inf, InputError, "lr must be at least 0"),
        ("0.1", ArgumentError, "lr must be a number, got '0.1'"),
    ],
)
def test_a_wrong_rate_is_refused_in_settings_groups_and_assignments(
    rate: Any, error: type[Exception], message: str
) -> None:
    optimizer = Plain(parameters(1.0), lr=0)
    with pytest.raises(error, match=message):
        Plain(parameters(1.0), lr=rate)
    with pytest.raises(error, match=message):
        Plain([{"params": parameters(1.0), "lr": rate}])
    with pytest.raises(error, match=message):
        optimizer.lr = rate
    assert optimizer.lr == 0


def test_groups_have_settings_of_their_own() -> None:
    p, q = parameters(1.0, 1.0)
    optimizer = Plain([{"params": [p]}, {"params": [q], "lr": 0.5}], lr=0.1)
    optimizer.step()
    np.testing.assert_allclose([p.data.item(), q.data.item()], [0.9, 0.5])
    assert list(map(id, optimizer.params)) == [id(p), id(q)]


@pytest.mark.parametrize(
    ("params", "error", "message"),
    [
        ([], InputError, r"plain: no parameters to optimize; pass model\.parameters\(\)"),
        ([{"params": []}], InputError, "plain: no parameters to optimize"),
        (
            [{"params": []}, Parameter(np.ones(1))],
            ArgumentError,
            "got Parameter among groups; put it into a group",
        ),
        ([1.0], ArgumentError, r"plain: expected a Parameter, got float; pass model\.parameters\(\)"),
        (
            [Parameter(np.ones(3)) * 2],
            ArgumentError,
            r"plain: a tensor of shape \(3,\) is not a leaf but was",
        ),
        (
            [Parameter(np.broadcast_to(1.0, 3))],
            InputError,
            r"plain: .* of a parameter of shape \(3,\) is read-only",
        ),
        (None, ArgumentError, r"plain: expected parameters in a list .* got NoneType; pass model.parameters"),
        (
            Parameter(np.ones(3)),
            ArgumentError,
            r"expected parameters in .*, got Parameter; .* or \[parameter\]",
        ),
        ([{"params": Parameter(np.ones(3))}], ArgumentError, r"expected parameters in a .*, got Parameter"),
        (
            [{"params": [Parameter(np.ones(1))], "b": 1}],
            ArgumentError,
            r"unknown settings in a group: \['b'\]",
        ),
    ],
)
def test_wrong_parameters_are_refused(params: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        Plain(params)


def test_a_parameter_listed_twice_is_refused() -> None:
    (p,) = parameters(1.0)
    with pytest.raises(InputError, match=r"plain: a parameter of shape \(1,\) is listed twice"):
        Plain([{"params": [p]}, {"params": [p]}])


def test_another_optimizer_continues_from_the_state_bit_for_bit() -> None:
    (p,), (q,) = parameters(1.0), parameters(1.0)
    first = Plain([p], lr=0.3, decay=0.1)
    first.step()
    q.data[...] = p.data
    second = Plain([q])
    second.load_state_dict(first.state_dict())
    assert (second.lr, second.state) == (0.3, [[{"steps": 1, "sum": np.ones(1)}]])
    first.step()
    second.step()
    np.testing.assert_array_equal(p.data, q.data)


def test_the_state_is_a_copy_in_both_directions() -> None:
    (p,) = parameters(1.0)
    optimizer = Plain([p])
    optimizer.step()
    state = optimizer.state_dict()
    state["state"][0]["sum"][:] = 9
    assert optimizer.state[0][0]["sum"] == 1
    optimizer.load_state_dict(state)
    state["state"][0]["sum"][:] = 7
    assert optimizer.state[0][0]["sum"] == 9


def test_a_state_of_another_optimizer_is_refused() -> None:
    one, two = Plain(parameters(1.0)), Plain(parameters(1.0, 2.0))
    for optimizer in (one, two):
        optimizer.step()
    with pytest.raises(StateError, match="plain: the state is for 2 parameters, this optimizer has 1"):
        one.load_state_dict(two.state_dict())
    state = one.state_dict()
    state["settings"]["beta"] = 1
    with pytest.raises(StateError, match="plain: the state has other settings or groups"):
        one.load_state_dict(state)
    with pytest.raises(
        StateError, match=r"plain: expected what state_dict\(\) returned; it lacks \['settings'"
    ):
        one.load_state_dict({"groups": [], "state": []})
    wide = Plain([Parameter(np.ones(3))])
    with pytest.raises(StateError, match=r"plain: parameter 0 has shape \(1,\), the state is for \(3,\)"):
        one.load_state_dict(wide.state_dict())


def test_state_may_have_another_shape_than_its_parameter() -> None:
    """Adafactor keeps a mean for each row and each column."""
    first, second = (Plain([Parameter(np.ones((2, 3)))]) for _ in range(2))
    first.state[0][0].update(rows=np.arange(2.0), columns=np.arange(3.0))
    second.load_state_dict(first.state_dict())
    np.testing.assert_array_equal(second.state[0][0]["columns"], [0, 1, 2])


def test_repr_shows_the_settings() -> None:
    assert repr(Plain(parameters(1.0))) == "Plain(1 parameters, lr=0.1, decay=0.0)"


def test_a_state_is_loaded_in_the_dtype_of_its_parameter() -> None:
    (wide,) = parameters(1.0)
    optimizer = Plain([wide])
    optimizer.step()
    narrow = Parameter(wide.data.astype(np.float32))
    other = Plain([narrow])
    other.load_state_dict(optimizer.state_dict())
    assert other.state[0][0]["sum"].dtype == np.float32
    assert other.state[0][0]["steps"] == 1
