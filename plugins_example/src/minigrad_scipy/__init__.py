"""minigrad-scipy: derivatives for SciPy's special functions, in the namespace `scipy`."""

from .bessel import i0, i0e, i1, i1e, iv, ive, j0, j1, jv
from .entropy import entr, rel_entr, xlog1py, xlogy
from .error_functions import erf, erfc, erfcx, erfinv
from .gamma_functions import beta, betaln, digamma, gamma, gammaln, zeta
from .incomplete_gamma import gammainc, gammaincc
from .lion import Lion
from .logistic import expit, log_expit, logit
from .normal import log_ndtr, ndtr
from .truncated_normal import truncated_normal

__all__ = [
    "Lion",
    "beta",
    "betaln",
    "digamma",
    "entr",
    "erf",
    "erfc",
    "erfcx",
    "erfinv",
    "expit",
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
    "log_expit",
    "log_ndtr",
    "logit",
    "ndtr",
    "rel_entr",
    "truncated_normal",
    "xlog1py",
    "xlogy",
    "zeta",
]
