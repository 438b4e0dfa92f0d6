"""Functions of matrices.

The derivative of f(A) in the direction E is the Fréchet derivative L(A, E), the upper right block of
f([[A, E], [0, A]]), and the gradient is L(A^T, grad): N. Higham, Functions of Matrices (2008), equations 3.16
and 3.24. All matrices are (..., n, n).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from minigrad_core import Array, Context, Operation, Tensor
from minigrad_core.cases import Case, between, dominant, real
from minigrad_ops_basic.dtypes import cast, detach, widen_half
from minigrad_ops_basic.linear_algebra.hermitian import transpose

from .. import linalg
from ..closures import refuse_non_finite
from ..composites import Composite
from ..implicit import Implicit
from ..precision import keep_precision
from ..tensors import has_tensor
from . import function_references
from .matrix_equations import solve_regular_sylvester

# Up to this size the block costs less than `expm_frechet`, which is written in Python: from n = 4 to 300 the
# block takes 0.9 to 7 times as long as expm, `expm_frechet` 8 to 2.6 times.
_SMALL = 24
# Positive eigenvalues, and complex ones.
_MATRICES = np.array([[[2.0, 0.5], [0.25, 1.0]], [[1.5, -0.75], [0.5, 1.0]]])


def differentiate(function: Callable[[Any], Any], a: Any, direction: Any) -> Any:
    """Return the Fréchet derivative of `function` at a in a direction, as a block of a larger matrix.

    The direction is scaled to the size of a, for the error estimates of SciPy's functions.
    """
    n = a.shape[-1]
    size, other = (float(np.max(np.abs(detach(x)), initial=0)) for x in (a, direction))
    scale = size / other if size and other and np.isfinite(size / other) else 1.0
    top = np.concatenate([a, direction * scale], axis=-1)
    bottom = np.concatenate([np.zeros_like(a), a], axis=-1)
    return function(np.concatenate([top, bottom], axis=-2))[..., :n, n:] / scale


def differentiate_expm(a: Any, direction: Any) -> Any:
    """Return the Fréchet derivative of the exponential."""
    if a.shape[-1] <= _SMALL or has_tensor((a, direction)) or not np.all(np.isfinite(a)):
        return differentiate(linalg.expm, a, direction)
    return keep_precision(linalg.expm_frechet(a, direction, compute_expm=False), a, direction)


def call_seeded(function: Callable[..., Any], *arguments: Any) -> Any:
    """Return the value of a function of SciPy that draws from NumPy's global generator, and set that back.

    SciPy estimates norms with random vectors, also for the logarithm. They are the same in each call here.
    """
    if has_tensor(arguments):
        return function(*arguments)
    state = np.random.get_state()  # noqa: NPY002
    np.random.seed(0)  # noqa: NPY002
    try:
        return function(*arguments)
    finally:
        np.random.set_state(state)  # noqa: NPY002


class Expm(Operation):
    """The exponential of matrices. d/dA is the Fréchet derivative at A^T in the direction of `grad`."""

    name = "expm"
    takes_complex = True
    cases = (Case(A=real("n n")), Case(A=real("2 n n")))
    reference = staticmethod(function_references.taylor_expm)

    def forward(self, ctx: Context, A: Array) -> Array:
        ctx.save(A)
        return linalg.expm(A)

    def backward(self, ctx: Context, grad: Array) -> Array:
        return differentiate_expm(transpose(ctx.saved[0]), grad)


@Composite.define(
    "linalg.expm_frechet",
    Case(A=real("n n"), E=real("n n")),
    Case(A=real("2 2 2"), E=real("2 2 2"), compute_expm=False),
    reference=function_references.expm_frechet,
)
def expm_frechet(
    A: Any,
    E: Any,
    *,
    method: str | None = None,
    compute_expm: bool = True,
) -> Any:
    """The exponential of A and its Fréchet derivative in the direction E; see SciPy.

    compute_expm: False returns the derivative alone. The gradients are those of the block of a larger matrix.
    """
    derivative = differentiate(linalg.expm, A, E)
    return (linalg.expm(A), derivative) if compute_expm else derivative


class ExponentialSum(Operation):
    """The sum of `weight * expm(factor * A)` over `terms` of weights and factors: sin, cos, sinh, cosh.

    d/dA is the same sum of Fréchet derivatives at A^T in the direction of `grad`.
    """

    takes_complex = True
    # SciPy's sinhm has no correct digits for small values.
    cases = (Case(A=between(0.25, 2, "n n")), Case(A=between(-2, -0.25, "2 n n")))

    def __init__(self, name: str, terms: tuple[tuple[complex, complex], ...]) -> None:
        self.name, self.terms = name, terms
        self.reference = partial(function_references.apply_terms, terms=terms)

    def forward(self, ctx: Context, A: Array) -> Array:
        ctx.save(A)
        return getattr(linalg, self.name)(A)

    def backward(self, ctx: Context, grad: Array) -> Array:
        a = transpose(ctx.saved[0])
        is_real = a.dtype.kind != "c" and grad.dtype.kind != "c"
        if is_real and np.iscomplex(self.terms[0][1]):  # the second term is the conjugate of the first
            weight, factor = self.terms[0]
            return np.real(differentiate_expm(a * factor, grad * factor) * (2 * weight))
        parts: list[Any] = [differentiate_expm(a * s, grad * s) * weight for weight, s in self.terms]
        return parts[0] + parts[1]


def divide_sine(cosine: str, sine: str, A: Any) -> Any:
    """The tangent cos(A)^-1 sin(A) of matrices, or the hyperbolic one, with the gradient of the quotient."""
    return np.linalg.solve(getattr(linalg, cosine)(A), getattr(linalg, sine)(A))


def compute_log(a: Any) -> Any:
    """Return the logarithm in double precision: of float32, SciPy's may be complex by rounding alone."""
    return call_seeded(linalg.logm, cast(a, np.promote_types(a.dtype, np.float64)))


def refuse_negative_eigenvalues(name: str, a: Any) -> None:
    """Raise LinAlgError if a matrix has an eigenvalue on the negative real axis, the cut of the logarithm.

    There the two equal eigenvalues of the block of `differentiate` may round to both sides of the cut: of 300
    matrices with up to five rows, six had derivatives of 1e15.
    """
    w = np.linalg.eigvals(detach(a))
    if np.any((w.real < 0) & (np.abs(w.imag) <= 1e-14 * np.abs(w))):
        raise np.linalg.LinAlgError(f"{name}: A has a negative eigenvalue, where there is no derivative")


class Logm(Operation):
    """The principal logarithm of matrices without eigenvalues on the negative real axis.

    d/dA is the Fréchet derivative at A^T in the direction of `grad`.

    Raises
    ------
    numpy.linalg.LinAlgError
        In backward: A has an eigenvalue on the negative real axis.
    """

    name = "logm"
    takes_complex = True
    # At values of 1e20, SciPy warns of an error of 1e-12.
    cases = (Case(A=_MATRICES[0]), Case(A=_MATRICES))
    reference = staticmethod(function_references.logm)

    def forward(self, ctx: Context, A: Array) -> Array:
        ctx.save(A)
        return keep_precision(compute_log(A), A)

    def backward(self, ctx: Context, grad: Array) -> Array:
        (a,) = ctx.saved
        refuse_negative_eigenvalues(self.name, widen_half(a))
        return keep_precision(differentiate(compute_log, transpose(a), grad), grad)


class FractionalMatrixPower(Operation):
    """The powers A^t of matrices, for a real number t.

    d/dA is the Fréchet derivative at A^T in the direction of `grad`; d/dt = sum(grad * (log(A) A^t)).

    Raises
    ------
    numpy.linalg.LinAlgError
        In backward: A is singular and t < 1, so the derivative is not finite; A has an eigenvalue on the
        negative real axis, and t is not a whole number.
    """

    name = "fractional_matrix_power"
    takes_complex = True
    cases = (Case(A=_MATRICES[0], t=between(-1, 2, "")), Case(A=_MATRICES, t=between(0.1, 0.9, "")))
    reference = staticmethod(function_references.fractional_matrix_power)

    def forward(self, ctx: Context, A: Array, t: Array) -> Array:
        refuse_non_finite(self.name, (detach(A), detach(t)))
        exponent = t if isinstance(t, Tensor) else float(t)
        power = keep_precision(call_seeded(linalg.fractional_matrix_power, A, exponent), A)
        ctx.save(A, t, power)
        return power

    def backward(self, ctx: Context, grad: Array) -> tuple[Array | None, Array | None]:
        a, t, power = ctx.saved
        a, grad_a, grad_t = widen_half(a), None, None
        if ctx.needs[0]:
            if detach(t) < 1 and np.any(np.linalg.matrix_rank(detach(a)) < a.shape[-1]):
                raise np.linalg.LinAlgError(f"{self.name}: A is singular, so A^t has no derivative for t < 1")
            if detach(t) != np.floor(detach(t)):
                refuse_negative_eigenvalues(self.name, a)
            raise_to_t = lambda x: call_seeded(linalg.fractional_matrix_power, x, t)  # noqa: E731
            grad_a = keep_precision(differentiate(raise_to_t, transpose(a), grad), grad)
        if ctx.needs[1]:
            grad_t = np.real(np.sum(grad * (compute_log(a) @ power))).astype(t.dtype)
        return grad_a, grad_t


class Sqrtm(Implicit):
    """The principal square root y of matrices: y y = A.

    d/dA is the solution h of the Sylvester equation y^T h + h y^T = grad.

    Raises
    ------
    numpy.linalg.LinAlgError
        A has fewer than two axes; in backward: A is singular, or the root is not principal.
    """

    name = "sqrtm"
    takes_complex = True
    cases = (Case(A=dominant("n n")), Case(A=dominant("2 2 2")))
    reference = staticmethod(function_references.sqrtm)

    def forward(self, ctx: Context, A: Array) -> Array:
        if A.ndim < 2:  # SciPy 1.17 returns exp(a) for [a]
            raise np.linalg.LinAlgError("sqrtm: the array must have at least two axes")
        refuse_non_finite(self.name, (detach(A),))
        y = linalg.sqrtm(A)
        ctx.save({}, y, A)
        return y

    def residual(self, y: Any, a: Any) -> Any:
        return y @ y - a

    def solve_adjoint(self, grad: Any, y: Any, a: Any) -> Any:
        overflows = ~np.all(np.isfinite(detach(y)), axis=(-2, -1), keepdims=True)  # inside of SciPy
        y = transpose(np.where(overflows, np.eye(y.shape[-1], dtype=y.dtype), y))
        return np.where(overflows, np.nan, solve_regular_sylvester(y, y, grad, "sqrtm"))


class Signm(Operation):
    """The sign s of matrices, with the eigenvectors of A and the signs of the real parts of its eigenvalues.

    d/dA = h - s^T h s^T, with h the solution of n^T h + h n^T = grad, n = s A.

    Raises
    ------
    numpy.linalg.LinAlgError
        In backward: an eigenvalue of A is imaginary or zero.
    """

    name = "signm"
    takes_complex = True
    cases = (
        Case(A=np.array([[3.0, 0.5, -0.25], [0.75, 1.0, 0.5], [-0.5, 0.25, -2.0]])),
        Case(A=np.array([[[1.0, 0.5], [0.25, -2.0]], [[-1.0, 0.5], [1.0, 3.0]]])),
    )
    reference = staticmethod(function_references.signm)

    def forward(self, ctx: Context, A: Array) -> Array:
        sign = linalg.signm(A)
        ctx.save(A, sign)
        return sign

    def backward(self, ctx: Context, grad: Array) -> Array:
        a, sign = ctx.saved
        n, sign = transpose(sign @ a), transpose(sign)
        h = solve_regular_sylvester(n, n, grad, "signm")
        return h - sign @ h @ sign


OPERATIONS: tuple[Operation, ...] = (
    Expm(),
    expm_frechet,
    ExponentialSum("cosm", ((0.5, 1j), (0.5, -1j))),
    ExponentialSum("sinm", ((-0.5j, 1j), (0.5j, -1j))),
    ExponentialSum("coshm", ((0.5, 1.0), (0.5, -1.0))),
    ExponentialSum("sinhm", ((0.5, 1.0), (-0.5, -1.0))),
    *(
        Composite(
            f"linalg.{name}",
            partial(divide_sine, cosine, sine),
            (Case(A=between(0.1, 0.4, "3 3")), Case(A=between(-0.4, -0.1, "2 2 2"))),
            reference=getattr(function_references, name),
        )
        for name, cosine, sine in (("tanm", "cosm", "sinm"), ("tanhm", "coshm", "sinhm"))
    ),
    Logm(),
    FractionalMatrixPower(),
    Sqrtm(),
    Signm(),
)
