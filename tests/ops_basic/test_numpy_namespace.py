"""Each public function of NumPy takes or refuses a tensor that requires a gradient: none loses the gradient
silently.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import minigrad_core as mg
from minigrad_core.dispatch import FUNCTIONS
from minigrad_core.errors import NoOperationError
from minigrad_core.testing.subjects.operation import OperationSubject
from tests.each import for_each

_DISPATCHED = (np.ufunc, type(np.sum))
# Reports, tests, settings and files: they compute nothing from the argument.
_NOT_CALLED = {
    "test", "info", "show_config", "show_runtime", "get_include", "seterr", "seterrcall", "setbufsize",
    "set_printoptions", "save", "savez", "savez_compressed", "savetxt", "fromfile", "load", "loadtxt",
    "genfromtxt", "fromregex",
}  # fmt: skip
# The errors of calls that do not fit, or that minigrad refuses.
_REFUSALS = (TypeError, ValueError, LookupError, AttributeError, np.linalg.LinAlgError)


def list_functions() -> dict[str, Any]:
    """Return the public functions of NumPy, np.linalg and np.fft by name, each once."""
    found: dict[int, tuple[str, Any]] = {}
    for module in (np, np.linalg, np.fft):
        for name in sorted(set(dir(module)) - _NOT_CALLED):
            function = getattr(module, name, None) if not name.startswith("_") else None
            if callable(function) and not isinstance(function, type):
                found.setdefault(id(function), (f"{module.__name__}.{name}", function))
    return dict(found.values())


FUNCTIONS_OF_NUMPY = list_functions()
ANSWERED = {
    id(f): op for name in mg.ops if name.startswith("basic::") for op in [mg.ops[name]] for f in op.implements
}
UNANSWERED = {
    name: f
    for name, f in FUNCTIONS_OF_NUMPY.items()
    if isinstance(f, _DISPATCHED) and id(f) not in ANSWERED and f not in FUNCTIONS.shape_functions
}


def make_matrix() -> Any:
    return mg.tensor([[2.0, 0.5], [0.25, 1.5]], requires_grad=True)


def collect_results(function: Callable[..., Any]) -> list[Any]:
    """Return the results of a few usual calls, without those that are refused."""
    t = make_matrix()
    found = []
    for args in ((t,), (t[0],), (t, t), (t, 1), ([t, t],), (t[0, 0], t[1, 1])):
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            try:
                found += list_leaves(function(*args))
            except _REFUSALS:
                continue
    return found


def list_leaves(result: Any) -> list[Any]:
    if isinstance(result, (tuple, list)):
        return [leaf for item in result for leaf in list_leaves(item)]
    return [result]


@for_each(UNANSWERED)
def test_a_function_without_an_operation_names_the_way_out(function: Any) -> None:
    with pytest.raises(NoOperationError, match="leave the graph on purpose"):
        FUNCTIONS[function](make_matrix())


@for_each(FUNCTIONS_OF_NUMPY)
def test_no_function_drops_a_gradient_in_silence(function: Any) -> None:
    op = ANSWERED.get(id(function))
    if function in FUNCTIONS.shape_functions or (op is not None and not op.differentiable):
        return  # it has none; the contract kit holds each such operation to that
    if function is np.full_like:
        return  # it has the gradient of its second argument alone, and some of these calls give it a number
    floats = [r for r in collect_results(function) if getattr(r, "dtype", np.dtype(int)).kind in "fc"]
    assert all(isinstance(r, mg.Tensor) and r.requires_grad for r in floats)


def test_the_walk_through_numpy_reaches_what_it_is_for() -> None:
    assert len(FUNCTIONS_OF_NUMPY) > 400
    assert {"numpy.gcd", "numpy.packbits", "numpy.spacing"} <= UNANSWERED.keys()
    assert (
        sum(any(isinstance(r, mg.Tensor) for r in collect_results(f)) for f in FUNCTIONS_OF_NUMPY.values())
        > 150
    )


def test_the_contract_kit_has_a_function_to_compare_each_operation_with() -> None:
    names = [name for name in mg.ops if name.startswith("basic::")]
    assert [name for name in names if not OperationSubject(mg.ops[name]).declared.references] == []
