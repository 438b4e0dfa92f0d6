"""The linear algebra of the array API standard: NumPy's, which calls operations on tensors."""

import numpy
from numpy.linalg import (
    cholesky,
    cross,
    det,
    diagonal,
    eig,
    eigh,
    eigvals,
    eigvalsh,
    inv,
    matmul,
    matrix_norm,
    matrix_power,
    matrix_rank,
    matrix_transpose,
    outer,
    pinv,
    qr,
    slogdet,
    solve,
    svd,
    svdvals,
    tensordot,
    trace,
    vecdot,
    vector_norm,
)

from .beyond_standard import look_up

__getattr__ = look_up(numpy.linalg, __name__)
