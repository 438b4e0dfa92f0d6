"""Objects of other libraries beside tensors. The classes do what those of pint, xarray and astropy do."""

from __future__ import annotations

import operator
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from numpy.lib.mixins import NDArrayOperatorsMixin
from numpy.polynomial import Polynomial

from minigrad_core import Tensor, grad, tensor
from minigrad_core.errors import ArgumentError, ConversionError

X = np.array([[0.5, -1.0], [2.0, 3.0]])
FACTORS = np.array([[1.0, 2.0], [-3.0, 0.5]])


def tracked() -> Tensor:
    return tensor(X, requires_grad=True)


def strip(x: Any) -> Any:
    return x.data if isinstance(x, Labelled) else x


class Labelled(NDArrayOperatorsMixin):
    """An array with labels, as xarray's DataArray: it takes part in ufuncs and converts to an array."""

    __slots__ = ("data",)

    def __init__(self, data: Any) -> None:
        self.data = data

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:
        return np.asarray(self.data, dtype=dtype)

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **kwargs: Any) -> Any:
        return type(self)(getattr(ufunc, method)(*map(strip, inputs), **kwargs))


class Quantity(Labelled):
    """An array with a unit, as pint's Quantity: also an argument of NumPy's other functions."""

    __slots__ = ()
    __array_priority__ = 17
    __rmatmul__ = NDArrayOperatorsMixin.__matmul__  # of pint, which confuses the order

    def __array_function__(self, function: Any, _: Any, args: Any, kwargs: Any) -> Any:
        return type(self)(function(*map(strip, args), **kwargs))


class Ragged(Quantity):
    """An array without a dtype, as awkward's Array."""

    __slots__ = ()
    __array_priority__ = 0


class Unit:
    """A unit, as those of astropy."""

    __array_priority__ = 1000

    def __rmul__(self, x: Any) -> Any:
        return Quantity(np.asarray(x))

    __rlshift__ = __rmul__


class PintUnit:
    """A unit that takes part in ufuncs, as those of pint."""

    def __array_ufunc__(self, ufunc: np.ufunc, _: str, x: Any, y: Any) -> Any:
        return Quantity(x)


AROUND_TENSORS: dict[str, Any] = {
    "t * labelled": lambda x: x * Labelled(x),
    "labelled * t": lambda x: Labelled(x) * x,
    "array * labelled": lambda x: FACTORS * Labelled(x),
    "np.multiply": lambda x: np.multiply(x, Labelled(x)),
    "t @ quantity": lambda x: x @ Quantity(FACTORS),
    "t * quantity": lambda x: x * Quantity(x),
    "np.where": lambda x: np.where(x > 0, Quantity(x), Quantity(x * x)),
    "t * ragged": lambda x: x * Ragged(FACTORS),
    "t * unit": lambda x: x * PintUnit(),
}


@pytest.mark.parametrize("name", AROUND_TENSORS)
def test_an_object_that_holds_tensors_keeps_them_in_the_graph(name: str) -> None:
    def f(x: Any) -> Any:
        result = AROUND_TENSORS[name](x)
        assert isinstance(result, Labelled)
        return np.sum(strip(result) * FACTORS)

    steps = 1e-6 * np.eye(4).reshape(4, 2, 2)
    slopes = [(f(X + step) - f(X - step)) / 2e-6 for step in steps]
    np.testing.assert_allclose(grad(f)(X).ravel(), slopes, rtol=1e-7)


@pytest.mark.parametrize("compare", [operator.eq, operator.ne, operator.gt])
def test_a_comparison_with_an_object_around_a_tensor_is_the_objects(compare: Any) -> None:
    result = compare(tracked(), Labelled(tracked()))
    np.testing.assert_array_equal(np.asarray(result), compare(X, X))
    assert isinstance(result, Labelled)


@pytest.mark.parametrize("call", [operator.mul, operator.lshift])
def test_a_unit_makes_a_quantity_of_a_tensor_unless_the_gradient_would_be_lost(call: Any) -> None:
    np.testing.assert_array_equal(np.asarray(call(tensor(X), Unit())), X)
    with pytest.raises(ArgumentError, match="expected a number or an array, got a Unit"):
        call(tracked(), Unit())
    with pytest.raises(ConversionError, match=r"t\.numpy\(\)"):
        Unit().__rmul__(tracked())


def test_a_class_that_refuses_ufuncs_gets_the_operator_as_from_an_array() -> None:
    line = Polynomial([1.0, 2.0])
    assert tensor(3.0) * line == 3.0 * line
    with pytest.raises(ArgumentError, match="a Polynomial does not let NumPy handle its operators"):
        operator.mul(tensor(3.0, requires_grad=True), line)


def test_no_tensor_holds_objects() -> None:
    assert not (tensor(X) == Fraction(1, 3)).any()
    with pytest.raises(ArgumentError, match=r"the result is an array of objects; float\(x\)"):
        operator.floordiv(tensor(X), Fraction(1, 3))
