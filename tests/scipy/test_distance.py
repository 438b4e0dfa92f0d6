"""Distances through the mirror of `scipy.spatial.distance`: every metric, against SciPy and differences."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import scipy.spatial
from scipy.spatial import distance as scipys

import minigrad_core as mg
from minigrad_core.errors import ArgumentError
from minigrad_scipy import spatial
from minigrad_scipy.spatial import distance
from tests.differences import difference, take_differences

RNG = np.random.default_rng(0)
X, Y = RNG.uniform(0.2, 2, (4, 3)), RNG.uniform(0.2, 2, (5, 3))
W = np.array([0.5, 1.5, 2.0])
METRICS: list[tuple[str, dict[str, Any]]] = [
    *(
        (name, {})
        for name in ("euclidean", "sqeuclidean", "cityblock", "chebyshev", "canberra", "braycurtis")
    ),
    *((name, {}) for name in ("cosine", "correlation", "jensenshannon", "seuclidean", "mahalanobis")),
    *((name, {"w": W}) for name in ("euclidean", "sqeuclidean", "cityblock", "chebyshev", "canberra")),
    *((name, {"w": W}) for name in ("braycurtis", "cosine", "correlation", "minkowski")),
    ("minkowski", {"p": 3}),
    ("minkowski", {"p": np.inf}),
    ("minkowski", {"p": 0.5}),
    ("seuclidean", {"V": W}),
    ("mahalanobis", {"VI": np.diag(W) + 0.1}),
    ("CityBlock", {}),
    ("pnorm", {"p": 1}),
]


@pytest.mark.parametrize(("metric", "arguments"), METRICS)
def test_values_and_gradients_of_every_metric(metric: str, arguments: dict[str, Any]) -> None:
    x, y = mg.tensor(X, requires_grad=True), mg.tensor(Y, requires_grad=True)
    d = distance.cdist(x, y, metric, **arguments)
    np.testing.assert_allclose(d.numpy(), scipys.cdist(X, Y, metric, **arguments), rtol=1e-12, atol=1e-14)
    grad = RNG.normal(size=d.shape)
    d.backward(grad)
    for variable, slope in (
        (x, take_differences(lambda x: np.sum(grad * scipys.cdist(x, Y, metric, **arguments)), X)),
        (y, take_differences(lambda y: np.sum(grad * scipys.cdist(X, y, metric, **arguments)), Y)),
    ):
        assert variable.grad is not None
        np.testing.assert_allclose(variable.grad, slope, rtol=1e-6, atol=1e-7)

    points = np.concatenate([X, Y])
    weights = RNG.normal(size=36)
    gradient = mg.grad(lambda x: np.sum(weights * distance.pdist(x, metric, **arguments)))(points)
    slope = take_differences(lambda x: np.sum(weights * scipys.pdist(x, metric, **arguments)), points)
    np.testing.assert_allclose(gradient, slope, rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize(("metric", "name"), [("mahalanobis", "VI"), ("seuclidean", "V")])
def test_gradients_in_the_parameters_of_a_metric(metric: str, name: str) -> None:
    value = np.diag(W) + 0.1 if name == "VI" else W

    def total(value: Any) -> Any:
        return np.sum(distance.cdist(X, Y, metric, **{name: value}) ** 2)

    np.testing.assert_allclose(mg.grad(total)(value), take_differences(total, value), rtol=1e-6)


def test_the_distance_of_two_vectors() -> None:
    for name in ("euclidean", "cosine", "braycurtis", "correlation", "chebyshev", "sqeuclidean"):
        f, u = getattr(distance, name), mg.tensor(X[0], requires_grad=True)
        np.testing.assert_allclose(f(u, X[1], W).item(), getattr(scipys, name)(X[0], X[1], W))
        assert f(u, X[1]).requires_grad
    u = mg.tensor(X[0])
    np.testing.assert_allclose(distance.minkowski(u, X[1], 3).item(), scipys.minkowski(X[0], X[1], 3))
    np.testing.assert_allclose(distance.seuclidean(u, X[1], W).item(), scipys.seuclidean(X[0], X[1], W))
    form = np.diag(W)
    np.testing.assert_allclose(
        distance.mahalanobis(X[1], u, form).item(), scipys.mahalanobis(X[0], X[1], form)
    )
    with pytest.raises(ValueError, match="1-D"):
        distance.euclidean(mg.tensor(X), X)


def test_jensenshannon_along_an_axis() -> None:
    def total(p: Any) -> Any:
        return np.sum(distance.jensenshannon(p, X[::-1], 2.0, axis=1, keepdims=True))

    np.testing.assert_allclose(total(mg.tensor(X)).item(), total(X))
    np.testing.assert_allclose(mg.grad(total)(X), take_differences(total, X), rtol=1e-6)


@pytest.mark.filterwarnings("ignore:.* is deprecated .* of SciPy 1.18")
def test_distance_matrix() -> None:
    matrix = spatial.distance_matrix(mg.tensor(X), Y, p=3)
    np.testing.assert_allclose(matrix.numpy(), scipy.spatial.distance_matrix(X, Y, 3))


def test_jensenshannon_has_finite_slopes_beside_a_share_of_zero() -> None:
    p, q = np.array([0.0, 1.0, 2.0, 0.0]), np.array([1.0, 0.0, 2.0, 0.0])
    slopes = mg.grad(distance.jensenshannon)(p, q)
    pair = mg.grad(lambda p: distance.cdist(p[None], q[None], "jensenshannon")[0, 0])(p)
    np.testing.assert_allclose(slopes, pair)
    expected = difference(lambda x: distance.jensenshannon(np.array([0.0, x, 2.0, 0.0]), q), 1.0)
    np.testing.assert_allclose(slopes[1], expected, rtol=1e-8)


@pytest.mark.parametrize("metric", ["cityblock", "chebyshev", "canberra", "braycurtis", "jensenshannon"])
def test_blocks_of_pairs_add_up(metric: str, monkeypatch: pytest.MonkeyPatch) -> None:
    points = np.concatenate([X, Y])
    weights = RNG.normal(size=(4, 9)), RNG.normal(size=36)

    def total(x: Any) -> Any:
        pairs = np.sum(weights[0] * distance.cdist(X, x, metric))
        return pairs + np.sum(weights[1] * distance.pdist(x, metric))

    expected = mg.grad(total)(points)
    monkeypatch.setattr("minigrad_scipy.spatial.distance.gradients.BLOCK", 54)  # two rows of the first block
    np.testing.assert_allclose(mg.grad(total)(points), expected, rtol=1e-12, atol=1e-14)


def test_points_that_coincide_have_a_subgradient_of_zero() -> None:
    for metric in ("euclidean", "minkowski", "chebyshev", "canberra"):
        arguments = {"p": 1.5} if metric == "minkowski" else {}
        slopes = mg.grad(
            lambda x, metric=metric, a=arguments: np.sum(distance.cdist(x, x, metric, **a)[0, 0])
        )(X)
        np.testing.assert_array_equal(slopes, np.zeros_like(X))


def test_gradients_are_exact_far_from_the_origin() -> None:
    near, far = X[:1] + 1e-7 * np.eye(3), 1e4
    exact = mg.grad(lambda x: np.sum(distance.cdist(x, X[:1])))(near)
    # The points have 12 digits after they moved, and the distance of 1e-7 has 5.
    np.testing.assert_allclose(
        mg.grad(lambda x: np.sum(distance.cdist(x, X[:1] + far)))(near + far), exact, atol=1e-4
    )


@pytest.mark.parametrize("metric", ["euclidean", "sqeuclidean"])
def test_gradients_of_close_points_keep_their_digits_in_single_precision(metric: str) -> None:
    points = (np.array([[1000.0], [1000], [-1000], [-1000]]) + 1e-3 * X[:4]).astype(np.float32)
    close = mg.grad(lambda x: np.sum(distance.pdist(x, metric)[[0, 5]]))
    exact = close(points.astype(np.float64))
    np.testing.assert_allclose(close(points), exact, rtol=1e-5, atol=1e-5 * np.abs(exact).max())


@pytest.mark.parametrize(
    ("metric", "arguments", "size", "dtype"),
    [
        ("minkowski", {"p": 10}, 1e-5, np.float32),
        ("chebyshev", {}, 1e-5, np.float16),
        ("canberra", {}, 300, np.float16),
        ("cosine", {}, 300, np.float16),
        ("euclidean", {}, 1e-5, np.float16),
    ],
)
def test_powers_neither_overflow_nor_underflow(
    metric: str, arguments: dict[str, Any], size: float, dtype: Any
) -> None:
    x, y = np.array([[1.0, 2.0, 3.0]]), np.array([[3.0, 1.0, 3.0]])

    def differentiate(size: Any, dtype: Any) -> Any:
        a, b = (size * x).astype(dtype), (size * y).astype(dtype)
        return size * mg.grad(lambda a: np.sum(distance.cdist(a, b, metric, **arguments)))(a)

    scale = 1 if metric in ("canberra", "cosine") else size
    expected = differentiate(1.0, np.float64) * scale
    np.testing.assert_allclose(differentiate(size, dtype), expected, rtol=0.02, atol=1e-3 * scale)


def test_float32_stays_float32_beside_weights_and_a_base() -> None:
    x = mg.tensor(np.array([0.25, 0.75, 1.0], np.float32))
    for metric, arguments in (
        ("correlation", {"w": np.array([1.0, 2.0, 3.0])}),
        ("jensenshannon", {"base": 2}),
    ):
        assert getattr(distance, metric)(x, x[::-1], **arguments).dtype == np.float32


def test_second_derivatives_take_integers_beside_a_tensor() -> None:
    curvature = mg.hessian(lambda y: distance.sqeuclidean(np.array([1, 2]), y))(np.array([0.5, 1.0]))
    np.testing.assert_array_equal(curvature, 2 * np.eye(2))


def test_integers_are_computed_in_float64() -> None:
    points = np.array([[200, 0], [0, 100]], np.uint8)
    np.testing.assert_array_equal(distance.pdist(mg.tensor(points)).numpy(), scipys.pdist(points))


def test_metrics_and_arguments_without_a_rule_are_refused_by_name() -> None:
    x = mg.tensor(X, requires_grad=True)
    for metric in ("hamming", "jaccard", "nonsense", scipys.euclidean):
        with pytest.raises(ArgumentError, match="has no derivative; use one of braycurtis"):
            distance.cdist(x, Y, metric)
    with pytest.raises(ArgumentError, match="'p'"):
        distance.cdist(x, Y, "cosine", p=3)
    with pytest.raises(ArgumentError, match="'out'"):
        distance.pdist(x, out=np.empty(6))
    with pytest.raises(ArgumentError, match=r"V has shape \(1,\); expected \(3,\)"):
        distance.pdist(x, "seuclidean", V=np.ones(1))
    with pytest.raises(ArgumentError, match="VI is missing"):
        mg.ops.scipy.cdist(x, Y, metric="mahalanobis")
    with pytest.raises(ValueError, match="same number of columns"):
        distance.cdist(x, Y[:, :2])


def test_squareform_of_a_matrix_reads_its_upper_half() -> None:
    matrix = scipys.squareform(np.arange(1.0, 7.0))
    slopes = mg.grad(lambda m: np.sum(distance.squareform(m) * np.arange(6.0)))(matrix)
    np.testing.assert_array_equal(slopes, np.triu(scipys.squareform(np.arange(6.0))))
