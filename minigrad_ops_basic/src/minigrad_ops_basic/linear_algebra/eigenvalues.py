"""Eigenvalues and eigenvectors of square matrices that need not be symmetric, of stacks of them.

The rules are those of M. Giles, An extended collection of matrix derivative results for forward and reverse
mode automatic differentiation (2008), and, for vectors of length one, C. Boeddeker et al., On the computation
of complex-valued gradients with application to statistically optimum beamforming (2017).
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import numpy as np

from minigrad_core import Array, Context, Operation
from minigrad_core.cases import Case, real

from ..dtypes import conjugate, detach
from .adjoints import transpose
from .degenerate import inverse_gaps, share_evenly
from .phases import fix_phase

# Complex eigenvalues, and a real one; real ones.
_PAIR = np.array([[1.0, -2.0, 0.5], [0.5, 1.5, -0.5], [0.25, 0.5, -1.0]])
_APART = np.array([[3.0, 0.5, -0.25], [0.75, 1.0, 0.5], [-0.5, 0.25, -2.0]])


class Eig(Operation):
    """The eigenvalues w and eigenvectors v (columns, of length one) of square matrices; complex if an
    eigenvalue is.

    With u = grad_v - conj(v) (v^T grad_v, of which the diagonal alone), d/dx =
    v^-T (diag(grad_w) + (v^T u) / (w_j - w_i)) v^T, the second term without its diagonal; refused where it
    would divide by the difference of equal values. Equal eigenvalues share their gradient evenly.
    LAPACK makes the largest component of a complex vector real, see `phases`. The sign of a vector is any;
    what is made of them must not depend on it.

    A matrix with fewer vectors than rows has no gradient: `numpy.linalg.LinAlgError`.
    """

    name = "eig"
    implements = (np.linalg.eig,)
    takes_complex = True
    # Fixed ones: of one real matrix in twenty, LAPACK turns the sign of a complex vector by rounding.
    cases = (Case(x=_APART), Case(x=_PAIR), Case(x=real("2 2")), Case(x=np.stack([_PAIR, _APART])))

    def forward(self, ctx: Context, x: Array) -> tuple[Array, ...]:
        result = np.linalg.eig(x)
        ctx.save(*result)
        return result

    def backward(self, ctx: Context, grad: Array, *grads: Array) -> Array:
        w, v = ctx.saved
        (of_v,) = grads
        turn = np.sum(v * of_v, axis=-2)
        if v.dtype.kind == "c":
            of_v = fix_phase(v, of_v, turn, _mask_largest(detach(v)), name="eig")
        of_v = of_v - conjugate(v) * np.expand_dims(np.real(turn), -2)  # no vector gets longer
        turns = transpose(v) @ of_v
        inner = np.eye(w.shape[-1], dtype=w.dtype) * share_evenly(w, grad)[..., None]
        inner = inner + turns * inverse_gaps(w, turns, name="eig")
        return transpose(_invert_vectors(v)) @ inner @ transpose(v)


class Eigvals(Operation):
    """The eigenvalues of square matrices, in LAPACK's order; complex if one is. See `eig`.

    d/dx = v^-T diag(grad) v^T, v the eigenvectors; equal eigenvalues share their gradient evenly. A matrix
    with fewer vectors than rows has no gradient: `numpy.linalg.LinAlgError`.
    """

    name = "eigvals"
    implements = (np.linalg.eigvals,)
    takes_complex = True
    cases = (Case(x=real("3 3")), Case(x=_PAIR), Case(x=np.stack([_PAIR, _APART])))

    def forward(self, ctx: Context, x: Array) -> Array:
        ctx.save(x)
        return np.linalg.eigvals(x)

    def backward(self, ctx: Context, grad: Array) -> Array:
        """Return the gradient in the basis of the vectors."""
        w, v = np.linalg.eig(ctx.saved[0])
        return transpose(_invert_vectors(v)) @ (np.expand_dims(share_evenly(w, grad), -1) * transpose(v))


def _mask_largest(v: Any) -> Any:
    """Return a mask of the largest component of each vector, the real one if others are as large."""
    size = np.where(v.imag == 0, np.abs(v), 0)
    mask = size == np.max(size, axis=-2, keepdims=True, initial=0)
    return mask & (np.cumsum(mask, axis=-2) == 1)


def _invert_vectors(v: Array) -> Array:
    """Return v^-1; LinAlgError where the vectors are linearly dependent up to rounding."""
    with suppress(np.linalg.LinAlgError):
        inverse = np.linalg.inv(v)
        if np.all(np.abs(detach(inverse)) * (16 * np.finfo(detach(v).dtype).eps) < 1):
            return inverse
    raise np.linalg.LinAlgError(
        "eig: the matrix has two equal eigenvalues with one vector, so that a change of it moves them "
        "without a finite slope; move the matrix off this point, or use np.trace and np.linalg.det"
    )


eig = Eig()
eigvals = Eigvals()
