"""Calls of scipy.linalg, scipy.sparse and scipy.sparse.linalg."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..call import Call, normal, positive, regular, uniform

A, S, B, Y = regular(300), positive(300), normal(300), normal(300, 50)
SMALL = normal(60, 60) / 8
N = 10000
BAND = np.stack([-np.ones(N), 4 * np.ones(N), -np.ones(N)])
RANDOM = np.random.default_rng(2)
PLACES = RANDOM.integers(0, N, (2, 50000))
LINE = np.concatenate([np.arange(N - 1), np.arange(N), np.arange(1, N)])
COLUMNS = np.concatenate([np.arange(1, N), np.arange(N), np.arange(N - 1)])
TRIDIAGONAL = np.concatenate([-np.ones(N - 1), 4 * np.ones(N), -np.ones(N - 1)])
FIRST = np.concatenate([[1000.0], uniform(-1, 1, 999)])


QUARTERS = (
    "the rule has two and a half times as many products as the factorization, in smaller blocks, which "
    "LAPACK does at a lower rate; 1,000 rows are below the bound"
)
BANDS = "for two bands, SciPy takes 15 ns a row; the gradient is some thirty passes of NumPy of 1 ns"
TRANSFORMS = "five more Fourier transforms, and those of the formula"


def _make_tridiagonal(root: Any, data: Any) -> Any:
    return root.sparse.csr_array((data, (LINE, COLUMNS)), shape=(N, N))


def _make_sparse(root: Any, data: Any) -> Any:
    return root.sparse.csr_array((data, tuple(PLACES)), shape=(N, N))


LINEAR_ALGEBRA = (
    Call("linalg.solve", "300 by 300, 1 column", (A, B), peers="jax"),
    Call("linalg.solve", "300 by 300, 50 columns", (A, Y), peers="jax", note="columns"),
    Call("linalg.solve", "300 by 300", (S, B), {"assume_a": "pos"}, peers="jax", note="positive definite"),
    Call("linalg.solve", "300 by 300", (S, B), {"assume_a": "sym"}, note="symmetric"),
    Call(
        "linalg.solve_triangular",
        "300 by 300, 50 columns",
        (A, Y),
        peers="jax autograd",
        reason="the gradient of the matrix has twice the products of the value",
    ),
    Call(
        "linalg.cho_solve",
        "300 by 300, 50 columns",
        (np.linalg.cholesky(S), Y),
        function=lambda r, c, b: r.linalg.cho_solve((c, True), b),
        peers="jax",
        reason="two more triangular solutions, and four products for the gradient of the factor",
    ),
    Call(
        "linalg.solve_banded",
        "10,000, 3 bands",
        (BAND, normal(N)),
        function=lambda r, ab, b: r.linalg.solve_banded((1, 1), ab, b),
    ),
    Call(
        "linalg.solve_banded",
        "10,000, 5 bands, 8 columns",
        (np.stack([*BAND[:2] / 8, 4 * np.ones(N), *BAND[:2] / 8]), normal(N, 8)),
        function=lambda r, ab, b: r.linalg.solve_banded((2, 2), ab, b),
        note="columns",
    ),
    Call("linalg.solveh_banded", "10,000, 2 bands", (BAND[:2] + 0, normal(N)), reason=BANDS),
    Call(
        "linalg.cho_solve_banded",
        "10,000, 2 bands",
        (BAND[:2] + 0, normal(N)),
        function=lambda r, cb, b: r.linalg.cho_solve_banded((cb, False), b),
        reason=BANDS,
    ),
    Call(
        "linalg.solve_toeplitz",
        "1,000",
        (FIRST, FIRST, normal(1000)),
        function=lambda root, c, r, b: root.linalg.solve_toeplitz((c, r), b),
    ),
    Call(
        "linalg.matmul_toeplitz",
        "10,000",
        (normal(N), normal(N), normal(N)),
        function=lambda root, c, r, x: root.linalg.matmul_toeplitz((c, r), x),
        reason=TRANSFORMS,
    ),
    Call("linalg.solve_circulant", "10,000", (normal(N), normal(N)), reason=TRANSFORMS),
    Call("linalg.cholesky", "300 by 300", (S,), {"lower": True}, peers="jax", reason=QUARTERS),
    Call("linalg.cholesky", "1,000 by 1,000", (positive(1000),), {"lower": True}, peers="jax", note="large"),
    Call(
        "linalg.cho_factor",
        "300 by 300",
        (S,),
        function=lambda r, a: r.linalg.cho_factor(a)[0],
        peers="jax",
        reason=QUARTERS,
    ),
    Call(
        "linalg.lu",
        "300 by 300",
        (A,),
        function=lambda r, a: tuple(r.linalg.lu(a)[1:]),
        peers="jax",
        reason=QUARTERS,
    ),
    Call(
        "linalg.lu_factor",
        "300 by 300",
        (A,),
        function=lambda r, a: r.linalg.lu_factor(a)[0],
        peers="jax",
        reason=QUARTERS,
    ),
    Call("linalg.qr", "300 by 100", (normal(300, 100),), {"mode": "economic"}, peers="jax"),
    Call("linalg.inv", "300 by 300", (A,), peers="jax"),
    Call(
        "linalg.det",
        "300 by 300",
        (A / 300,),
        peers="jax",
        reason="the gradient has the inverse, of three times the products of the value",
    ),
    Call("linalg.pinv", "200 by 100", (normal(200, 100),)),
    Call(
        "linalg.lstsq",
        "200 by 100",
        (normal(200, 100), normal(200)),
        function=lambda r, a, b: r.linalg.lstsq(a, b)[0],
    ),
    Call("linalg.polar", "100 by 100", (regular(100),)),
    Call("linalg.eigh", "200 by 200", (positive(200),), peers="jax"),
    Call(
        "linalg.eigh",
        "100 by 100, generalized",
        (positive(100), positive(100)),
        note="generalized",
        reason="the factor of the second matrix has a gradient too",
    ),
    Call("linalg.svd", "200 by 100", (normal(200, 100),), {"full_matrices": False}, peers="jax"),
    Call(
        "linalg.eigh_tridiagonal",
        "200",
        (np.arange(200.0), uniform(0.5, 1, 199)),
        reason="the gradient of the vectors is two products of whole matrices, and the value needs none",
    ),
    Call(
        "linalg.expm",
        "60 by 60",
        (SMALL,),
        peers="jax",
        reason="the derivative is SciPy's `expm_frechet`, which takes three times as long",
    ),
    Call("linalg.sqrtm", "60 by 60", (positive(60),), reason="the derivative solves a Sylvester equation"),
    Call(
        "linalg.logm",
        "60 by 60",
        (positive(60),),
        reason="the derivative is a logarithm of a matrix of twice the size",
    ),
    Call(
        "linalg.cosm", "60 by 60", (SMALL,), reason="the derivative is a cosine of a matrix of twice the size"
    ),
    Call("linalg.solve_sylvester", "60 by 60", (regular(60), regular(60), normal(60, 60))),
    Call("linalg.solve_continuous_lyapunov", "60 by 60", (-regular(60), positive(60))),
    Call(
        "linalg.block_diag",
        "3 matrices of 200 by 200",
        tuple(normal(200, 200) for _ in range(3)),
        peers="jax",
        reason="SciPy copies the blocks, and so does the gradient",
    ),
    Call(
        "linalg.toeplitz",
        "500",
        (normal(500), normal(500)),
        peers="jax",
        reason="SciPy copies lines of memory, and the gradient adds up 250,000 values along the diagonals",
    ),
    Call(
        "sparse.csr_array",
        "10,000 by 10,000, 50,000 values, 1 column",
        (normal(50000), normal(N)),
        function=lambda r, data, x: _make_sparse(r, data) @ x,
        note="product",
    ),
    Call(
        "sparse.csr_array",
        "10,000 by 10,000, 50,000 values, 20 columns",
        (normal(50000), normal(N, 20)),
        function=lambda r, data, x: _make_sparse(r, data) @ x,
        note="product with columns",
    ),
    Call(
        "sparse.linalg.spsolve",
        "10,000, tridiagonal",
        (TRIDIAGONAL, normal(N)),
        function=lambda r, data, b: r.sparse.linalg.spsolve(_make_tridiagonal(r, data), b),
    ),
    Call(
        "sparse.linalg.cg",
        "10,000, tridiagonal",
        (TRIDIAGONAL, normal(N)),
        function=lambda r, data, b: r.sparse.linalg.cg(_make_tridiagonal(r, data), b, rtol=1e-10)[0],
    ),
)
