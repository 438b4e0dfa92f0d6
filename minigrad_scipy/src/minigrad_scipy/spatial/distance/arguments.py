"""The arguments of `cdist` and `pdist`: the names of metrics, and metrics that follow from another one."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad_core.errors import ArgumentError

ALIASES = {  # all names in SciPy of the metrics with a slope
    alias: names.split()[0]
    for names in (
        *("braycurtis", "canberra", "cityblock cblock cb c", "chebyshev chebychev cheby cheb ch"),
        *(
            "correlation co",
            "cosine cos",
            "euclidean euclid eu e",
            "jensenshannon js",
            "mahalanobis mahal mah",
        ),
        *("minkowski mi m pnorm", "seuclidean se s", "sqeuclidean sqe sqeuclid"),
    )
    for alias in names.split()
}
PARAMETERS = {"minkowski": "p w", "mahalanobis": "VI", "seuclidean": "V", "jensenshannon": ""}  # others: w


def read_arguments(name: str, points: list[Any], metric: Any, given: dict[str, Any]) -> Any:
    """Return the inputs and the settings of an operation for arguments of SciPy's function `name`.

    Correlation is the cosine distance of centered points, and the standardized Euclidean distance is the
    Euclidean one of scaled points. The scale and the inverse covariance depend on the points, unless given.

    Raises
    ------
    ArgumentError
        The metric has no slope, or does not know an argument.
    """
    kind = ALIASES.get(metric.lower()) if isinstance(metric, str) else None
    if kind is None:
        known = ", ".join(dict.fromkeys(ALIASES.values()))
        raise ArgumentError(f"{name}: the metric {metric!r} has no derivative; use one of {known}")
    given = {key: value for key, value in given.items() if value is not None}
    if unknown := given.keys() - set(PARAMETERS.get(kind, "w").split()):
        raise ArgumentError(f"{name}: tensors with metric={kind!r} do not support {min(unknown)!r}")
    points = [x if hasattr(x, "ndim") else np.asarray(x) for x in points]
    if kind == "correlation":
        points = [x - np.expand_dims(average(x, given.get("w")), 1) for x in points]
        kind = "cosine"
    elif kind == "seuclidean":
        variance = given.pop("V", None)
        variance = np.var(np.concatenate(points), axis=0, ddof=1) if variance is None else variance
        if np.shape(variance) != points[0].shape[1:]:
            raise ArgumentError(f"{name}: V has shape {np.shape(variance)}; expected {points[0].shape[1:]}")
        points = [x / np.sqrt(variance) for x in points]
        kind = "euclidean"
    elif kind == "mahalanobis":
        inverse = given.pop("VI", None)
        if inverse is None:
            inverse = np.linalg.inv(np.atleast_2d(np.cov(np.concatenate(points), rowvar=False)))
        points = [*points, inverse]
    return points, {"metric": kind, **given}


def average(x: Any, w: Any) -> Any:
    """Return the averages of points (n, k), with weights w (k,) or None, in the precision of the points."""
    is_float = w is not None and x.dtype.kind == "f"
    return np.average(x, axis=1, weights=np.asarray(w, x.dtype) if is_float else w)
