"""Programs as people write them, in plain NumPy, held to what they must keep or agree with."""

from __future__ import annotations

from typing import Any

import numpy as np

import minigrad_core as mg


def _compute_lagrangian(angles: Any, speeds: Any) -> Any:
    """Kinetic less potential energy of a double pendulum, with masses and lengths of one."""
    (a, b), (u, v) = angles, speeds
    kinetic = u**2 + v**2 / 2 + u * v * np.cos(a - b)
    return kinetic + 9.8 * (2 * np.cos(a) + np.cos(b))


def _compute_energy(angles: Any, speeds: Any) -> Any:
    return mg.grad(_compute_lagrangian, 1)(angles, speeds) @ speeds - _compute_lagrangian(angles, speeds)


def _compute_accelerations(angles: Any, speeds: Any) -> Any:
    """Solve Euler's and Lagrange's equations for the second derivatives."""
    momentum = mg.grad(_compute_lagrangian, 1)
    force = mg.grad(_compute_lagrangian)(angles, speeds) - mg.jacobian(momentum)(angles, speeds) @ speeds
    return np.linalg.solve(mg.hessian(_compute_lagrangian, 1)(angles, speeds), force)


def _step(state: Any, h: float) -> Any:
    """Return the state a time `h` later, by the classical Runge-Kutta step."""

    def slope(state: Any) -> Any:
        return np.concatenate([state[2:], _compute_accelerations(state[:2], state[2:])])

    k1 = slope(state)
    k2 = slope(state + h / 2 * k1)
    k3 = slope(state + h / 2 * k2)
    return state + h / 6 * (k1 + 2 * k2 + 2 * k3 + slope(state + h * k3))


def test_a_double_pendulum_keeps_its_energy() -> None:
    start = state = np.array([1.0, 0.5, 0.0, 0.0])
    for _ in range(15):
        state = _step(state, 0.01)
    assert abs(state[0] - start[0]) > 0.05
    assert abs(_compute_energy(state[:2], state[2:]) - _compute_energy(start[:2], start[2:])) < 1e-7


def test_a_simulation_can_be_differentiated_though_it_is_made_of_derivatives() -> None:
    state, v = np.array([1.0, 0.5, 0.2, -0.1]), np.array([0.3, -1.0, 0.5, 0.2])
    found = mg.grad(lambda s: _compute_energy(_step(s, 0.1)[:2], _step(s, 0.1)[2:]))(state) @ v
    h = 1e-5
    ends = [_step(state + sign * h * v, 0.1) for sign in (1, -1)]
    higher, lower = (_compute_energy(e[:2], e[2:]) for e in ends)
    np.testing.assert_allclose(found, (higher - lower) / (2 * h), rtol=1e-7)


def _compute_likelihood(logs: Any, x: Any, y: Any, factor: Any) -> Any:
    """Return the negative log likelihood of a Gaussian process. logs: of length, scale and noise."""
    length, scale, noise = np.exp(logs)
    distance = np.sum(((x[:, None] - x) / length) ** 2, axis=-1)
    covariance = scale * np.exp(-distance / 2) + noise * np.eye(len(x))
    return factor(covariance, y) + len(x) * np.log(2 * np.pi) / 2


def _solve_by_cholesky(covariance: Any, y: Any) -> Any:
    lower = np.linalg.cholesky(covariance)
    z = np.linalg.solve(lower, y)
    return z @ z / 2 + np.sum(np.log(np.diag(lower)))


def _solve_by_determinant(covariance: Any, y: Any) -> Any:
    return y @ np.linalg.inv(covariance) @ y / 2 + np.linalg.slogdet(covariance)[1] / 2


def test_a_gaussian_process_has_the_same_derivatives_by_cholesky_and_by_the_determinant() -> None:
    rng = np.random.default_rng(0)
    x = rng.uniform(-3, 3, (12, 1))
    y = np.sin(x[:, 0]) + 0.1 * rng.normal(size=12)
    logs = np.array([0.2, -0.3, -1.0])
    for derivative in (mg.grad, mg.hessian):
        one, other = (
            derivative(_compute_likelihood)(logs, x, y, f)
            for f in (_solve_by_cholesky, _solve_by_determinant)
        )
        np.testing.assert_allclose(one, other, rtol=1e-9)


class FixedPoint(mg.Operation):
    """The z with z = tanh(w z + x), w a contraction: (n, n), x: (n,). By the implicit function theorem."""

    name = "fixed_point"

    def forward(self, ctx: mg.Context, w: mg.Array, x: mg.Array) -> mg.Array:
        z: Any = np.zeros(x.shape)
        for _ in range(80):
            z = np.tanh(w @ z + x)
        ctx.save(w, z)
        return z

    def backward(self, ctx: mg.Context, grad: mg.Array) -> tuple[mg.Array, mg.Array]:
        w, z = ctx.saved
        slope = 1 - z * z
        of_x = slope * np.linalg.solve((np.eye(z.size) - np.expand_dims(slope, 1) * w).T, grad)
        return np.outer(of_x, z), of_x


def _unroll(w: Any, x: Any) -> Any:
    z = np.zeros(4)
    for _ in range(80):
        z = np.tanh(w @ z + x)
    return z


def test_an_implicit_layer_has_the_derivatives_of_its_iteration() -> None:
    rng = np.random.default_rng(0)
    w, x = 0.2 * rng.normal(size=(4, 4)), rng.normal(size=4)
    v = rng.normal(size=4)
    losses = [lambda w, x, f=f: np.sum(np.sin(f(w, x))) for f in (FixedPoint(), _unroll)]
    for derivative in (
        lambda f: mg.grad(f, (0, 1))(w, x),
        lambda f: mg.hvp(f, (w, x), (0 * w, v)),
    ):
        for one, other in zip(*map(derivative, losses), strict=True):
            np.testing.assert_allclose(one, other, rtol=1e-9, atol=1e-12)
