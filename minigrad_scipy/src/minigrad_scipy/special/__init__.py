"""`scipy.special` for tensors. NumPy calls the operations of ufuncs: `scipy.special.erf(t)` works, too."""

from __future__ import annotations

from ..mirror import mirror
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

OPERATIONS = (
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
)
__getattr__, __dir__ = mirror(__name__, OPERATIONS)
