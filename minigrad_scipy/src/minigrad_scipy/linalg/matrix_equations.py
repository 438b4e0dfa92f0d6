"""Solutions of matrix equations, whose gradients solve the adjoint equation. All matrices are (..., n, n).

The arguments are cast to a common type: for complex and real ones together, SciPy 1.17 gives wrong solutions.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad_core import Array, Context, Operation
from minigrad_core.cases import Case, dominant, real
from minigrad_ops_basic.dtypes import detach, promote
from minigrad_ops_basic.linear_algebra.hermitian import adjoint, transpose

from .. import linalg
from ..implicit import Implicit
from ..precision import keep_precision
from . import function_references


class SolveSylvester(Implicit):
    """The solution y of a y + y b = q. a: (..., m, m); b: (..., n, n); q: (..., m, n).

    d/dq is the solution h of a^T h + h b^T = grad; d/da = -h y^T, d/db = -y^T h.

    Raises
    ------
    numpy.linalg.LinAlgError
        In backward: a and -b have a common eigenvalue.
    """

    name = "solve_sylvester"
    takes_complex = True
    cases = (
        Case(a=dominant("m m"), b=dominant("n n"), q=real("m n")),
        Case(a=dominant("2 2 2"), b=dominant("3 3"), q=real("2 2 3")),
    )
    reference = staticmethod(function_references.solve_sylvester)

    def forward(self, ctx: Context, a: Array, b: Array, q: Array) -> Array:
        y = linalg.solve_sylvester(*promote(a, b, q))
        ctx.save({}, y, a, b, q)
        return y

    def residual(self, y: Any, a: Any, b: Any, q: Any) -> Any:
        return a @ y + y @ b - q

    def solve_adjoint(self, grad: Any, y: Any, a: Any, b: Any, q: Any) -> Any:
        return solve_regular_sylvester(transpose(a), transpose(b), grad, self.name)


class SolveContinuousLyapunov(Implicit):
    """The solution y of a y + y a^H = q. d/dq is the solution h of a^T h + h conj(a) = grad.

    Raises
    ------
    numpy.linalg.LinAlgError
        In backward: a and -a^H have a common eigenvalue.
    """

    name = "solve_continuous_lyapunov"
    takes_complex = True
    cases = (Case(a=dominant("n n"), q=real("n n")), Case(a=dominant("2 2 2"), q=real("2 2")))
    reference = staticmethod(function_references.solve_continuous_lyapunov)

    def forward(self, ctx: Context, a: Array, q: Array) -> Array:
        y = linalg.solve_continuous_lyapunov(*promote(a, q))
        ctx.save({}, y, a, q)
        return y

    def residual(self, y: Any, a: Any, q: Any) -> Any:
        return a @ y + y @ adjoint(a) - q

    def solve_adjoint(self, grad: Any, y: Any, a: Any, q: Any) -> Any:
        h = linalg.solve_continuous_lyapunov(*promote(transpose(a), grad))
        return refuse_singular(h, grad, a, self.name)


class SolveDiscreteLyapunov(Implicit):
    """The solution y of y = a y a^H + q. d/dq is the solution h of h = a^T h conj(a) + grad.

    method: "direct" or "bilinear", as in SciPy.

    Raises
    ------
    numpy.linalg.LinAlgError
        Two eigenvalues of a and conj(a) have the product 1.
    """

    name = "solve_discrete_lyapunov"
    takes_complex = True
    cases = (
        Case(a=np.array([[0.5, -0.25], [0.125, -0.375]]), q=real("2 2")),
        Case(a=np.array([[[0.5, -0.25], [0.125, -0.375]]] * 2), q=real("2 2"), method="bilinear"),
    )
    reference = staticmethod(function_references.solve_discrete_lyapunov)

    def forward(self, ctx: Context, a: Array, q: Array, *, method: str | None = None) -> Array:
        y = keep_precision(linalg.solve_discrete_lyapunov(*promote(a, q), method), a, q)
        ctx.save({"method": method}, y, a, q)
        return y

    def residual(self, y: Any, a: Any, q: Any, *, method: Any) -> Any:
        return y - a @ y @ adjoint(a) - q

    def solve_adjoint(self, grad: Any, y: Any, a: Any, q: Any, *, method: Any) -> Any:
        transposed = promote(transpose(a), grad)
        h = keep_precision(linalg.solve_discrete_lyapunov(*transposed, method), a, grad)
        return refuse_singular(h, grad, 1 + np.abs(detach(a)), self.name)


def solve_regular_sylvester(a: Any, b: Any, q: Any, name: str) -> Any:
    """Return the solution of a y + y b = q; LinAlgError if it is not unique, up to rounding."""
    return refuse_singular(linalg.solve_sylvester(*promote(a, b, q)), q, np.abs(detach(a)) + _size(b), name)


def refuse_singular(h: Any, grad: Any, a: Any, name: str) -> Any:
    """Return h, the solutions of equations with the matrices a and the right-hand sides `grad`.

    Raises
    ------
    numpy.linalg.LinAlgError
        A solution is as large as rounding errors make that of a singular equation.
    """
    size, scale = _size(h), _size(a)
    bound = _size(grad) / (100 * np.finfo(detach(h).dtype).eps)
    if not np.all(np.isfinite(size)) or np.any((size * scale > bound) | ((size > 0) & (scale == 0))):
        raise np.linalg.LinAlgError(
            f"{name}: the equation of the gradient is singular, so the gradient is not finite or not unique"
        )
    return h


def _size(x: Any) -> Any:
    """Return the largest absolute value of each matrix."""
    return np.max(np.abs(detach(x)), axis=(-2, -1), keepdims=True, initial=0)


OPERATIONS: tuple[Operation, ...] = (SolveSylvester(), SolveContinuousLyapunov(), SolveDiscreteLyapunov())
