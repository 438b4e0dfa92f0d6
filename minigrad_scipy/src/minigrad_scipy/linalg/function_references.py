"""Slow and obvious versions of functions of matrices and matrix equations, for the contract kit."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad_ops_basic.linear_algebra.hermitian import adjoint


def taylor_expm(A: Any) -> Any:
    """Return expm(A) from its series at A / 2^10, squared ten times.

    Where A has values of 5,000, 30 terms of the series leave an error of 5e-6. The result is NaN where 200
    terms are too few.
    """
    scaled = np.asarray(A, np.promote_types(A.dtype, np.longdouble)) / 1024
    if 100 < np.abs(scaled).sum(-1).max(initial=0) < np.inf:
        return np.full_like(A, np.nan)
    term = total = np.broadcast_to(np.eye(A.shape[-1], dtype=scaled.dtype), A.shape)
    for k in range(1, 200):
        term = term @ scaled / k
        if (total + term == total).all():
            break
        total = total + term
    for _ in range(10):
        total = total @ total
    return total.astype(A.dtype)


def expm_frechet(A: Any, E: Any, *, method: str | None = None, compute_expm: bool = True) -> Any:
    """Return the blocks of the exponential of a matrix of blocks."""
    n = A.shape[-1]
    y = taylor_expm(np.concatenate([np.concatenate([A, E], -1), np.concatenate([0 * A, A], -1)], -2))
    return (y[..., :n, :n], y[..., :n, n:]) if compute_expm else y[..., :n, n:]


def apply_terms(a: Any, terms: Any) -> Any:
    """Return the sum of weighted exponentials."""
    double = a.astype(np.promote_types(a.dtype, float))
    y: Any = sum(weight * taylor_expm(factor * double) for weight, factor in terms)
    return y.astype(a.dtype) if a.dtype.kind == "c" else y.real.astype(a.dtype)


def apply_to_eigenvalues(a: Any, function: Any) -> Any:
    """Return the matrix with the eigenvectors of `a` and the function of its eigenvalues."""
    w, v = np.linalg.eig(a)
    y = (v * function(w.astype(complex))[..., None, :]) @ np.linalg.inv(v)
    is_real = np.max(np.abs(y.imag), initial=0) <= 1e-6 * np.max(np.abs(y), initial=0)
    return y.real if is_real and a.dtype.kind != "c" else y


def logm(A: Any) -> Any:
    """Return the logarithm by eigenvalues."""
    return apply_to_eigenvalues(A, np.log)


def sqrtm(A: Any) -> Any:
    """Return the square root by eigenvalues."""
    return apply_to_eigenvalues(A, np.sqrt)


def signm(A: Any) -> Any:
    """Return the sign by eigenvalues."""
    return apply_to_eigenvalues(A, lambda w: np.sign(w.real))


def tanm(A: Any) -> Any:
    """Return the tangent by eigenvalues."""
    return apply_to_eigenvalues(A, np.tan)


def tanhm(A: Any) -> Any:
    """Return the hyperbolic tangent by eigenvalues."""
    return apply_to_eigenvalues(A, np.tanh)


def fractional_matrix_power(A: Any, t: Any) -> Any:
    """Return the power by eigenvalues, complex if an eigenvalue is, as SciPy does."""
    y = apply_to_eigenvalues(A, lambda w: w**t)
    return y.astype(complex) if np.any(np.imag(np.linalg.eigvals(A))) else y


def solve_sylvester(a: Any, b: Any, q: Any) -> Any:
    """Return v h u^-1 for eigenvectors v of a and u of b; h is v^-1 q u, divided by sums of eigenvalues."""
    (w, v), (z, u) = np.linalg.eig(a), np.linalg.eig(b)
    h = np.linalg.solve(v, q @ u) / (w[..., :, None] + z[..., None, :])
    y, dtype = v @ h @ np.linalg.inv(u), np.result_type(a, b, q)
    return y.astype(dtype) if dtype.kind == "c" else y.real.astype(dtype)


def solve_continuous_lyapunov(a: Any, q: Any) -> Any:
    """Return the solution of the Sylvester equation with a and its adjoint."""
    return solve_sylvester(a, adjoint(a), q)


def solve_discrete_lyapunov(a: Any, q: Any, *, method: str | None = None) -> Any:
    """Return the sum of 200 terms a^k q (a^H)^k."""
    y = term = np.broadcast_to(q, np.broadcast_shapes(a.shape, q.shape))
    for _ in range(200):
        term = a @ term @ adjoint(a)
        y = y + term
    return y
