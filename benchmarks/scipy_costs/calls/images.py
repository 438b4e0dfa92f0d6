"""Calls of scipy.ndimage and scipy.spatial.distance."""

from __future__ import annotations

import numpy as np

from ..call import Call, normal, uniform

IMAGE, PLACES = normal(256, 256), uniform(0, 255, 2, 65536)
MATRIX = np.array([[0.9, 0.1], [-0.1, 0.9]])
POINTS, OTHERS = uniform(0, 1, 1000, 3), uniform(0, 1, 800, 3)
METRICS = (
    "euclidean sqeuclidean seuclidean cityblock chebyshev minkowski canberra braycurtis cosine correlation "
    "jensenshannon"
)
LABELS = np.random.default_rng(3).integers(0, 50, IMAGE.shape)

WEIGHTS = (
    "the gradient of the image and that of the weights are a correlation each, and that of sigma one more"
)
SPLINES = (
    "SciPy reads the coefficients around a point in C; the gradient adds to them, and multiplies them by "
    "slopes along each axis, with a pass of NumPy for each coefficient"
)
CHOICE = "SciPy keeps a running extremum, and the gradient looks for its place in each window"
PAIRS = (
    "SciPy compares a pair of coordinates in half a nanosecond; a subtraction, a sign, a product and two "
    "sums take NumPy 1.7"
)


def _find_reason(metric: str) -> str:
    return (
        PAIRS
        if metric in ("cityblock", "chebyshev", "canberra", "braycurtis")
        else "three passes over the pairs, and two products of matrices"
    )


IMAGES = (
    Call("ndimage.correlate", "256 by 256, 5 by 5 weights", (IMAGE, normal(5, 5)), reason=WEIGHTS),
    Call("ndimage.correlate1d", "256 by 256, 9 weights", (IMAGE, normal(9)), reason=WEIGHTS),
    Call(
        "ndimage.gaussian_filter",
        "256 by 256, sigma 2",
        (IMAGE, np.array(2.0)),
        note="in image and sigma",
        reason=WEIGHTS,
    ),
    Call("ndimage.gaussian_filter", "256 by 256, sigma 2", (IMAGE,), {"sigma": 2.0}, note="in the image"),
    Call(
        "ndimage.gaussian_laplace",
        "256 by 256, sigma 2",
        (IMAGE, np.array(2.0)),
        note="in image and sigma",
        reason=WEIGHTS,
    ),
    Call(
        "ndimage.gaussian_gradient_magnitude",
        "256 by 256, sigma 2",
        (IMAGE, np.array(2.0)),
        note="in image and sigma",
        reason=WEIGHTS,
    ),
    Call("ndimage.uniform_filter", "256 by 256, size 5", (IMAGE,), {"size": 5}),
    Call("ndimage.laplace", "256 by 256", (IMAGE,)),
    Call("ndimage.sobel", "256 by 256", (IMAGE,)),
    Call("ndimage.maximum_filter", "256 by 256, size 5", (IMAGE,), {"size": 5}, reason=CHOICE),
    Call("ndimage.median_filter", "256 by 256, size 5", (IMAGE,), {"size": 5}, reason=CHOICE),
    Call("ndimage.grey_erosion", "256 by 256, size 5", (IMAGE,), {"size": 5}, reason=CHOICE),
    Call("ndimage.spline_filter", "256 by 256", (IMAGE,)),
    Call(
        "ndimage.map_coordinates",
        "256 by 256, 65,536 points",
        (IMAGE, PLACES),
        {"order": 1},
        peers="jax",
        note="order 1",
        reason=SPLINES,
    ),
    Call(
        "ndimage.map_coordinates",
        "256 by 256, 65,536 points",
        (IMAGE, PLACES),
        {"order": 3},
        note="order 3",
        reason=SPLINES,
    ),
    Call(
        "ndimage.map_coordinates",
        "256 by 256, 65,536 points",
        (PLACES,),
        function=lambda r, places: r.ndimage.map_coordinates(IMAGE, places),
        note="order 3, in the coordinates alone",
        reason=SPLINES,
    ),
    Call(
        "ndimage.affine_transform",
        "256 by 256",
        (IMAGE, MATRIX, np.array([3.0, 5.0])),
        note="order 3",
        reason=SPLINES,
    ),
    Call("ndimage.shift", "256 by 256", (IMAGE, np.array([1.3, 2.4])), note="order 3", reason=SPLINES),
    Call(
        "ndimage.zoom",
        "128 by 128, twice",
        (normal(128, 128),),
        {"zoom": 2.0},
        note="order 3",
        reason=SPLINES,
    ),
    Call("ndimage.rotate", "256 by 256", (IMAGE,), {"angle": 30.0}, note="order 3", reason=SPLINES),
    Call("ndimage.fourier_gaussian", "256 by 256", (IMAGE,), {"sigma": 2.0}),
    Call(
        "ndimage.mean",
        "256 by 256, 50 labels",
        (IMAGE,),
        {"labels": LABELS, "index": np.arange(50)},
        reason="the labels are looked up once more, and the means are put back",
    ),
    *(
        Call(
            "spatial.distance.cdist",
            "1,000 by 800 points, 3 coordinates",
            (POINTS, OTHERS),
            {"metric": metric, **({"p": 3} if metric == "minkowski" else {})},
            note=metric,
            reason=_find_reason(metric),
        )
        for metric in METRICS.split()
    ),
    Call(
        "spatial.distance.cdist",
        "1,000 by 800 points, 3 coordinates",
        (POINTS, OTHERS),
        {"metric": "mahalanobis", "VI": np.eye(3)},
        note="mahalanobis",
    ),
    Call(
        "spatial.distance.cdist",
        "1,000 by 800 points, 30 coordinates",
        (uniform(0, 1, 1000, 30), uniform(0, 1, 800, 30)),
        {"metric": "cityblock"},
        note="cityblock, 30 coordinates",
        reason=PAIRS,
    ),
    *(
        Call(
            "spatial.distance.pdist",
            "1,000 points, 3 coordinates",
            (POINTS,),
            {"metric": metric},
            note=metric,
            reason=_find_reason(metric),
        )
        for metric in ("euclidean", "cityblock", "cosine")
    ),
)
