"""Solutions x(p) of equations F(x, p) = 0, with the gradients of the implicit function theorem.

For the gradient g of x, let h solve (dF/dx)^T h = -g. The gradient of p is (dF/dp)^T h. For a minimum of f, F
is the gradient of f in x; for least squares, that of half the sum of the squares.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import numpy as np

from minigrad_core import Array, Context, Operation, Tensor, grad, jacobian, no_grad
from minigrad_core.cases import Case, between
from minigrad_core.errors import ArgumentError, DifferentiabilityError
from minigrad_ops_basic.dtypes import detach

from .. import optimize
from ..closures import evaluate, join, pull_back_parameters, refuse_non_finite
from ..precision import keep_precision
from ..tensors import has_tensor
from . import references

# The largest Newton step, in units of 1 + |x|, from a point that counts as a solution.
_NEAR = 1e-3


class Solution(Operation):
    """The solution x of an equation with the function fun(x, *parameters), found by SciPy's function.

    start: x0, or the bracket of a root. options: further arguments of SciPy's function. x: the solution, if
    it is known. is_free: a mask of the values of x that are not at a bound; the others are constant.

    The gradients are those of the implicit function theorem.

    Raises
    ------
    numpy.linalg.LinAlgError
        In backward: dF/dx is singular at the solution.
    DifferentiabilityError
        In backward: x is not near a solution.
    """

    def forward(
        self,
        ctx: Context,
        *parameters: Array,
        fun: Callable[..., Any],
        start: Any,
        options: Mapping[str, Any] | None = None,
        x: Any = None,
        is_free: Any = None,
    ) -> Array:
        settings = {"fun": fun, "start": start, "options": options, "is_free": is_free}
        if x is None:
            plain = tuple(map(detach, parameters))
            refuse_non_finite(self.name, plain)
            if any(map(np.iscomplexobj, plain)):
                raise ArgumentError(f"{self.name}: a parameter is complex")
            x = self.solve(fun, plain, start, **(options or {}))
        if has_tensor(parameters):
            solution = self(*parameters, x=x, **settings)
        else:
            solution = keep_precision(np.array(x, float), *parameters)
        ctx.save(fun, dict(options or {}), is_free, solution, *parameters)
        return solution

    def solve(self, fun: Callable[..., Any], parameters: Any, start: Any, **options: Any) -> Any:
        """Return the solution of SciPy, for arrays."""
        return getattr(optimize, self.name)(partial(_evaluate_at, fun, parameters), start, **options).x

    def equation(self, fun: Callable[..., Any], x: Any, *parameters: Any, **options: Any) -> Any:
        """Return F(x, p)."""
        return join(fun(x, *parameters))

    def backward(self, ctx: Context, grad: Array) -> Any:
        fun, options, is_free, x, *parameters = ctx.saved

        def equation(x: Any, *parameters: Any) -> Any:
            return self.equation(fun, x, *parameters, **options)

        h = _solve_adjoint(lambda x: equation(x, *parameters), x, grad, is_free, self.name)
        return pull_back_parameters(fun, partial(equation, x), parameters, ctx.needs, h)


def is_inside(x: Any, lower: Any, upper: Any) -> Any:
    """Return a mask of the values of x that are not at a bound; SciPy may stop a rounding error before it."""
    margin = 1e-12 * (1 + np.abs(x))
    return (np.abs(x - lower) > margin) & (np.abs(x - upper) > margin)


def _evaluate_at(fun: Callable[..., Any], parameters: Any, x: Any) -> Any:
    return np.asarray(evaluate(fun, x, *parameters), float)


def _solve_adjoint(equation: Callable[[Any], Any], x: Any, grad: Any, is_free: Any, name: str) -> Any:
    """Return the solution h of (dF/dx)^T h = -grad, with zeros for the values that are not free."""
    n = x.size
    if isinstance(grad, Tensor):
        slopes = jacobian(equation)(x)
    else:
        with no_grad():
            slopes = detach(jacobian(equation)(x))
    matrix, right = np.reshape(slopes, (n, n)), np.reshape(grad, (n,))
    free = np.ones(n, bool) if is_free is None else np.reshape(is_free, (n,))
    if not free.all():  # rows and columns of the unit matrix for the values at a bound
        matrix = np.where(np.outer(free, free), matrix, np.eye(n, dtype=matrix.dtype))
        right = np.where(free, right, 0)
    h = _solve_regular(np.swapaxes(matrix, 0, 1), -right, name)
    with no_grad():
        value = np.reshape(detach(equation(detach(x))), (n,))
    step = np.linalg.solve(detach(matrix), np.where(free, value, 0))
    if not np.all(np.abs(step) <= _NEAR * (1 + np.max(np.abs(detach(x)), initial=0))):
        raise DifferentiabilityError(
            f"{name}: no gradient, because the result is not a solution, or lies at a bound: a Newton step "
            f"from there is {np.max(np.abs(step)):.1g} long. Check `success`, and use a smaller tolerance"
        )
    return np.reshape(h, x.shape)


def _solve_regular(matrix: Any, right: Any, name: str) -> Any:
    """Return the solution of a linear system; LinAlgError if the matrix is singular, up to rounding."""
    plain = detach(matrix)
    if plain.size and not (np.any(plain) and np.linalg.cond(plain) < 0.1 / np.finfo(plain.dtype).eps):
        raise np.linalg.LinAlgError(
            f"{name}: the Jacobian of the equations is singular at the solution, so the solution is no "
            "smooth function of the parameters there"
        )
    return np.linalg.solve(matrix, right)


class ScalarRoot(Solution):
    """The root x of the scalar function fun(x, *parameters), from a bracket; see `Solution`."""

    def solve(self, fun: Callable[..., Any], parameters: Any, start: Any, **options: Any) -> Any:
        """Return the root of SciPy, for arrays."""
        return optimize.root_scalar(partial(_evaluate_at, fun, parameters), bracket=start, **options).root


class FixedPoint(Solution):
    """The solution of x = fun(x, *parameters); see `Solution`."""

    def solve(self, fun: Callable[..., Any], parameters: Any, start: Any, **options: Any) -> Any:
        """Return the fixed point of SciPy, for arrays."""
        return optimize.fixed_point(partial(_evaluate_at, fun, parameters), start, **options)

    def equation(self, fun: Callable[..., Any], x: Any, *parameters: Any, **options: Any) -> Any:
        """Return fun(x) - x."""
        return join(fun(x, *parameters)) - x


class Minimum(Solution):
    """The minimum x of the scalar function fun(x, *parameters); see `Solution`."""

    def solve(self, fun: Callable[..., Any], parameters: Any, start: Any, **options: Any) -> Any:
        """Return the minimum of SciPy, and a Newton step: at a minimum values have half the digits of x."""

        def equation(x: Any) -> Any:
            return self.equation(fun, x, *parameters)

        if self.name == "minimize":
            options["jac"] = lambda x: detach(equation(x))
        x = np.asarray(super().solve(fun, parameters, start, **options))
        slopes = np.reshape(detach(jacobian(equation)(x)), (x.size, x.size))
        return x - np.reshape(np.linalg.solve(slopes, np.ravel(detach(equation(x)))), x.shape)

    def equation(self, fun: Callable[..., Any], x: Any, *parameters: Any, **options: Any) -> Any:
        """Return the gradient in x."""
        return grad(lambda x: join(fun(x, *parameters)))(x)


class LeastSquares(Solution):
    """The x with the least sum of squares of fun(x, *parameters), or of `loss` of them; see `Solution`."""

    def equation(self, fun: Callable[..., Any], x: Any, *parameters: Any, **options: Any) -> Any:
        """Return the gradient of the cost in x."""
        return grad(lambda x: self.compute_cost(join(fun(x, *parameters)), **options))(x)

    @staticmethod
    def compute_cost(residuals: Any, *, loss: str = "linear", f_scale: float = 1.0, **_: Any) -> Any:
        """Return half the sum of the losses of the squares."""
        if loss not in LOSSES:
            raise ArgumentError(f"least_squares: for tensors the loss is one of {', '.join(LOSSES)}")
        return np.sum(LOSSES[loss]((residuals / f_scale) ** 2)) * (f_scale**2 / 2)


LOSSES: dict[str, Callable[[Any], Any]] = {  # of squares; as SciPy defines them
    "linear": lambda z: z,
    "soft_l1": lambda z: 2 * (np.sqrt(1 + z) - 1),
    "huber": lambda z: np.where(z <= 1, z, 2 * np.sqrt(np.where(z <= 1, 1, z)) - 1),
    "cauchy": lambda z: np.log1p(z),
    "arctan": lambda z: np.arctan(z),
}


def _cross(x: Any, p: Any) -> Any:
    return np.stack([x[0] ** 3 + x[1] - p[0], x[1] - x[0] * p[1]])


def _cube(x: Any, p: Any) -> Any:
    return x**3 + p * x - 1


def _cosine(x: Any, p: Any) -> Any:
    return np.cos(p * x)


def _bowl(x: Any, p: Any) -> Any:
    return np.sum((x - p) ** 4 + p * x**2)


def _valley(x: Any, p: Any) -> Any:
    return np.cosh(x - p) + p * x**2


def _fit(x: Any, p: Any) -> Any:
    return np.exp(np.array([0.5, 1.0, 1.5]) * x[0]) * p - x[1]


def _make(cls: Callable[[], Solution], name: str, *cases: Case) -> Solution:
    op = cls()
    op.name, op.cases, op.reference = name, cases, getattr(references, name)
    return op


_TIGHT = {"xtol": 1e-14, "ftol": 1e-14, "gtol": 1e-14}
_ONE, _TWO = between(0.5, 1.5, ""), between(0.5, 1.5, "2")
# All iterate to a tolerance, here to that of rounding errors.
root = _make(Solution, "root", Case(parameters=(_TWO,), fun=_cross, start=np.ones(2), options={"tol": 1e-14}))
root_scalar = _make(
    ScalarRoot, "root_scalar", Case(parameters=(_ONE,), fun=_cube, start=(0.0, 2.0), options={"xtol": 1e-14})
)
fixed_point = _make(
    FixedPoint,
    "fixed_point",
    Case(parameters=(between(0.5, 1.2, "2"),), fun=_cosine, start=np.full(2, 0.7), options={"xtol": 1e-14}),
)
minimize = _make(
    Minimum,
    "minimize",
    Case(parameters=(_TWO,), fun=_bowl, start=np.zeros(2), options={"method": "Newton-CG", "tol": 1e-12}),
    Case(parameters=(_TWO,), fun=_bowl, start=np.zeros(2)),
)
minimize_scalar = _make(
    Minimum, "minimize_scalar", Case(parameters=(_ONE,), fun=_valley, start=None, options={"tol": 1e-12})
)
least_squares = _make(
    LeastSquares,
    "least_squares",
    Case(
        parameters=(_ONE,),
        fun=_fit,
        start=np.array([0.5, 1.0]),
        options=_TIGHT,
    ),
)
OPERATIONS: tuple[Operation, ...] = (root, root_scalar, fixed_point, minimize, minimize_scalar, least_squares)
