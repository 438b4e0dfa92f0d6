"""The hooks of this plugin: the entry point names this module, and minigrad calls each hook once."""

from __future__ import annotations

from collections.abc import Iterable

from minigrad_core import Initializer, Operation, Optimizer, hookimpl

from . import (
    bessel,
    bessel_second_kind,
    entropy,
    error_functions,
    exponential_integrals,
    gamma_functions,
    incomplete_beta,
    incomplete_gamma,
    logistic,
    normal,
)
from .lion import Lion
from .truncated_normal import truncated_normal


@hookimpl
def minigrad_operations() -> Iterable[Operation]:
    """Return the operations, as instances."""
    return [
        *(error_functions.erf, error_functions.erfc, error_functions.erfcx, error_functions.erfinv),
        *(normal.ndtr, normal.log_ndtr, normal.ndtri),
        *(gamma_functions.gamma, gamma_functions.gammaln, gamma_functions.digamma, gamma_functions.zeta),
        *(gamma_functions.beta, gamma_functions.betaln),
        *(incomplete_gamma.gammainc, incomplete_gamma.gammaincc),
        *(incomplete_beta.betainc, incomplete_beta.fdtr, incomplete_beta.fdtrc),
        *(exponential_integrals.exp1, exponential_integrals.expi),
        *(logistic.expit, logistic.log_expit, logistic.logit),
        *(entropy.xlogy, entropy.xlog1py, entropy.entr, entropy.rel_entr, entropy.kl_div),
        *(bessel.i0, bessel.i1, bessel.i0e, bessel.i1e, bessel.iv, bessel.ive),
        *(bessel.j0, bessel.j1, bessel.jv),
        *(bessel_second_kind.k0, bessel_second_kind.k1, bessel_second_kind.k0e, bessel_second_kind.k1e),
        *(bessel_second_kind.y0, bessel_second_kind.y1),
    ]


@hookimpl
def minigrad_initializers() -> Iterable[Initializer]:
    """Return the initializers, as instances."""
    return [truncated_normal]


@hookimpl
def minigrad_optimizers() -> Iterable[type[Optimizer]]:
    """Return the optimizers, as classes."""
    return [Lion]
