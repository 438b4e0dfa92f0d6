"""NumPy's protocols: `np.f(tensor)` becomes an operation's call, or a refusal; never a silent constant."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from minigrad_core import Array, Context, Operation, no_grad, tensor
from minigrad_core.dispatch import FUNCTIONS
from minigrad_core.errors import ArgumentError, NoOperationError
from minigrad_core.tensor.protocols import describe_function
from tests.core.tiny_ops import add

# The type checkers cannot unify what the table holds with each test's answer.
TABLE: dict[Any, Any] = FUNCTIONS


def test_a_ufunc_calls_the_operation_that_answers_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(TABLE, np.add, add)
    x = tensor([1.0], requires_grad=True)
    y: Any = np.add(x, 2.0)
    assert y.node is not None
    assert y.node.op is add


def test_an_array_function_calls_what_answers_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(TABLE, np.flipud, lambda *args, **kwargs: (args, kwargs))
    x = tensor([1.0])
    assert np.flipud(x) == ((x,), {})


def test_a_ufunc_method_is_a_function_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(TABLE, np.hypot.reduce, lambda *args, **kwargs: (args, kwargs))
    x = tensor([1.0])
    assert np.hypot.reduce(x, axis=0) == ((x,), {"axis": 0})


@pytest.mark.parametrize(
    "kwargs", [{"where": True}, {"dtype": None}, {"order": "K"}, {"casting": "same_kind"}, {"subok": True}]
)
def test_keywords_of_ufuncs_that_ask_for_nothing_are_dropped(
    kwargs: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(TABLE, np.add, add)
    y: Any = np.add(tensor([1.0]), 2.0, **kwargs)
    np.testing.assert_array_equal(y.numpy(), [3])


@pytest.mark.parametrize("kwargs", [{"where": np.array([True])}, {"casting": "unsafe"}, {"out": np.ones(1)}])
def test_other_keywords_are_refused_by_name(kwargs: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(TABLE, np.add, add)
    with pytest.raises(ArgumentError, match=next(iter(kwargs))):
        np.add(tensor([1.0], requires_grad=True), 2.0, **kwargs)


def test_a_function_without_an_operation_is_refused_with_the_ways_out() -> None:
    message = (
        r"no operation answers for np\.i0, and an argument requires a gradient.*"
        r"implements = \(np\.i0,\).*np\.i0\(t\.numpy\(\)\) or t\.detach\(\)"
    )
    with pytest.raises(NoOperationError, match=message):
        np.i0(tensor([1.0, 2.0], requires_grad=True))


def test_a_ufunc_method_without_an_operation_is_refused_by_name() -> None:
    with pytest.raises(NoOperationError, match=r"no operation answers for np\.gcd\.outer"):
        np.gcd.outer(tensor([1.0], requires_grad=True), np.ones(2))


@pytest.mark.parametrize("wrap", [lambda x: [x], lambda x: (0, (1, x)), lambda x: {"key": [x]}])
def test_a_tensor_deep_in_the_arguments_is_seen(wrap: Any) -> None:
    argument = wrap(tensor([1.0], requires_grad=True))
    with pytest.raises(NoOperationError):
        FUNCTIONS.fallback(np.poly, argument)
    with pytest.raises(NoOperationError):
        FUNCTIONS.fallback(np.poly, keyword=argument)


def test_without_a_gradient_to_lose_numpy_answers() -> None:
    expected = np.i0(np.array([1.0, 2.0]))
    np.testing.assert_array_equal(np.i0(tensor([1.0, 2.0])), expected)
    with no_grad():
        np.testing.assert_array_equal(np.i0(tensor([1.0, 2.0], requires_grad=True)), expected)


def test_questions_about_form_lose_no_gradient() -> None:
    x = tensor(np.ones((2, 3), np.float32), requires_grad=True)
    assert (np.shape(x), np.ndim(x), np.size(x)) == ((2, 3), 2, 6)
    assert np.result_type(x, np.float64) == np.float64
    assert np.isrealobj(x)
    assert not np.iscomplexobj(x)
    np.testing.assert_array_equal(np.zeros_like(x), np.zeros((2, 3)))
    assert np.ones_like(x).dtype == np.float32
    shown: Any = tensor([1.0], requires_grad=True)
    assert np.array2string(shown) == "[1.]"


def test_a_plugin_may_answer_for_a_function_by_implementing_it() -> None:
    class Cube(Operation):
        name = "cube"
        implements = (np.polyval,)

        def forward(self, ctx: Context, x: Array) -> Array:
            return x * x * x

        def backward(self, ctx: Context, grad: Array) -> Array:
            return grad

    assert Cube().implements == (np.polyval,)  # the loader fills the table: see tests/plugins


@pytest.mark.parametrize(
    ("function", "name"),
    [
        (np.sum, "np.sum"), (np.linalg.norm, "np.linalg.norm"), (np.add, "np.add"),
        (np.add.reduce, "np.add.reduce"), (np.fft.rfft, "np.fft.rfft"),
    ],
)  # fmt: skip
def test_functions_are_named_as_a_user_writes_them(function: Any, name: str) -> None:
    assert describe_function(function) == name


def test_the_ufuncs_of_scipy_are_named_as_a_user_writes_them() -> None:
    special = pytest.importorskip("scipy.special")
    assert describe_function(special.erf) == "scipy.special.erf"
