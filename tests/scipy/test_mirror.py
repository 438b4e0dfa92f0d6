"""The mirrors of SciPy's modules: names, arguments, imports."""

from __future__ import annotations

import inspect
import pickle
import subprocess
import sys
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

import numpy as np
import pytest
import scipy.linalg
import scipy.ndimage

import minigrad_core as mg
import minigrad_scipy
from minigrad_core.errors import ArgumentError
from minigrad_scipy import linalg, optimize, signal
from minigrad_scipy.binding import list_inputs
from tests.each import for_each

MATRIX = np.array([[0.3, -0.2], [0.5, 0.1]])
# Each function that a mirror calls, with the module, and the name of SciPy's function.
FUNCTIONS = {
    (module, function.__name__): function
    for module in minigrad_scipy.MODULES
    for function in getattr(import_module(f"minigrad_scipy.{module}"), "FUNCTIONS", ())
}
METHODS = {"PPoly", "sparse_matmul"}  # operations that methods of objects call
# Each operation that a mirror calls, likewise.
MIRRORED = [
    (module, op.name.removeprefix(f"{module.rpartition('.')[2]}_"), op)
    for module in minigrad_scipy.MODULES
    for op in import_module(f"minigrad_scipy.{module}").OPERATIONS
    if not op.implements
    and op.name not in METHODS
    and (module, op.name.removeprefix(f"{module}_")) not in FUNCTIONS
]


def test_arrays_go_to_scipys_function_with_the_arguments_as_given(monkeypatch: pytest.MonkeyPatch) -> None:
    assert type(linalg.expm(MATRIX)) is np.ndarray
    np.testing.assert_array_equal(linalg.expm(MATRIX.tolist()), scipy.linalg.expm(MATRIX))
    with pytest.raises(TypeError, match="unexpected keyword argument 'b'"):
        linalg.expm(MATRIX, b=1)


def test_a_tensor_goes_to_the_operation_by_position_and_by_name() -> None:
    a = mg.tensor(MATRIX, requires_grad=True)
    for result in (linalg.expm(a), linalg.expm(A=a), linalg.expm([[a[0, 0], a[0, 1]], [a[1, 0], a[1, 1]]])):
        assert result.requires_grad
        np.testing.assert_allclose(result.detach().numpy(), scipy.linalg.expm(MATRIX))


def test_arguments_that_are_missing_or_unknown_are_named() -> None:
    a = mg.tensor(MATRIX)
    with pytest.raises(ArgumentError, match=r"expm: got an unexpected keyword argument 'b'"):
        linalg.expm(a, b=1)


def test_a_name_without_a_rule_is_scipys_own() -> None:
    assert linalg.LinAlgError is scipy.linalg.LinAlgError
    assert minigrad_scipy.special.erf is scipy.special.erf
    with pytest.raises(AttributeError, match="'exmp'"):
        linalg.exmp  # noqa: B018
    assert set(dir(linalg)) == set(dir(scipy.linalg))


def test_a_mirrored_function_has_scipys_signature_and_docstring_and_can_be_pickled() -> None:
    assert inspect.signature(linalg.expm) == inspect.signature(scipy.linalg.expm)
    summary, line, rest = (linalg.expm.__doc__ or "").split("\n\n", 2)
    assert inspect.getdoc(scipy.linalg.expm) == f"{summary}\n\n{rest}"
    assert line == "Also takes tensors of minigrad: derivatives of any order with respect to `A`."
    assert pickle.loads(pickle.dumps(linalg.expm)) is linalg.expm


@for_each(MIRRORED)
def test_an_operation_has_scipys_arguments_with_scipys_defaults(module: str, name: str, op: Any) -> None:
    function = getattr(import_module(f"scipy.{module}"), name)
    assert getattr(import_module(f"minigrad_scipy.{module}"), name) is not function
    if hasattr(op, "from_numpy"):
        return
    theirs = dict(inspect.signature(function).parameters)
    if name in ("gaussian_laplace", "gaussian_gradient_magnitude"):  # they pass other keywords on
        theirs = {**inspect.signature(scipy.ndimage.gaussian_filter).parameters, **theirs}
    assert [x for x in list_inputs(op) if x not in theirs] == []
    own = [p for p in inspect.signature(op.forward).parameters.values() if p.kind is p.KEYWORD_ONLY]
    assert {p.name: p.default for p in own} == {p.name: theirs[p.name].default for p in own}


@for_each(FUNCTIONS.keys())
def test_a_function_has_scipys_arguments_with_scipys_defaults(module: str, name: str) -> None:
    theirs = inspect.signature(getattr(import_module(f"scipy.{module}"), name)).parameters
    own = inspect.signature(FUNCTIONS[module, name]).parameters.values()
    named = [p for p in own if p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)]
    assert {p.name: p.default for p in named} == {p.name: theirs[p.name].default for p in named}


@pytest.mark.parametrize("module", minigrad_scipy.MODULES)
def test_no_file_hides_a_function_of_scipy(module: str) -> None:
    files = {each.name for each in iter_modules(import_module(f"minigrad_scipy.{module}").__path__)}
    hidden = files & set(dir(import_module(f"scipy.{module}")))
    assert {f"{module}.{name}" for name in hidden} <= set(minigrad_scipy.MODULES)


@pytest.mark.parametrize(
    "code",
    [
        "import sys; from scipy import special; before = set(sys.modules); import minigrad_core as mg;"
        "special.erf(mg.tensor(0.5)); list(mg.ops); new = set(sys.modules) - before;"
        "assert 'minigrad_scipy.linalg' in new; print(*[name for name in new if name.startswith('scipy.')])",
        "import sys, numpy as np, minigrad_core as mg; np.tanh(mg.tensor([0.5])) @ mg.tensor([0.5]);"
        "print(*[name for name in sys.modules if name.partition('.')[0] in ('minigrad_scipy', 'scipy')])",
    ],
    ids=["the plugin imports scipy.special alone", "NumPy's functions import neither the plugin nor SciPy"],
)
def test_imports(code: str) -> None:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


HALF = np.array([[2.0, 0.5, -0.25], [0.5, 1.5, 0.75], [-0.25, 0.75, 1.0], [0.5, 0.25, -0.5]])


@pytest.mark.filterwarnings("ignore:Calling .* dtype=float16:DeprecationWarning")  # since SciPy 1.18
@pytest.mark.parametrize(
    "f",
    [
        lambda x: linalg.lstsq(x, np.ones(4, x.dtype))[0],
        lambda x: linalg.pinv(x, rtol=0.9),
        lambda x: linalg.pinvh(x[:3], rtol=0.9),
        lambda x: linalg.fractional_matrix_power(x[:3], 0.5),
        lambda x: optimize.nnls(x, np.ones(4, x.dtype))[0],
        lambda x: signal.deconvolve(x[:, 0], np.array([1, 0.5], x.dtype))[0],
        lambda x: signal.savgol_filter(x, 3, 1, axis=0),
    ],
)
def test_gradients_in_half_precision_are_computed_in_single_precision(f: Any) -> None:
    def weigh(x: Any) -> Any:
        y = f(x)
        return np.sum(y * np.arange(y.size, dtype=y.dtype).reshape(y.shape))

    slopes, exact = (mg.grad(weigh)(HALF.astype(dtype)) for dtype in (np.float16, np.float64))
    assert slopes.dtype == np.float16
    np.testing.assert_allclose(slopes, exact, rtol=0.01, atol=0.01 * np.abs(exact).max())
