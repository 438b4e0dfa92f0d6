"""Arguments for every parameter of NumPy's functions, by the parameter's name.

`calls` gives the required arguments alone, of which NumPy itself decides which fit together; `VALUES` are for
the optional parameters. Values are generic (no ties, zeros or symmetric matrices), so that derivatives exist.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np

from minigrad_core.tensor.signatures import get_signature

if TYPE_CHECKING:
    from inspect import Parameter

_RNG = np.random.default_rng(3)


def _array(*shape: int) -> Any:
    return _RNG.uniform(0.3, 2.2, shape)


M, N, V, U, P, C = _array(3, 4), _array(3, 4), _array(4), _array(4), _array(3), _array(2, 3, 4)
S, T, POINT = _array(3, 3) + 2 * np.eye(3), _array(3, 3), _array()
WITH_NAN = np.where(np.arange(12).reshape(3, 4) == 5, np.nan, M)
MASK, LARGE = np.array([True, False, True, True]), M > 1.2
LINES = np.array([[1, 0, 2, 0]])
_MAP = _array(2, 3, 6) + 3 * np.eye(6).reshape(2, 3, 6)

_ARRAYS = [M, V, S, C, POINT]
_PAIRS = [[M, N], [V, U]]
REQUIRED: dict[str, list[Any]] = {
    **dict.fromkeys(("a", "x", "m", "arr", "ary", "array", "object", "x1", "filt", "val"), _ARRAYS),
    **dict.fromkeys(("arrays", "tup"), _PAIRS), "A": [S, M], "a1": [V], "a2": [P], "ar": [V, M],
    "b": [T, P, V, N], "choices": [[M, N, M]], "condition": [MASK, LARGE], "decimals": [1], "deg": [1],
    "destination": [1, [1, 0]], "element": [M], "f": [M, V], "fill_value": [0.5, V], "indices": [1, [0, 2]],
    "indices_or_sections": [2, [1, 2]], "keys": [V], "kth": [1, [0, 2]], "n": [2, 0, -1],
    "new_shape": [(2, 2), (5, 3)], "obj": [1, [0, 2]], "p": [V, P], "pad_width": [1, ((1, 2), (0, 1))],
    "q": [0.3, [0.2, 0.7]], "repeats": [2, [1, 2, 0, 1]], "reps": [2, (2, 1)], "seq_of_zeros": [V],
    "shape": [(2, 3, 4), (4, 3), (-1,)], "shift": [1, (1, 2)], "source": [0, [0, 1]], "test_elements": [V],
    "v": [V, P], "values": [0.5, V, N], "window_shape": [2, (2, 2)], "x2": [N, U, C, T, 0.5],
    "xp": [np.sort(P)], "fp": [P], "y": [N, U, P], "z": [V - 1.25], "axis1": [0], "axis2": [1],
    "axis": [0, 1], "bins": [np.sort(P)], "start": [1.0, P], "stop": [4.5, P + 1], "dtype": [np.float32],
    "funclist": [[np.sin, np.cos]], "condlist": [[LARGE, ~LARGE]], "choicelist": [[M, N]],
}  # fmt: skip

CALLS: dict[str, list[Any]] = {
    "numpy.array": [(M,), (POINT,)],
    "numpy.reshape": [(M, (4, 3)), (V, -1)],
    "numpy.apply_along_axis": [(np.cumsum, 1, M), (np.sum, 0, M)],
    "numpy.bincount": [(np.array([0, 1, 1, 3]), V), (np.array([0, 1, 1, 3]),)],
    "numpy.block": [([[M, N], [N, M]],)],
    "numpy.broadcast_arrays": [(M, V), (POINT, V)],
    "numpy.choose": [(np.array([0, 1, 2, 0]), [M, N, M])],
    "numpy.einsum": [("ij,kj->ik", M, N), ("ii->i", S), ("ij,jk,kl->il", S, T, M)],
    "numpy.gradient": [(M,), (V,), (V, 0.5), (V, np.cumsum(U)), (M, 0.5, 2.0)],
    "numpy.insert": [(V, 1, 0.5), (M, 1, V), (V, [0, 2], P[:2])],
    "numpy.interp": [(V, np.array([0.2, 1.0, 2.5]), P)],
    "numpy.linalg.cholesky": [(S @ S.T,)],
    "numpy.linalg.lstsq": [(S[:, :2], P), (S[:, :2], T)],
    "numpy.linalg.multi_dot": [([M, M.T, S],)],
    "numpy.linalg.tensorinv": [(_MAP,)],
    "numpy.linalg.tensorsolve": [(_MAP, _array(2, 3))],
    "numpy.logspace": [(V, U + 1), (POINT, 2.0)],
    "numpy.meshgrid": [(V, P), (V, P, U)],
    "numpy.piecewise": [(V, [V > 1, V <= 1], [np.sin, np.cos])],
    "numpy.polyfit": [(V, U, 1), (V, M.T, 1)],
    "numpy.put_along_axis": [(M, LINES, 0.5, 0)],
    "numpy.searchsorted": [(np.sort(V), P)],
    "numpy.take_along_axis": [(M, LINES, 0), (V, np.array([1, 1]), None)],
    "numpy.where": [(LARGE, M, N), (LARGE, V, 0.5)],
    "numpy.tensordot": [(M, N.T, 1), (C, C, ([0, 1], [0, 1]))],
}

VALUES: dict[str, list[Any]] = {
    "axis": [0, 1, -1, (0, 1), None, ()], "keepdims": [True], "dtype": [np.float32, np.int64],
    "where": [MASK, LARGE], "initial": [0.25, 2], "order": ["F", "A"], "weights": [V, N], "k": [1, -1],
    "overwrite_input": [True], "axes": [(1, 0), 1, ([0], [0]), (0, 2, 1)], "subok": [True],
    "copy": [True, False], "casting": ["unsafe", "no"],
    "mode": ["full", "same", "wrap", "clip", "reflect", "edge", "r", "complete"],
    "kind": ["stable", "heapsort"], "ddof": [1, 0.5], "correction": [1], "equal_nan": [True],
    "start": [0.5, P], "num": [3, 1], "endpoint": [False], "method": ["lower", "hazen"],
    "mean": [P[:, None], POINT], "rtol": [0.5], "atol": [0.5], "rcond": [0.4], "tol": [0.4],
    "device": ["cpu"], "offset": [1, -1], "axis1": [1, -2], "axis2": [0, -1], "stable": [True],
    "decimals": [1], "rowvar": [False], "include_initial": [True], "bins": [3, [0.0, 1.0, 3.0]],
    "right": [True, 3.5], "val": [0.5], "period": [2.0], "n": [0, 2], "m": [2],
    "ord": [1, 2, 3, np.inf, "fro", "nuc", 0], "hermitian": [True], "ndmin": [3], "ndmax": [1],
    "returned": [True], "minlength": [7], "a_min": [0.7, N], "a_max": [1.1, N + 0.4], "min": [0.7, N],
    "max": [1.1, N + 0.4], "bias": [True], "fweights": [np.array([1, 2, 1, 1])], "aweights": [U],
    "axisa": [0], "axisb": [0], "axisc": [0], "prepend": [0.5, M[:, :1], V[:2]], "append": [0.5, M[:, :1]],
    "to_end": [0.5, V], "to_begin": [0.5, U], "optimize": [True, "greedy"], "edge_order": [2],
    "range": [(0.5, 1.5)], "density": [True], "left": [-1.0], "assume_unique": [True], "invert": [True],
    "retstep": [True], "base": [2.0], "sparse": [True], "indexing": ["ij"], "nan": [0.5], "posinf": [2.0],
    "neginf": [-2.0], "side": ["right"], "sorter": [np.arange(4)], "default": [0.5, N], "dx": [0.3],
    "return_index": [True], "return_inverse": [True], "return_counts": [True], "sorted": [False],
    "discont": [2.0], "N": [2, 5], "increasing": [True], "UPLO": ["U"], "upper": [True],
    "full_matrices": [False], "compute_uv": [False], "ind": [1], "writeable": [False], "full": [True],
    "w": [U], "cov": [True], "x": [V, M, np.sort(U)], "y": [U, N], "p": [1, 2, "fro"], "trim": ["f", "b"],
    "shape": [(2, 2)], "deg": [True], "b": [T], "fill_value": [0.5],
}  # fmt: skip


def calls(name: str, function: Callable[..., Any], parameters: list[Parameter]) -> list[tuple[Any, ...]]:
    """Return up to eight calls with the required arguments that NumPy takes."""
    if name in CALLS:
        return CALLS[name]
    if isinstance(function, np.ufunc):
        operands = [(M, N), (V, U), (S, T), (C, N)] if function.nin == 2 else [(M,), (V - 1.25,), (POINT,)]
    elif name.startswith("numpy.nan"):
        operands = [(WITH_NAN,), (V,), (WITH_NAN, 0.3), (WITH_NAN, 30.0)]
    else:
        required = [p for p in parameters if p.default is p.empty and p.kind is not p.VAR_KEYWORD]
        values = ([M] if p.kind is p.VAR_POSITIONAL else REQUIRED.get(p.name, []) for p in required)
        operands = list(product(*values))
    taken = [call for call in operands if _takes(function, call)]
    return [taken[i] for i in sorted({round(i) for i in np.linspace(0, len(taken) - 1, 8)})] if taken else []


def _takes(function: Callable[..., Any], call: tuple[Any, ...]) -> bool:
    with suppress(Exception), np.errstate(all="ignore"):
        function(*call)
        return True
    return False


def parameters_of(function: Callable[..., Any]) -> list[Parameter]:
    """Return the parameters of a function."""
    signature = get_signature(function)
    return list(signature.parameters.values()) if signature else []
