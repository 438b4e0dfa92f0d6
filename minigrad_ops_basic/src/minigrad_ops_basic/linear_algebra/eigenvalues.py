"""Eigenvalues and eigenvectors of square matrices that need not be symmetric, of stacks of them.

The rules are those of M. Giles, An extended collection of matrix derivative results for forward and reverse
mode automatic differentiation (2008), and, for vectors of length one, C. Boeddeker et al., On the computation
of complex-valued gradients with application to statistically optimum beamforming (2017).
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import numpy as np

from minigrad_core import Array, Context
from minigrad_core.cases import Case, real

from ..dtypes import conjugate, detach
from ..function import NumpyFunction
from .eigenvectors import fix_phase, invert_gaps, share_evenly
from .hermitian import transpose

# Two complex eigenvalues and a real one; three real ones.
_PAIR = np.array([[1.0, -2.0, 0.5], [0.5, 1.5, -0.5], [0.25, 0.5, -1.0]])
_APART = np.array([[3.0, 0.5, -0.25], [0.75, 1.0, 0.5], [-0.5, 0.25, -2.0]])


class Eig(NumpyFunction):
    """The eigenvalues w and eigenvectors v (columns, of length one) of square matrices.

    Both are complex if an eigenvalue is. With u = grad_v - conj(v) diag(v^T grad_v), d/dx = v^-T
    (diag(grad_w) + (v^T u) / (w_j - w_i)) v^T, the second term without its diagonal; LinAlgError where this
    divides by the difference of equal values. Equal eigenvalues share their gradient evenly. LAPACK makes the
    largest component of a complex vector real, see `eigenvectors`. The sign of a vector is arbitrary; a loss
    must not depend on it.

    A matrix with fewer vectors than rows has no gradient: `numpy.linalg.LinAlgError`.
    """

    takes_complex = True
    # Fixed matrices: for one real matrix in twenty, rounding turns the sign of LAPACK's complex vector.
    cases = (Case(x=_APART), Case(x=_PAIR), Case(x=real("2 2")), Case(x=np.stack([_PAIR, _APART])))

    def forward(self, ctx: Context, x: Array) -> tuple[Array, ...]:
        result = np.linalg.eig(x)
        ctx.save(*result)
        return result

    def backward(self, ctx: Context, grad: Array, *grads: Array) -> Array:
        w, v = ctx.saved
        return pull_back_eig(w, v, grad, *grads)


def pull_back_eig(w: Array, v: Array, grad_w: Array, grad_v: Array) -> Array:
    """Return the d/dx of the docstring of `Eig`."""
    turn = np.sum(v * grad_v, axis=-2)
    if v.dtype.kind == "c":
        grad_v = fix_phase(v, grad_v, turn, _mask_largest(detach(v)), name="eig")
    grad_v = grad_v - conjugate(v) * np.expand_dims(np.real(turn), -2)  # the length stays one
    turns = transpose(v) @ grad_v
    inner = np.eye(w.shape[-1], dtype=w.dtype) * share_evenly(w, grad_w)[..., None]
    inner = inner + turns * invert_gaps(w, turns, name="eig")
    return transpose(_invert_vectors(v)) @ inner @ transpose(v)


class Eigvals(NumpyFunction):
    """The eigenvalues of square matrices, in the order of LAPACK; complex if one is. See `eig`.

    d/dx = v^-T diag(grad) v^T, v the eigenvectors; equal eigenvalues share their gradient evenly. A matrix
    with fewer vectors than rows has no gradient: `numpy.linalg.LinAlgError`.
    """

    takes_complex = True
    cases = (Case(x=real("3 3")), Case(x=_PAIR), Case(x=np.stack([_PAIR, _APART])))

    def forward(self, ctx: Context, x: Array) -> Array:
        ctx.save(x)
        return np.linalg.eigvals(x)

    def backward(self, ctx: Context, grad: Array) -> Array:
        return pull_back_eigvals(*np.linalg.eig(ctx.saved[0]), grad)


def pull_back_eigvals(w: Array, v: Array, grad: Array) -> Array:
    """Return the d/dx of the docstring of `Eigvals`."""
    return transpose(_invert_vectors(v)) @ (np.expand_dims(share_evenly(w, grad), -1) * transpose(v))


def _mask_largest(v: Any) -> Any:
    """Return a mask of the largest component of each vector; of several as large, the real one."""
    size = np.where(v.imag == 0, np.abs(v), 0)
    mask = size == np.max(size, axis=-2, keepdims=True, initial=0)
    return mask & (np.cumsum(mask, axis=-2) == 1)


def _invert_vectors(v: Array) -> Array:
    """Return v^-1. Raises LinAlgError where the vectors are linearly dependent up to rounding."""
    with suppress(np.linalg.LinAlgError):
        inverse = np.linalg.inv(v)
        if np.all(np.abs(detach(inverse)) * (16 * np.finfo(detach(v).dtype).eps) < 1):
            return inverse
    raise np.linalg.LinAlgError(
        "eig: the matrix has two equal eigenvalues with one vector, so that they have no "
        "finite slope; move the matrix off this point, or use np.trace and np.linalg.det"
    )


eig = Eig(np.linalg.eig)
eigvals = Eigvals(np.linalg.eigvals)
