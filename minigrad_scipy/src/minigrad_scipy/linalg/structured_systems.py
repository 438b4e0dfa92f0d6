"""Solutions of linear systems with structured matrices: banded, Toeplitz, circulant."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad_core import Array, Context, Operation
from minigrad_core.cases import Case, real
from minigrad_core.errors import ArgumentError
from minigrad_ops_basic.composite import pull_back
from minigrad_ops_basic.dtypes import conjugate, detach

from .. import linalg
from ..composites import Composite
from ..precision import keep_precision
from ..tensors import has_tensor
from . import references
from .bands import find_product_band, multiply_band, transpose_band
from .linear_systems import LinearSystem

_BAND = np.array([[0.5, 0.25, -0.75, 0.5], [2.0, -3.0, 2.5, 4.0], [0.5, 1.0, 0.25, -0.5]])
_COLUMNS = np.array([[3.0, 1.0], [-0.5, 2.0], [0.25, 0.5]])


class MatmulToeplitz(Composite):
    """`matmul_toeplitz`, for a matrix with values: SciPy's result has none for an empty one."""

    def compute(self, *inputs: Any, **settings: Any) -> Any:
        c, r, x = inputs
        if not c.size or not r.size:
            raise ArgumentError("matmul_toeplitz: the matrix is empty")
        return keep_precision(self.get_function()((c, r), x, **settings), c, r, x)

    def from_numpy(self, c_or_cr: Any, x: Any, **_: Any) -> tuple[Any, Any]:
        """Divide SciPy's arguments."""
        return (*split_toeplitz(c_or_cr), x), {}


class SolveCirculant(Composite):
    """The operation `solve_circulant`."""

    def compute(self, *inputs: Any, **settings: Any) -> Any:
        singular = settings.get("singular", "raise")
        if singular not in ("raise", "lstsq"):  # SciPy takes any other string for "lstsq"
            raise ArgumentError(f'solve_circulant: expected singular "raise" or "lstsq", got {singular!r}')
        return super().compute(*inputs, **settings)


class SolveBanded(LinearSystem):
    """The solution y of a y = b for a banded a, given by its diagonals: ab[u + i - j, j] = a[i, j].

    ab: (..., l + u + 1, n); b: (n,) or (..., n, k). l_and_u: the numbers of diagonals below and above the
    main one. The values of ab outside of the matrix have the gradient zero.

    Raises
    ------
    numpy.linalg.LinAlgError
        The matrix is singular.
    """

    name = "solve_banded"
    cases = (
        Case(ab=_BAND, b=real("4"), l_and_u=(1, 1)),
        Case(ab=np.stack([_BAND[1:], _BAND[1:]]), b=real("4 2"), l_and_u=(1, 0)),
        Case(ab=np.concatenate([_BAND[:1], _BAND[:2]]), b=real("4"), l_and_u=(0, 2)),
    )
    reference = staticmethod(references.solve_banded)

    def forward(self, ctx: Context, ab: Array, b: Array, *, l_and_u: tuple[int, int]) -> Array:
        y = linalg.solve_banded(l_and_u, ab, b)
        ctx.save({"l_and_u": l_and_u}, y, ab, b)
        return y

    def pull_back_product(self, h: Any, y: Any, ab: Any, *, l_and_u: tuple[int, int]) -> Any:
        return -find_product_band(h, y, *l_and_u)

    def solve_transposed(self, grad: Any, ab: Any, *, l_and_u: tuple[int, int]) -> Any:
        return linalg.solve_banded(l_and_u[::-1], transpose_band(ab, l_and_u[1]), grad)


class SolveHermitianBanded(LinearSystem):
    """The solution y of a y = b for a banded, Hermitian and positive definite a.

    ab: (..., u + 1, n), the diagonals of the upper triangle, or of the `lower` one; b: (n,) or (..., n, k).

    Raises
    ------
    numpy.linalg.LinAlgError
        The matrix is not positive definite.
    """

    name = "solveh_banded"
    cases = (
        Case(ab=np.abs(_BAND[:2]), b=real("4")),
        Case(ab=np.stack([np.abs(_BAND[1:])] * 2), b=real("4 2"), lower=True),
        Case(ab=np.abs(_BAND[[0, 2, 1]]), b=real("4")),
    )
    reference = staticmethod(references.solveh_banded)

    def forward(self, ctx: Context, ab: Array, b: Array, *, lower: bool = False) -> Array:
        y = linalg.solveh_banded(ab, b, lower=lower)
        ctx.save({"lower": lower}, y, ab, b)
        return y

    def pull_back_product(self, h: Any, y: Any, ab: Any, *, lower: bool) -> Any:
        """Return the sum for both triangles; the diagonal counts once."""
        last = ab.shape[-2] - 1
        bands = (last, 0) if lower else (0, last)
        columns = np.concatenate([h, conjugate(y)], axis=-1), np.concatenate([y, conjugate(h)], axis=-1)
        shares = np.where(np.arange(last + 1) == bands[1], -0.5, -1).astype(ab.real.dtype)
        return shares[:, None] * find_product_band(*columns, *bands)

    def solve_transposed(self, grad: Any, ab: Any, *, lower: bool) -> Any:
        return linalg.solveh_banded(conjugate(ab), grad, lower=lower)


class CholeskySolveBanded(LinearSystem):
    """The solution y of a y = b, given the diagonals cb of the factor of `cholesky_banded`.

    cb: (..., u + 1, n); b: (n,) or (..., n, k). SciPy's first argument is the pair `(cb, lower)`.
    """

    name = "cho_solve_banded"
    cases = (
        Case(cb=_BAND[:2], b=real("4"), lower=False),
        Case(cb=np.stack([_BAND[1:], _BAND[1:]]), b=real("4 2"), lower=True),
    )
    reference = staticmethod(references.cho_solve_banded)

    def forward(self, ctx: Context, cb: Array, b: Array, *, lower: bool) -> Array:
        y = linalg.cho_solve_banded((cb, lower), b)
        ctx.save({"lower": lower}, y, cb, b)
        return y

    def from_numpy(self, cb_and_lower: Any, b: Any, **_: Any) -> tuple[Any, Any]:
        """Divide SciPy's arguments."""
        cb, lower = cb_and_lower
        return (cb, b), {"lower": lower}

    def pull_back_product(self, h: Any, y: Any, cb: Any, *, lower: bool) -> Any:
        """Return the bands of -(h y^T + conj(y) h^H) conj(l); see `CholeskySolve`."""
        last = cb.shape[-2] - 1
        factor = conjugate(transpose_band(cb, 0)) if lower else cb
        columns = np.concatenate([h, conjugate(y)], axis=-1)
        others = multiply_band(factor, np.concatenate([y, conjugate(h)], axis=-1), last)
        if lower:
            return -find_product_band(columns, others, last, 0)
        return -find_product_band(conjugate(others), conjugate(columns), 0, last)

    def solve_transposed(self, grad: Any, cb: Any, *, lower: bool) -> Any:
        return linalg.cho_solve_banded((conjugate(cb), lower), grad)


def multiply_toeplitz(c: Any, r: Any, x: Any) -> Any:
    """Return the product of a Toeplitz matrix, given by its first column and row, and columns x."""
    rows, columns = c.shape[-1], r.shape[-1]
    length = rows + columns - 1
    shape = np.broadcast_shapes(c.shape[:-1], r.shape[:-1])
    parts = [np.broadcast_to(c, (*shape, rows)), np.broadcast_to(r[..., :0:-1], (*shape, columns - 1))]
    circulant = np.concatenate(parts, axis=-1)[..., None]
    if circulant.dtype.kind == "c" or x.dtype.kind == "c":
        transformed = np.fft.fft(circulant, axis=-2) * np.fft.fft(x, length, axis=-2)
        return np.fft.ifft(transformed, axis=-2)[..., :rows, :]
    transformed = np.fft.rfft(circulant, axis=-2) * np.fft.rfft(x, length, axis=-2)
    return np.fft.irfft(transformed, length, axis=-2)[..., :rows, :]


def split_toeplitz(c_or_cr: Any) -> tuple[Any, Any]:
    """Return the first column and the first row; SciPy takes the conjugate column for a missing row."""
    if isinstance(c_or_cr, tuple):
        return c_or_cr
    c = c_or_cr if has_tensor(c_or_cr) else np.asarray(c_or_cr)
    return c, np.conjugate(c)


class SolveToeplitz(LinearSystem):
    """The solution y of a y = b for a Toeplitz matrix a with the first column c and the first row r.

    c, r: (..., n); b: (n,) or (..., n, k). r[0] is not read. SciPy's first argument is the pair `(c, r)`, or
    c alone for a Hermitian matrix.

    Raises
    ------
    numpy.linalg.LinAlgError
        A leading minor of the matrix is zero.
    """

    name = "solve_toeplitz"
    cases = (
        Case(c=np.array([3.0, -0.5, 0.25]), r=np.array([1.0, 0.5, -0.25]), b=real("3")),
        Case(c=np.array([[3.0, -0.5], [2.0, 0.5]]), r=np.array([1.0, 0.5]), b=real("2 2")),
    )
    reference = staticmethod(references.solve_toeplitz)

    def forward(self, ctx: Context, c: Array, r: Array, b: Array) -> Array:
        y = keep_precision(linalg.solve_toeplitz((c, r), b), c, r, b)
        ctx.save({}, y, c, r, b)
        return y

    def from_numpy(self, c_or_cr: Any, b: Any, **_: Any) -> tuple[Any, Any]:
        """Divide SciPy's arguments."""
        return (*split_toeplitz(c_or_cr), b), {}

    def pull_back_product(self, h: Any, y: Any, c: Any, r: Any) -> Any:
        return pull_back(lambda c, r: multiply_toeplitz(c, r, y), (c, r), (True, True), -h)

    def solve_transposed(self, grad: Any, c: Any, r: Any) -> Any:
        first = np.broadcast_to(c[..., :1], (*r.shape[:-1], 1)) if c.ndim <= r.ndim else c[..., :1]
        rest = np.broadcast_to(r[..., 1:], (*first.shape[:-1], r.shape[-1] - 1))
        column = np.concatenate([first, rest], axis=-1)
        return keep_precision(linalg.solve_toeplitz((column, c), grad), c, r, grad)


@MatmulToeplitz.define(
    "linalg.matmul_toeplitz",
    Case(c=real("m"), r=real("n"), x=real("n")),
    Case(c=real("2 2"), r=real("3"), x=real("3 2")),
)
def matmul_toeplitz(c: Any, r: Any, x: Any) -> Any:
    """The product of a Toeplitz matrix with the first column c and the first row r, and x, by FFT.

    c: (..., m); r: (..., n); x: (n,) or (..., n, k). r[0] is not read. SciPy's first argument is the pair
    `(c, r)`, or c alone for a Hermitian matrix.
    """
    y = multiply_toeplitz(c, r, x[..., None] if x.ndim == 1 else x)
    return y[..., 0] if x.ndim == 1 else y


@SolveCirculant.define(
    "linalg.solve_circulant",
    Case(c=np.array([3.0, -0.5, 0.25]), b=real("3")),
    Case(c=_COLUMNS, b=real("3 2 2"), caxis=0),
    Case(c=np.array([1.0, 1.0, 0.0, 0.0]), b=real("2 4"), singular="lstsq", baxis=1, outaxis=-1),
)
def solve_circulant(
    c: Any,
    b: Any,
    *,
    singular: str = "raise",
    tol: float | None = None,
    caxis: int = -1,
    baxis: int = 0,
    outaxis: int = 0,
) -> Any:
    """The solution of a system with the circulant matrix of c, by FFT; see SciPy for the axes.

    singular: "raise", or "lstsq" for the solution with the least norm, where eigenvalues up to `tol` are 0.

    Raises
    ------
    numpy.linalg.LinAlgError
        An eigenvalue is nearly zero, with `singular="raise"`.
    """
    values = np.fft.fft(np.moveaxis(c, caxis, -1), axis=-1)
    sizes = np.abs(detach(values))
    if tol is None:
        tol = np.max(sizes, axis=-1, keepdims=True) * sizes.shape[-1] * np.finfo(np.float64).eps
    is_zero = sizes <= tol
    quotient = np.fft.fft(np.moveaxis(b, baxis, -1), axis=-1) / np.where(is_zero, 1, values)
    y = np.fft.ifft(np.where(is_zero, 0, quotient), axis=-1)
    if c.dtype.kind != "c" and b.dtype.kind != "c":
        y = np.real(y)
    return np.moveaxis(y, -1, outaxis)


OPERATIONS: tuple[Operation, ...] = (
    SolveBanded(),
    SolveHermitianBanded(),
    CholeskySolveBanded(),
    SolveToeplitz(),
    matmul_toeplitz,
    solve_circulant,
)
