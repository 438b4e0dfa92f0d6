"""Orthogonal polynomials of a given order. DLMF 18.9.15 to 18.9.27.

The derivative is a polynomial of the next lower order. The order and the parameters of the weight are
settings.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.special import _ufuncs as special

from minigrad_core import Array
from minigrad_core.cases import Case, between, real, unit

from .function import define


def _cases(**parameters: float) -> tuple[Case, ...]:
    return tuple(Case(x=unit("..."), n=n, **parameters) for n in (3, 0, 1.5))


def _shifted_cases(**parameters: float) -> tuple[Case, ...]:
    # 2 x - 1 rounds to -1 below 1e-16, where slopes of a fractional degree are infinite.
    lows = {3: 0.0, 0: 0.0, 1.5: 1e-12}
    return tuple(Case(x=between(low, 1, "..."), n=n, **parameters) for n, low in lows.items())


def unless_constant(n: Any, slope: Any) -> Any:
    """Return the slope, and 0 for the order 0: SciPy's polynomials of order -1 are not all 0."""
    return np.where(n == 0, 0.0, slope)


@define(special.eval_jacobi, *_cases(alpha=0.5, beta=1.5), takes_complex=True)
def eval_jacobi(x: Array, *, n: Any, alpha: Any, beta: Any) -> Array:
    """Jacobi's P_n^(alpha, beta)(x).

    d/dx = (n + alpha + beta + 1) / 2 P_{n-1}^(alpha+1, beta+1)(x). DLMF 18.9.15.
    """
    slope = special.eval_jacobi(n - 1, alpha + 1, beta + 1, x)
    return unless_constant(n, slope * ((n + alpha + beta + 1) / 2))


@define(special.eval_sh_jacobi, *_shifted_cases(p=2.5, q=1.5), takes_complex=True)
def eval_sh_jacobi(x: Array, *, n: Any, p: Any, q: Any) -> Array:
    """The monic polynomial G_n^(p, q) on [0, 1]. d/dx = n G_{n-1}^(p+2, q+1)(x). DLMF 18.1.2 and 18.9.15."""
    return unless_constant(n, special.eval_sh_jacobi(n - 1, p + 2, q + 1, x) * n)


@define(special.eval_gegenbauer, *_cases(alpha=1.5), takes_complex=True)
def eval_gegenbauer(x: Array, *, n: Any, alpha: Any) -> Array:
    """C_n^(alpha)(x). d/dx = 2 alpha C_{n-1}^(alpha+1)(x). DLMF 18.9.19."""
    return unless_constant(n, special.eval_gegenbauer(n - 1, alpha + 1, x) * (2 * alpha))


@define(special.eval_legendre, *_cases(), takes_complex=True)
def eval_legendre(x: Array, *, n: Any) -> Array:
    """P_n(x). d/dx = (n + 1) / 2 P_{n-1}^(1, 1)(x). DLMF 18.9.15."""
    n = np.maximum(n, -n - 1)  # P_{-n-1} is P_n, DLMF 14.9.5
    return unless_constant(n, special.eval_jacobi(n - 1, 1.0, 1.0, x) * ((n + 1) / 2))


@define(special.eval_sh_legendre, *_shifted_cases(), takes_complex=True)
def eval_sh_legendre(x: Array, *, n: Any) -> Array:
    """P_n(2 x - 1). d/dx = (n + 1) P_{n-1}^(1, 1)(2 x - 1). DLMF 18.9.15."""
    n = np.maximum(n, -n - 1)
    return unless_constant(n, special.eval_jacobi(n - 1, 1.0, 1.0, 2 * x - 1) * (n + 1))


@define(special.eval_chebyt, *_cases(), takes_complex=True)
def eval_chebyt(x: Array, *, n: Any) -> Array:
    """T_n(x). d/dx = n U_{n-1}(x). DLMF 18.9.21."""
    return unless_constant(n, special.eval_chebyu(n - 1, x) * n)


@define(special.eval_chebyu, *_cases(), takes_complex=True)
def eval_chebyu(x: Array, *, n: Any) -> Array:
    """U_n(x). d/dx = 2 C_{n-1}^(2)(x). DLMF 18.9.19."""
    return unless_constant(n, special.eval_gegenbauer(n - 1, 2.0, x) * 2)


@define(special.eval_chebyc, *_cases(), takes_complex=True)
def eval_chebyc(x: Array, *, n: Any) -> Array:
    """2 T_n(x / 2). d/dx = n U_{n-1}(x / 2). DLMF 18.9.21."""
    return unless_constant(n, special.eval_chebys(n - 1, x) * n)


@define(special.eval_chebys, *_cases(), takes_complex=True)
def eval_chebys(x: Array, *, n: Any) -> Array:
    """U_n(x / 2). d/dx = C_{n-1}^(2)(x / 2). DLMF 18.9.19."""
    return unless_constant(n, special.eval_gegenbauer(n - 1, 2.0, x / 2))


@define(special.eval_sh_chebyt, *_shifted_cases(), takes_complex=True)
def eval_sh_chebyt(x: Array, *, n: Any) -> Array:
    """T_n(2 x - 1). d/dx = 2 n U_{n-1}(2 x - 1). DLMF 18.9.21."""
    return unless_constant(n, special.eval_sh_chebyu(n - 1, x) * (2 * n))


@define(special.eval_sh_chebyu, *_shifted_cases(), takes_complex=True)
def eval_sh_chebyu(x: Array, *, n: Any) -> Array:
    """U_n(2 x - 1). d/dx = 4 C_{n-1}^(2)(2 x - 1). DLMF 18.9.19."""
    return unless_constant(n, special.eval_gegenbauer(n - 1, 2.0, 2 * x - 1) * 4)


@define(special.eval_genlaguerre, *_cases(alpha=0.5), takes_complex=True)
def eval_genlaguerre(x: Array, *, n: Any, alpha: Any) -> Array:
    """L_n^(alpha)(x). d/dx = -L_{n-1}^(alpha+1)(x). DLMF 18.9.23."""
    return unless_constant(n, -special.eval_genlaguerre(n - 1, alpha + 1, x))


@define(special.eval_laguerre, *_cases(), takes_complex=True)
def eval_laguerre(x: Array, *, n: Any) -> Array:
    """L_n(x). d/dx = -L_{n-1}^(1)(x). DLMF 18.9.23."""
    return unless_constant(n, -special.eval_genlaguerre(n - 1, 1.0, x))


_WHOLE = (Case(x=real("..."), n=3), Case(x=real("..."), n=0))


@define(special.eval_hermite, *_WHOLE)
def eval_hermite(x: Array, *, n: Any) -> Array:
    """The physicists' H_n(x), for a whole n. d/dx = 2 n H_{n-1}(x). DLMF 18.9.25."""
    return unless_constant(n, special.eval_hermite(np.maximum(n - 1, 0), x) * (2 * n))


@define(special.eval_hermitenorm, *_WHOLE)
def eval_hermitenorm(x: Array, *, n: Any) -> Array:
    """The probabilists' He_n(x), for a whole n. d/dx = n He_{n-1}(x). DLMF 18.9.27."""
    return unless_constant(n, special.eval_hermitenorm(np.maximum(n - 1, 0), x) * n)
