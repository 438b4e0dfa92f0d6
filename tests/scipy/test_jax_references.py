"""Gradients of transforms, distances, grids and sparse systems, against stored gradients of JAX."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import minigrad_core as mg
from minigrad_scipy import fft, interpolate, sparse
from minigrad_scipy.spatial import distance

STORED = json.loads(Path(__file__).with_name("jax.json").read_text(encoding="utf-8"))
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


@pytest.mark.parametrize("name", STORED)
def test_gradients_are_those_of_jax(name: str) -> None:
    arguments = [np.array(x) for x in STORED[name]["arguments"]]

    def total(*xs: Any) -> Any:
        return np.sum(FUNCTIONS[name](*xs) ** 3)

    gradients = mg.grad(total, tuple(range(len(arguments))))(*arguments)
    for got, wanted in zip(gradients, STORED[name]["gradients"], strict=True):
        np.testing.assert_allclose(got, wanted, rtol=1e-10, atol=1e-12)
