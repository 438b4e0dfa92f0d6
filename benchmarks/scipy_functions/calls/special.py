"""Calls of scipy.special."""

import numpy as np

from ..call import MATRIX, UNIT, X, invoke, pass_to, spread

FEW = np.array([0.7, 1.6, 2.3])
LESS = np.array([0.4, 0.55, 0.8])
MORE = np.array([1.3, 2.1, 2.9])
COUNTS = np.array([1, 2, 3])

SPECIAL = spread(
    {
        "cbrt cosdg cosm1 cotdg entr erf erfc erfcx exp1 exp10 exp2 exprel expi expit gamma gammaln gammasgn "
        "i0 i0e i1 i1e j0 j1 k0 k0e k1 k1e log_ndtr loggamma ndtr psi rgamma sinc sindg spence tandg "
        "y0 y1": pass_to(X),
        "ellipk ellipkm1 erfinv logit ndtri": pass_to(UNIT),
        "zetac": pass_to(X + 1.2),
        "chdtr chdtrc gammainc gammaincc": pass_to(COUNTS, MORE),
        "betaln binom boxcox boxcox1p huber inv_boxcox inv_boxcox1p kl_div "
        "poch pseudo_huber rel_entr xlog1py xlogy": pass_to(FEW, MORE),
        "chdtri gammainccinv gammaincinv stdtrit": pass_to(COUNTS, LESS),
        "stdtr": pass_to(COUNTS, MORE),
        "zeta": pass_to(COUNTS + 1, FEW),
        "betainc betaincc betaincinv fdtr fdtrc fdtri hyp1f1": pass_to(COUNTS, COUNTS + 1, LESS),
        "gdtr gdtrc radian": pass_to(FEW, MORE, LESS),
        "bdtr bdtrc bdtri": pass_to(COUNTS, COUNTS + 2, LESS),
        "nbdtr nbdtrc nbdtri": pass_to(COUNTS, COUNTS + 1, LESS),
        "pdtr pdtrc": pass_to(FEW, MORE),
        "pdtri": pass_to(COUNTS, LESS),
        "expn yn polygamma": pass_to(COUNTS, MORE),
        "lpmv": pass_to(COUNTS - 1, MORE, LESS),
        "multigammaln": invoke(lambda f, a: f(a, 3), MORE + 1),
        "logsumexp softmax log_softmax": invoke(lambda f, x: f(x, axis=1), MATRIX),
    }
)
