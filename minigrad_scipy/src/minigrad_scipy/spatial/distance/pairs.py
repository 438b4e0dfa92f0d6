"""Distances between all pairs of points: `cdist` of two sets, `pdist` of one, and `squareform`."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad_core import Array, Context, Operation
from minigrad_core.cases import Case, dominant, positive, real
from minigrad_core.errors import ArgumentError

from ...precision import cast_each
from .. import distance
from .arguments import read_arguments
from .definitions import evaluate_condensed, evaluate_pairs
from .gradients import choose_parameters, differentiate

WEIGHTS = np.array([0.5, 2.0])
WAYS: tuple[tuple[Any, dict[str, Any]], ...] = (  # the points and the settings of the cases
    (real, {}),
    *((real, {"metric": metric}) for metric in ("cityblock", "chebyshev", "canberra", "sqeuclidean")),
    *((real, {"metric": "minkowski", "p": p}) for p in (1, 2.5, np.inf)),
    *((real, {"metric": metric, "w": WEIGHTS}) for metric in ("euclidean", "chebyshev", "canberra")),
    *((positive, {"metric": metric}) for metric in ("cosine", "braycurtis", "jensenshannon")),
    *((positive, {"metric": metric, "w": WEIGHTS}) for metric in ("cosine", "braycurtis")),
)


def has_maximum(metric: str, p: float) -> bool:
    """Return whether a metric is a maximum: SciPy's loop over its coordinates ignores NaN."""
    return metric == "chebyshev" or (metric == "minkowski" and p == np.inf)


def choose_dtype(*points: Any) -> Any:
    """Return the type of distances: that of the points, whereas SciPy's functions return float64."""
    dtype = np.result_type(*points)
    return dtype if dtype.kind == "f" else np.float64


def has_nan(points: Any) -> Any:
    """Return which points (n, k) have a coordinate that is NaN: (n,)."""
    return np.isnan(points).any(axis=1)


class Cdist(Operation):
    """The distances (m, n) between the points XA (m, k) and XB (n, k), in the metrics that have a slope.

    VI: (k, k), the inverse covariance of the Mahalanobis distance sqrt((x - y)^T VI (x - y)).
    `gradients` has the equations; at distance 0 and at ties a gradient is a subgradient.
    """

    name = "cdist"
    reference = staticmethod(evaluate_pairs)
    cases = (
        *(Case(XA=points("n 2"), XB=points("m 2"), **settings) for points, settings in WAYS),
        Case(XA=real("3 2"), XB=real("2 2"), VI=dominant("2 2"), metric="mahalanobis"),
    )

    @staticmethod
    def from_numpy(XA: Any, XB: Any, metric: Any = "euclidean", *, out: None = None, **given: Any) -> Any:
        return read_arguments("cdist", [XA, XB], metric, {"out": out, **given})

    def forward(
        self,
        ctx: Context,
        XA: Array,
        XB: Array,
        VI: Array | None = None,
        *,
        metric: str = "euclidean",
        p: float = 2.0,
        w: Any = None,
    ) -> Array:
        d = distance.cdist(XA, XB, metric, **choose_parameters(metric, VI, p, w))
        if has_maximum(metric, p):
            d = np.where(has_nan(XA)[:, None] | has_nan(XB), np.nan, d)
        d = d.astype(choose_dtype(XA, XB), copy=False)
        ctx.save(d, XA, XB, VI, p, w, metric)
        return d

    def backward(self, ctx: Context, grad: Array) -> tuple[Array | None, ...]:
        d, x, y, form, p, w, metric = ctx.saved
        gradients = differentiate(metric, grad, d, x, y, form, p, w)
        points = (x, y) if form is None else (x, y, form)
        return cast_each(gradients[: len(points)], points)


class Pdist(Operation):
    """The distances (m (m - 1) / 2,) between the points X (m, k), in the metrics of `cdist`.

    The gradient is that of the square matrix of distances with respect to its first set of points.
    """

    name = "pdist"
    reference = staticmethod(evaluate_condensed)
    cases = (
        *(Case(X=points("n 2"), **settings) for points, settings in WAYS[::4]),
        Case(X=real("3 2"), VI=dominant("2 2"), metric="mahalanobis"),
    )

    @staticmethod
    def from_numpy(X: Any, metric: Any = "euclidean", *, out: None = None, **given: Any) -> Any:
        return read_arguments("pdist", [X], metric, {"out": out, **given})

    def forward(
        self,
        ctx: Context,
        X: Array,
        VI: Array | None = None,
        *,
        metric: str = "euclidean",
        p: float = 2.0,
        w: Any = None,
    ) -> Array:
        d = distance.pdist(X, metric, **choose_parameters(metric, VI, p, w))
        if has_maximum(metric, p):
            first, second = np.triu_indices(len(X), 1)
            d = np.where(has_nan(X)[first] | has_nan(X)[second], np.nan, d)
        d = d.astype(choose_dtype(X), copy=False)
        ctx.save(d, X, VI, p, w, metric)
        return d

    def backward(self, ctx: Context, grad: Array) -> tuple[Array | None, ...]:
        d, x, form, p, w, metric = ctx.saved
        if len(x) < 2:
            return tuple([np.zeros_like(each) for each in (x, form) if each is not None])
        gx, _, gform = differentiate(metric, grad, d, x, None, form, p, w)
        return cast_each((gx,), (x,)) if form is None else cast_each((gx, gform), (x, form))


class Squareform(Operation):
    """The symmetric matrix (n, n) of condensed distances (n (n - 1) / 2,), or those of a matrix.

    The gradient of the matrix counts both of its halves. SciPy reads the upper half of a matrix.
    """

    name = "squareform"
    reference = staticmethod(lambda X, **_: X[np.triu_indices(len(X), 1)] if X.ndim == 2 else fill(X))
    cases = (Case(X=real("6")), Case(X=real("3 3"), checks=False), Case(X=real("3"), force="tomatrix"))

    def forward(self, ctx: Context, X: Array, *, force: str = "no", checks: bool = True) -> Array:
        if force.lower() not in ("no", "tomatrix", "tovector"):  # SciPy takes any other string for "no"
            expected = '"no", "tomatrix" or "tovector"'
            raise ArgumentError(f"squareform: expected force {expected}, got {force!r}")
        ctx.save(X.ndim)
        return distance.squareform(X, force, checks)

    def backward(self, ctx: Context, grad: Array) -> Array:
        (ndim,) = ctx.saved
        if ndim == 2:
            return np.triu(distance.squareform(grad))
        return distance.squareform(grad + grad.T, checks=False)


def fill(v: Any) -> Any:
    """Return the matrix of condensed distances, element by element."""
    n = int((1 + (1 + 8 * len(v)) ** 0.5) / 2)
    matrix = np.zeros((n, n), v.dtype)
    matrix[np.triu_indices(n, 1)] = v
    return matrix + matrix.T


cdist: Operation = Cdist()
pdist: Operation = Pdist()
squareform: Operation = Squareform()
