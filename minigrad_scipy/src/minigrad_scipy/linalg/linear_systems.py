"""Solutions y of linear systems a y = b, where a is given by its matrix or by a factorization.

For all of them d/db = a^-T grad =: h, and d/da = -h y^T at the values of which a is made. The transposed
system is solved by the same function of SciPy.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from typing import Any

import numpy as np

from minigrad_core import Array, Context, Operation
from minigrad_core.array import unbroadcast
from minigrad_core.cases import Case, dominant, real
from minigrad_core.errors import ArgumentError
from minigrad_ops_basic.composite import Gradients
from minigrad_ops_basic.dtypes import conjugate, detach
from minigrad_ops_basic.linear_algebra.hermitian import adjoint, transpose

from .. import linalg
from . import references
from .factorization_reuse import solve_and_factor
from .factorizations import order_rows, permute_rows
from .structure import pull_back_structure, transpose_structure


class LinearSystem(Operation):
    """An operation that solves a linear system.

    The last input is b, a vector or the columns of matrices; the other inputs are the values of which a is
    made. `forward` saves the settings, the solution and the inputs.
    """

    takes_complex = True

    @abstractmethod
    def pull_back_product(self, h: Any, y: Any, *parameters: Any, **settings: Any) -> Any:
        """Return the gradient of the parameter, for that of a, -h y^T; a tuple for several parameters."""
        ...

    @abstractmethod
    def solve_transposed(self, grad: Any, *parameters: Any, **settings: Any) -> Any:
        """Return a^-T grad, for columns."""
        ...

    def backward(self, ctx: Context, grad: Array) -> Gradients:
        settings, y, *parameters, b = ctx.saved
        is_vector = b.ndim == 1
        if is_vector:  # for any stack of matrices
            grad, y = np.expand_dims(grad, -1), np.expand_dims(y, -1)
        h = self.solve_transposed(grad, *parameters, **settings)
        gradients: Any = (None,) * len(parameters)
        if any(ctx.needs[:-1]):
            pulled = self.pull_back_product(h, y, *parameters, **settings)
            gradients = pulled if isinstance(pulled, tuple) else (pulled,)
        grad_b = h[..., 0] if is_vector else h
        return tuple(
            unbroadcast(g, x.shape) if needed else None
            for g, x, needed in zip((*gradients, grad_b), (*parameters, b), ctx.needs, strict=True)
        )


class Solve(LinearSystem):
    """The solution y of a y = b.

    a: (..., n, n); b: (n,) or (..., n, k). `assume_a` names the structure of a; SciPy then reads a part of a,
    which alone has a gradient: one triangle for "symmetric", "hermitian" and "positive definite" (the upper
    one unless `lower`), and the band for "tridiagonal", "diagonal" and the triangles. An element off
    the diagonal that SciPy uses twice has the sum of both gradients.

    For one general matrix, `backward` uses the LU factorization of `forward`.

    Raises
    ------
    numpy.linalg.LinAlgError
        The matrix is singular.
    """

    name = "solve"
    cases = (
        Case(a=dominant("n n"), b=real("n")),
        Case(a=dominant("3 3"), b=real("3 2"), transposed=True),
        Case(a=dominant("2 3 3"), b=real("3")),
        Case(a=dominant("2 3 3"), b=real("3 2"), assume_a="gen"),
        Case(a=dominant("3 3"), b=real("2 3 1"), assume_a="pos"),
        Case(a=dominant("3 3"), b=real("3"), assume_a="her", lower=True),
        Case(a=dominant("3 3"), b=real("3"), assume_a="sym"),
        Case(a=dominant("3 3"), b=real("3"), assume_a="upper triangular"),
        Case(a=dominant("4 4"), b=real("4"), assume_a="tridiagonal"),
    )
    reference = staticmethod(references.solve)

    def forward(
        self,
        ctx: Context,
        a: Array,
        b: Array,
        *,
        lower: bool = False,
        assume_a: str | None = None,
        transposed: bool = False,
    ) -> Array:
        settings: dict[str, Any] = {"lower": lower, "assume_a": assume_a, "transposed": transposed}
        y, solve_again = solve_and_factor(a, b, **settings)
        ctx.save({"solve_again": solve_again, **settings}, y, a, b)
        return y

    def pull_back_product(
        self, h: Any, y: Any, a: Any, *, transposed: bool, solve_again: Any, **structure: Any
    ) -> Any:
        return pull_back_structure(find_matrix_gradient(h, y, int(transposed)), **structure)

    def solve_transposed(
        self, grad: Any, a: Any, *, transposed: bool, solve_again: Any, **structure: Any
    ) -> Any:
        if solve_again is not None:
            return solve_again(grad)
        if not transposed:
            a, structure = transpose_structure(a, **structure)
        return linalg.solve(a, grad, **structure)


class SolveTriangular(LinearSystem):
    """The solution y of a y = b for a triangular a, of which the upper triangle is read, or the `lower` one.

    a: (..., n, n); b: (n,) or (..., n, k). trans: 0 or "N" for a, 1 or "T" for a^T, 2 or "C" for a^H.
    unit_diagonal: the diagonal counts as ones.

    Raises
    ------
    numpy.linalg.LinAlgError
        The matrix is singular.
    """

    name = "solve_triangular"
    cases = (
        Case(a=dominant("n n"), b=real("n")),
        Case(a=dominant("3 3"), b=real("3"), trans="N"),
        Case(a=dominant("3 3"), b=real("3 2"), lower=True, trans="T"),
        Case(a=dominant("2 3 3"), b=real("3"), trans=2),
        Case(a=real("2 3 3"), b=real("3 2"), unit_diagonal=True, trans="C"),
    )
    reference = staticmethod(references.solve_triangular)

    def forward(
        self,
        ctx: Context,
        a: Array,
        b: Array,
        *,
        trans: int | str = 0,
        lower: bool = False,
        unit_diagonal: bool = False,
    ) -> Array:
        trans = parse_trans(trans)
        settings = {"trans": trans, "lower": lower, "unit_diagonal": unit_diagonal}
        y = linalg.solve_triangular(a, b, **settings)
        ctx.save(settings, y, a, b)
        return y

    def pull_back_product(
        self, h: Any, y: Any, a: Any, *, trans: int, lower: bool, unit_diagonal: bool
    ) -> Any:
        grad_a = find_matrix_gradient(h, y, trans)
        return np.tril(grad_a, -unit_diagonal) if lower else np.triu(grad_a, unit_diagonal)

    def solve_transposed(self, grad: Any, a: Any, *, trans: int, **settings: Any) -> Any:
        return solve_transposed_trans(linalg.solve_triangular, a, grad, trans, **settings)


class CholeskySolve(LinearSystem):
    """The solution y of a y = b, given the Cholesky factor of a: c^H c = a, or c c^H = a if `lower`.

    c: (..., n, n), of which one triangle is read; b: (n,) or (..., n, k). SciPy's first argument is the pair
    `(c, lower)`.
    """

    name = "cho_solve"
    cases = (
        Case(c=dominant("n n"), b=real("n"), lower=False),
        Case(c=dominant("3 3"), b=real("3 2"), lower=True),
        Case(c=dominant("2 3 3"), b=real("3"), lower=True),
    )
    reference = staticmethod(references.cho_solve)

    def forward(self, ctx: Context, c: Array, b: Array, *, lower: bool) -> Array:
        y = linalg.cho_solve((c, lower), b)
        ctx.save({"lower": lower}, y, c, b)
        return y

    def from_numpy(self, c_and_lower: Any, b: Any, **_: Any) -> tuple[Any, Any]:
        c, lower = c_and_lower
        return (c, b), {"lower": lower}

    def pull_back_product(self, h: Any, y: Any, c: Any, *, lower: bool) -> Any:
        """Return -tril((h y^T + conj(y) h^H) conj(l)), by thin products."""
        left = conjugate(np.tril(c)) if lower else transpose(np.triu(c))
        columns = np.concatenate([h, conjugate(y)], axis=-1)
        rows = transpose(np.concatenate([y, conjugate(h)], axis=-1)) @ left
        return -np.tril(columns @ rows) if lower else -np.triu(adjoint(rows) @ adjoint(columns))

    def solve_transposed(self, grad: Any, c: Any, *, lower: bool) -> Any:
        return linalg.cho_solve((conjugate(c), lower), grad)


class LuSolve(LinearSystem):
    """The solution y of a y = b, given lu and piv of `lu_factor(a)`.

    lu: (..., n, n); piv: (..., n) ints; b: (n,) or (..., n, k). trans: 0 for a, 1 for a^T, 2 for a^H. SciPy's
    first argument is the pair `(lu, piv)`.
    """

    name = "lu_solve"
    cases = (
        Case(lu=dominant("3 3"), b=real("3"), piv=np.array([1, 2, 2], np.int32)),
        Case(lu=dominant("3 3"), b=real("3 2"), piv=np.array([2, 1, 2], np.int32), trans=1),
        Case(lu=dominant("2 3 3"), b=real("3"), piv=np.array([[1, 1, 2], [2, 2, 2]], np.int32), trans=2),
    )
    reference = staticmethod(references.lu_solve)

    def forward(self, ctx: Context, lu: Array, b: Array, *, piv: Any, trans: int = 0) -> Array:
        trans = parse_trans(trans)
        y = linalg.lu_solve((lu, piv), b, trans=trans)
        ctx.save({"piv": piv, "trans": trans}, y, lu, b)
        return y

    def from_numpy(self, lu_and_piv: Any, b: Any, trans: int = 0, **_: Any) -> tuple[Any, Any]:
        lu, piv = lu_and_piv
        return (lu, b), {"piv": detach(piv), "trans": trans}

    def pull_back_product(self, h: Any, y: Any, lu: Any, *, piv: Any, trans: int) -> Any:
        h, y = arrange_columns(h, y, trans)
        order = order_rows(piv, lu.shape[-1])
        h = permute_rows(h, np.broadcast_to(order, h.shape[:-1]))
        lower = np.tril(lu, -1) + np.eye(lu.shape[-1], dtype=lu.dtype)
        grad_lower = h @ transpose(np.triu(lu) @ y)
        grad_upper = (transpose(lower) @ h) @ transpose(y)
        return -np.tril(grad_lower, -1) - np.triu(grad_upper)

    def solve_transposed(self, grad: Any, lu: Any, *, piv: Any, trans: int) -> Any:
        return solve_transposed_trans(
            lambda lu, b, trans: linalg.lu_solve((lu, piv), b, trans), lu, grad, trans
        )


def parse_trans(trans: int | str) -> int:
    """Return 0, 1 or 2 for `trans` of 0 ("N"), 1 ("T") or 2 ("C"); ArgumentError for anything else."""
    number = {"N": 0, "T": 1, "C": 2}.get(trans) if isinstance(trans, str) else trans
    if number not in (0, 1, 2):
        raise ArgumentError(f"expected trans of 0 ('N'), 1 ('T') or 2 ('C'), got {trans!r}")
    return int(number)


def arrange_columns(h: Any, y: Any, trans: int) -> tuple[Any, Any]:
    """Return the columns whose product -h y^T is the gradient of a, for `trans` of 0, 1 or 2."""
    return (h, y) if trans == 0 else (y, h) if trans == 1 else (conjugate(y), conjugate(h))


def find_matrix_gradient(h: Any, y: Any, trans: int) -> Any:
    """Return the gradient of a."""
    h, y = arrange_columns(h, y, trans)
    return -h @ transpose(y)


def solve_transposed_trans(solve: Callable[..., Any], a: Any, grad: Any, trans: int, **settings: Any) -> Any:
    """Return the solution of the transposed system of `solve(a, b, trans=trans)`."""
    return solve(conjugate(a) if trans == 2 else a, grad, trans=(1, 0, 0)[trans], **settings)


OPERATIONS: tuple[Operation, ...] = (Solve(), SolveTriangular(), CholeskySolve(), LuSolve())
