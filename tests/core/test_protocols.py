"""NumPy's protocols: `np.f(tensor)` calls an operation or is refused; it is never a silent constant."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import special

from minigrad_core import no_grad, tensor
from minigrad_core.dispatch import FUNCTIONS
from minigrad_core.dispatch.function_names import describe_function
from minigrad_core.errors import ArgumentError, NoOperationError
from tests.core.tiny_ops import add

# The functions of the tests do not have the type of the table's values.
TABLE: dict[Any, Any] = FUNCTIONS


def test_a_ufunc_calls_the_operation_that_implements_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(TABLE, np.add, add)
    x = tensor([1.0], requires_grad=True)
    y: Any = np.add(x, 2.0)
    assert y.node is not None
    assert y.node.op is add


@pytest.mark.parametrize(
    ("function", "kwargs"), [(np.flipud, {}), (np.hypot.reduce, {"axis": 0})], ids=["function", "method"]
)
def test_an_array_function_or_ufunc_method_calls_its_implementation(
    function: Any, kwargs: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(TABLE, function, lambda *args, **kwargs: (args, kwargs))
    x = tensor([1.0])
    assert function(x, **kwargs) == ((x,), kwargs)


@pytest.mark.parametrize(
    "kwargs",
    [{"where": True}, {"dtype": None}, {"order": "K"}, {"casting": "SAME_KIND".lower()}, {"subok": True}],
)
def test_keywords_of_ufuncs_with_their_defaults_are_dropped(
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


def test_a_function_or_ufunc_method_without_an_operation_is_refused_with_advice() -> None:
    message = (
        r"no operation implements np\.i0, and an argument requires a gradient.*"
        r"implements = \(np\.i0,\).*np\.i0\(t\.numpy\(\)\) or t\.detach\(\)"
    )
    with pytest.raises(NoOperationError, match=message):
        np.i0(tensor([1.0, 2.0], requires_grad=True))
    with pytest.raises(NoOperationError, match=r"no operation implements np\.gcd\.outer"):
        np.gcd.outer(tensor([1.0], requires_grad=True), np.ones(2))


@pytest.mark.parametrize("wrap", [lambda x: [x], lambda x: (0, (1, x)), lambda x: {"key": [x]}])
def test_a_tensor_deep_in_the_arguments_is_found(wrap: Any) -> None:
    argument = wrap(tensor([1.0], requires_grad=True))
    with pytest.raises(NoOperationError):
        FUNCTIONS.fallback(np.poly, argument)
    with pytest.raises(NoOperationError):
        FUNCTIONS.fallback(np.poly, keyword=argument)


def test_numpy_computes_where_no_gradient_is_lost() -> None:
    expected = np.i0(np.array([1.0, 2.0]))
    np.testing.assert_array_equal(np.i0(tensor([1.0, 2.0])), expected)
    with no_grad():
        np.testing.assert_array_equal(np.i0(tensor([1.0, 2.0], requires_grad=True)), expected)


def test_functions_of_shape_and_dtype_lose_no_gradient() -> None:
    x = tensor(np.ones((2, 3), np.float32), requires_grad=True)
    assert (np.shape(x), np.ndim(x), np.size(x)) == ((2, 3), 2, 6)
    assert np.result_type(x, np.float64) == np.float64
    assert np.isrealobj(x)
    assert not np.iscomplexobj(x)
    np.testing.assert_array_equal(np.zeros_like(x), np.zeros((2, 3)))
    assert np.ones_like(x).dtype == np.float32
    shown: Any = tensor([1.0], requires_grad=True)
    assert np.array2string(shown) == "[1.]"


@pytest.mark.parametrize(
    ("function", "name"),
    [
        (np.sum, "np.sum"), (np.linalg.norm, "np.linalg.norm"), (np.add, "np.add"),
        (np.add.reduce, "np.add.reduce"), (np.fft.rfft, "np.fft.rfft"),
        (special.erf, "scipy.special.erf"),
    ],
)  # fmt: skip
def test_functions_are_named_as_a_user_writes_them(function: Any, name: str) -> None:
    assert describe_function(function) == name
