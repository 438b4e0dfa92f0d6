"""Each parameter of each NumPy function with an operation, by keyword and by position: the result is NumPy's,
with its derivative, or a refusal names the parameter.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import minigrad_core as mg
from minigrad_core.errors import DifferentiabilityError, MinigradError
from tests.each import for_each

from .numpy_arguments import MASK, VALUES, M, N, calls, parameters_of

if TYPE_CHECKING:
    from inspect import Parameter

_REFUSALS = (MinigradError, TypeError, np.linalg.LinAlgError)
_STEP = 1e-5


def list_functions() -> dict[str, Any]:
    """Return the functions of numpy, numpy.linalg and stride_tricks that have an operation, each once."""
    answered = {id(f) for name in mg.ops if name.startswith("basic::") for f in mg.ops[name].implements}
    found: dict[int, tuple[str, Any]] = {}
    for module in (np, np.linalg, np.lib.stride_tricks):
        for name in dir(module):
            function = getattr(module, name, None) if not name.startswith("_") else None
            if id(function) in answered:
                found.setdefault(id(function), (f"{module.__name__}.{name}", function))
    return dict(found.values())


FUNCTIONS = list_functions()
UFUNCS = {name: f for name, f in FUNCTIONS.items() if isinstance(f, np.ufunc)}
UFUNC_SETTINGS: dict[str, Any] = {
    "where": MASK, "dtype": np.float32, "casting": "no", "order": "F", "subok": False, "signature": "d->d",
    "keepdims": True, "axis": 0, "axes": [(0, 1), (0, 1), (0, 1)], "out": (np.zeros((3, 4)),),
}  # fmt: skip


def change_arrays(value: Any, change: Callable[[Any], Any]) -> Any:
    """Return nested sequences with the float arrays in them changed."""
    if isinstance(value, (list, tuple)):
        return type(value)(change_arrays(v, change) for v in value)
    return change(value) if isinstance(value, np.ndarray) and value.dtype.kind == "f" else value


def list_leaves(result: Any) -> list[Any]:
    if isinstance(result, (list, tuple)):
        return [leaf for item in result for leaf in list_leaves(item)]
    return [result.data if isinstance(result, mg.Tensor) else result]


def call(function: Callable[..., Any], args: Any, settings: Any, change: Callable[[Any], Any]) -> Any:
    """Call the function with copied or changed arguments: some functions write to their arguments."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        return function(
            *change_arrays(list(args), change), **{k: change_arrays(v, change) for k, v in settings.items()}
        )


def judge(function: Callable[..., Any], args: Any, settings: Any, parameter: str | None) -> bool:
    """Compare with NumPy, and return whether there is a result. A refusal names the parameter."""
    try:
        expected = call(function, args, settings, np.copy)
    except Exception:
        return False  # NumPy's own refusal
    tensors: list[mg.Tensor] = []

    def tensor(x: Any) -> Any:
        tensors.append(mg.tensor(x, requires_grad=True))
        return tensors[-1]

    try:
        found = call(function, args, settings, tensor)
    except DifferentiabilityError:
        return False  # such as dtype=int
    except _REFUSALS as refusal:
        if parameter is None or parameter in str(refusal):
            return False
        raise
    for one, other in zip(list_leaves(found), list_leaves(expected), strict=True):
        np.testing.assert_allclose(one, np.asarray(other), rtol=1e-6, atol=1e-9)
        assert np.asarray(one).dtype == np.asarray(other).dtype
    compare_slopes(function, args, settings, found, tensors)
    return True


def compare_slopes(
    function: Callable[..., Any], args: Any, settings: Any, found: Any, tensors: list[mg.Tensor]
) -> None:
    """Compare the derivative along a random direction with the difference quotient."""
    rng = np.random.default_rng(0)
    weights = [rng.standard_normal(np.shape(y)) for y in list_leaves(found)]
    directions = [rng.standard_normal(t.shape) for t in tensors]
    double = [np.asarray(y).dtype == np.float64 for y in list_leaves(found)]
    if not all(double) or not tensors:
        return

    def total(result: Any) -> Any:
        results = result if isinstance(result, (list, tuple)) else [result]
        return sum(np.sum(y * w) for y, w in zip(results, weights, strict=True))

    def moved(step: float) -> Any:
        along = iter(directions)
        return total(call(function, args, settings, lambda x: x + step * next(along)))

    slope = (moved(_STEP) - moved(-_STEP)) / (2 * _STEP)
    if not np.isfinite(slope):
        return  # outside the domain
    y = total(found)
    if not isinstance(y, mg.Tensor):
        assert slope == 0  # a plain array is only for what is flat
        return
    try:
        y.backward()
    except DifferentiabilityError:
        return  # such as the vectors that svd adds with full_matrices
    grads = [0.0 if t.grad is None else t.grad for t in tensors]
    ours = sum(float(np.sum(g * d)) for g, d in zip(grads, directions, strict=True))
    assert ours == pytest.approx(slope, rel=1e-5, abs=1e-6)


def list_forms(
    call: tuple[Any, ...], parameters: list[Parameter], parameter: Parameter, value: Any
) -> Iterator[tuple[Any, dict[str, Any]]]:
    """Yield the call with the parameter by keyword and, where it can be, by position."""
    if parameter.kind is not parameter.POSITIONAL_ONLY:
        yield call, {parameter.name: value}
    positional = [p for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    if parameter in positional:
        between = positional[len(call) : positional.index(parameter)]
        yield (*call, *(p.default for p in between), value), {}


@pytest.mark.filterwarnings("ignore:numpy.fix is deprecated")  # in 2.5
@pytest.mark.filterwarnings("ignore:inexact matches")  # NumPy's, of mode="r", in 2.1
@for_each(sorted(FUNCTIONS.keys() - UFUNCS.keys()))
def test_each_parameter_has_numpys_answer_or_is_refused_by_name(name: str) -> None:
    function = FUNCTIONS[name]
    parameters = parameters_of(function)
    tried = calls(name, function, parameters)
    assert tried
    for call in tried:
        if not judge(function, call, {}, None):
            continue  # refused as a whole, such as np.array([t, u])
        for parameter in parameters:
            if parameter.default is not parameter.empty and parameter not in parameters[: len(call)]:
                for value in VALUES.get(parameter.name, []):
                    for args, settings in list_forms(call, parameters, parameter, value):
                        judge(function, args, settings, parameter.name)


@for_each(sorted(UFUNCS))
def test_each_setting_of_a_ufunc_has_numpys_answer_or_is_refused_by_name(name: str) -> None:
    function = UFUNCS[name]
    for call in calls(name, function, []):
        judge(function, call, {}, None)
        for setting, value in UFUNC_SETTINGS.items():
            judge(function, call, {setting: value}, setting)


METHODS: dict[str, tuple[Any, ...]] = {
    **dict.fromkeys(("sum", "prod"), (0, np.float64, None, True, 2.0, MASK)),
    **dict.fromkeys(("max", "min"), (0, None, True, 0.5, MASK)), "mean": (0, np.float64, None, True),
    "var": (0, np.float64, None, 1, True), "std": (0, None, None, 1, True), "all": (0, None, True),
    "any": (0, None, True), "argmax": (1, None), "argmin": (1, None), "argsort": (0, "stable"),
    "cumsum": (0, np.float64, None), "cumprod": (1, None, None), "ravel": ("F",), "flatten": ("F",),
    "copy": ("F",), "reshape": (4, 3), "transpose": (1, 0), "swapaxes": (0, 1), "squeeze": (None,),
    "round": (1, None), "clip": (0.5, 1.5, None), "dot": (N.T, None), "take": ([0, 1], 0, None, "wrap"),
    "repeat": (2, 0), "diagonal": (1, 0, 1), "trace": (1, 0, 1, np.float64, None),
    "argpartition": (1, 0, "introselect"), "compress": ([True, False, True], 0, None),
    "astype": (np.float32,), "nonzero": (), "conj": (), "item": (3,),
}  # fmt: skip


@for_each(METHODS.keys())
def test_methods_take_the_arguments_of_arrays_by_position(name: str) -> None:
    for count in range(len(METHODS[name]) + 1):
        args = METHODS[name][:count]
        try:
            expected = getattr(M, name)(*args)
        except (TypeError, ValueError):
            continue
        found = getattr(mg.tensor(M, requires_grad=True), name)(*args)
        for one, other in zip(list_leaves(found), list_leaves(expected), strict=True):
            np.testing.assert_allclose(one, other, rtol=1e-12)
            assert np.asarray(one).dtype == np.asarray(other).dtype


def test_the_walk_gets_answers_to_settings() -> None:
    answers = [
        judge(FUNCTIONS[f"numpy.{name}"], (M,), settings, None)
        for name in ("sum", "mean", "var", "max", "median", "diff", "cumsum", "sort", "flip")
        for settings in ({"axis": 0}, {"axis": -1})
    ]
    assert all(answers)
    assert len(FUNCTIONS) > 250
