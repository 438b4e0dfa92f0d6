"""minigrad-scipy: derivatives for SciPy's special functions, in the namespace `scipy`."""

from .bessel import i0, i0e, i1, i1e, iv, ive, j0, j1, jv
from .bessel_second_kind import k0, k0e, k1, k1e, y0, y1
from .entropy import entr, kl_div, rel_entr, xlog1py, xlogy
from .error_functions import erf, erfc, erfcx, erfinv
from .exponential_integrals import exp1, expi
from .gamma_functions import beta, betaln, digamma, gamma, gammaln, zeta
from .incomplete_beta import betainc, fdtr, fdtrc
from .incomplete_gamma import gammainc, gammaincc
from .lion import Lion
from .logistic import expit, log_expit, logit
from .normal import log_ndtr, ndtr, ndtri
from .truncated_normal import truncated_normal

__all__ = [
    "Lion",
    "beta",
    "betainc",
    "betaln",
    "digamma",
    "entr",
    "erf",
    "erfc",
    "erfcx",
    "erfinv",
    "exp1",
    "expi",
    "expit",
    "fdtr",
    "fdtrc",
    "gamma",
    "gammainc",
    "gammaincc",
    "gammaln",
    "i0",
    "i0e",
    "i1",
    "i1e",
    "iv",
    "ive",
    "j0",
    "j1",
    "jv",
    "k0",
    "k0e",
    "k1",
    "k1e",
    "kl_div",
    "log_expit",
    "log_ndtr",
    "logit",
    "ndtr",
    "ndtri",
    "rel_entr",
    "truncated_normal",
    "xlog1py",
    "xlogy",
    "y0",
    "y1",
    "zeta",
]
