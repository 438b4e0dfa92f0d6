"""The hooks of this plugin: the entry point names this module, and minigrad calls each hook once."""

from __future__ import annotations

from collections.abc import Iterable

from minigrad_core import Initializer, Operation, Optimizer, hookimpl

from . import bessel, entropy, error_functions, gamma_functions, incomplete_gamma, logistic, normal
from .lion import Lion
from .truncated_normal import truncated_normal


@hookimpl
def minigrad_operations() -> Iterable[Operation]:
    """Return the operations, as instances."""
    return [
        *(error_functions.erf, error_functions.erfc, error_functions.erfcx, error_functions.erfinv),
        *(normal.ndtr, normal.log_ndtr),
        *(gamma_functions.gamma, gamma_functions.gammaln, gamma_functions.digamma, gamma_functions.zeta),
        *(gamma_functions.beta, gamma_functions.betaln),
        *(incomplete_gamma.gammainc, incomplete_gamma.gammaincc),
        *(logistic.expit, logistic.log_expit, logistic.logit),
        *(entropy.xlogy, entropy.xlog1py, entropy.entr, entropy.rel_entr),
        *(bessel.i0, bessel.i1, bessel.i0e, bessel.i1e, bessel.iv, bessel.ive),
        *(bessel.j0, bessel.j1, bessel.jv),
    ]


@hookimpl
def minigrad_initializers() -> Iterable[Initializer]:
    """Return the initializers, as instances."""
    return [truncated_normal]


@hookimpl
def minigrad_optimizers() -> Iterable[type[Optimizer]]:
    """Return the optimizers, as classes."""
    return [Lion]
