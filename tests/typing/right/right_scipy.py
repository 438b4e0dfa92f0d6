"""Mirrors of SciPy's modules, as mypy --strict and pyright must accept them."""

from __future__ import annotations

from typing import Any

import numpy as np

import minigrad_core as mg
import minigrad_scipy
from minigrad_scipy import interpolate, linalg, sparse
from minigrad_scipy.spatial import distance
from minigrad_scipy.spatial.distance import cdist


def differentiate(a: mg.Tensor, points: mg.Tensor) -> Any:
    y = linalg.expm(a) + minigrad_scipy.special.erf(a)
    d = distance.pdist(points, "cityblock"), cdist(points, points)
    b = sparse.csr_array((a, np.array([0, 1]), np.array([0, 1, 2]))) @ a
    return y, d, b, interpolate.CubicSpline(np.arange(4), points)(a, nu=1)
