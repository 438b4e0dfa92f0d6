"""Gradients against stored gradients of JAX; every operation of minigrad_scipy has a stored gradient."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

import minigrad_core as mg
import minigrad_scipy
from minigrad_scipy import fft, interpolate, sparse
from minigrad_scipy.spatial import distance
from tests.each import for_each
from tests.scipy import array_calls, filter_calls


def read(file: str) -> Any:
    return json.loads(Path(__file__).with_name(file).read_text(encoding="utf-8"))


STORED = read("jax.json")
STORED_CALLS = {**read("filters.json"), **read("arrays.json")}
CALLS = {**filter_calls.CALLS, **array_calls.CALLS}
GRID = ([0.0, 0.4, 1.0], [-1.0, 0.0, 0.7, 2.0])


def solve(dense: Any, b: Any) -> Any:
    """Return the solution for a dense array, whose elements become values of a sparse one."""
    rows, columns = np.indices(dense.shape).reshape(2, -1)
    return sparse.linalg.spsolve(sparse.coo_array((dense.ravel(), (rows, columns))), b)


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "dct": fft.dct,
    "idct": fft.idct,
    "dctn ortho": partial(fft.dctn, norm="ortho"),
    "idctn ortho": partial(fft.idctn, norm="ortho"),
    **{
        f"cdist {metric}": partial(distance.cdist, metric=metric)
        for metric in ("euclidean", "cosine", "jensenshannon", "canberra")
    },
    "grid linear": lambda values, xi: interpolate.RegularGridInterpolator(GRID, values)(xi),
    "spsolve": solve,
}


@for_each(STORED.keys())
def test_gradients_are_those_of_jax(name: str) -> None:
    arguments = [np.array(x) for x in STORED[name]["arguments"]]

    def total(*xs: Any) -> Any:
        return np.sum(FUNCTIONS[name](*xs) ** 3)

    gradients = mg.grad(total, tuple(range(len(arguments))))(*arguments)
    for got, wanted in zip(gradients, STORED[name]["gradients"], strict=True):
        np.testing.assert_allclose(got, wanted, rtol=1e-10, atol=1e-12)


@for_each(CALLS.keys())
def test_the_gradient_of_a_call_is_that_of_jax(name: str) -> None:
    inputs = [np.array(x) for x in STORED_CALLS[name]["inputs"]]
    real, imaginary = (np.array(w) for w in STORED_CALLS[name]["weights"])

    def loss(*xs: Any) -> Any:
        y = CALLS[name][1](minigrad_scipy, *xs)
        return np.sum(np.real(y) * real + np.imag(y) * imaginary)

    gradients = mg.grad(loss, tuple(range(len(inputs))))(*inputs)
    for gradient, expected in zip(gradients, STORED_CALLS[name]["gradients"], strict=True):
        np.testing.assert_allclose(gradient, expected, rtol=1e-8, atol=1e-11)


def test_every_operation_has_a_stored_derivative() -> None:
    # The rows of zeta with one argument are those of riemann_zeta.
    names = {"riemann_zeta"} | {row["name"] for row in read("special.json")}
    names |= read("solvers.json")["derivatives"].keys()
    names |= {name.split()[0] for name in (*CALLS, *STORED)}
    assert set(dir(mg.ops.scipy)) - names == set()
