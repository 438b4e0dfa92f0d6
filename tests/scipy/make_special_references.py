"""Write special.json: derivatives of the functions of scipy.special, by mpmath with 40 digits.

Run this script with a Python that has mpmath and SciPy: `python -m tests.scipy.make_special_references`.
"""

# ruff: noqa: E501 - one line for each function

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.scipy.special_definitions import (
    PI,
    amplitude,
    beta_i,
    boxcox,
    chndtr,
    fdtr,
    gamma_p,
    gamma_q,
    inv_boxcox,
    inverse,
    kolmogorov,
    mathieu,
    modfresnel,
    modified_mathieu,
    mp,
    ncfdtr,
    ndtr,
    owens_t,
    sh_jacobi,
    spherical,
    spheroidal_angular,
    spheroidal_radial,
    stdtr,
    swap,
    voigt,
    with_slope,
    wofz,
    wright_bessel,
)

# Name -> (the function, points). A point has the arguments of SciPy's function.
FUNCTIONS: dict[str, tuple[Callable[..., Any], list[tuple[Any, ...]]]] = {
    "erf": (mp.erf, [(0.7,), (-1.2,), (0.4 + 0.3j,)]),
    "erfc": (mp.erfc, [(0.7,), (5.0,), (0.4 + 0.3j,)]),
    "erfcx": (lambda x: mp.exp(x * x) * mp.erfc(x), [(-1.0,), (9.9,), (10.1,), (1e6,), (30 + 4j,), (0.4 + 0.3j,)]),
    "erfi": (mp.erfi, [(0.7,), (0.4 + 0.3j,)]),
    "dawsn": (lambda x: mp.sqrt(PI) / 2 * mp.exp(-x * x) * mp.erfi(x), [(0.7,), (9.9,), (10.2,), (40.0,), (1e5,), (0.4 + 1.3j,)]),
    "wofz": (wofz, [(0.4 + 0.3j,), (12.0 + 3j,), (1e4 + 0j,), (1e4 + 0.5j,)]),
    "erfinv": (mp.erfinv, [(0.3,), (-0.999,)]),
    "erfcinv": (lambda x: mp.erfinv(1 - x), [(0.3,), (1e-6,)]),
    "ndtr": (ndtr, [(0.3,), (-8.0,), (0.4 + 0.3j,)]),
    "log_ndtr": (lambda x: mp.log(ndtr(x)), [(0.3,), (-30.0,), (6.0,), (0.4 + 0.3j,)]),
    "ndtri": (lambda p: mp.sqrt(2) * mp.erfinv(2 * p - 1), [(0.3,), (1e-8,)]),
    "ndtri_exp": (lambda x: mp.sqrt(2) * mp.erfinv(2 * mp.exp(x) - 1), [(-0.3,), (-20.0,)]),
    "owens_t": (owens_t, [(0.7, 1.3), (-0.2, -0.4)]),
    "voigt_profile": (voigt, [(0.7, 1.3, 0.4), (3.0, 0.05, 0.4), (300.0, 0.05, 0.4)]),
    "gamma": (mp.gamma, [(2.3,), (-1.7,), (1.4 + 0.6j,)]),
    "gammaln": (lambda x: mp.log(abs(mp.gamma(x))), [(2.3,), (-1.7,), (300.0,)]),
    "loggamma": (mp.loggamma, [(2.3,), (1.4 + 0.6j,)]),
    "rgamma": (mp.rgamma, [(2.3,), (-1.7,), (-3.0,), (0.0,), (1.4 + 0.6j,), (-2.4 + 0.6j,)]),
    "digamma": (mp.digamma, [(2.3,), (-1.7,), (1.4 + 0.6j,), (-2.4 + 0.6j,)]),
    "beta": (mp.beta, [(2.3, 0.7)]),
    "betaln": (lambda a, b: mp.log(mp.beta(a, b)), [(2.3, 0.7), (200.0, 3.0)]),
    "binom": (mp.binomial, [(4.3, 1.7), (3.0, 5.0), (5.0, 2.0)]),
    "poch": (mp.rf, [(2.3, 0.7), (-1.0, 3.0), (-3.0, 2)]),
    "zeta": (mp.zeta, [(2.3,), (2.3, 0.7), (1.1, 4.0), (30.0, 1.5), (-2.7,)]),
    "zetac": (lambda x: mp.zeta(x) - 1, [(2.3,), (0.3,), (0.0,), (-0.6,), (-2.7,), (-12.5,), (30.0,)]),
    "gammainc": (gamma_p, [(2.3, 1.7), (0.4, 0.01), (30.0, 12.0), (200.0, 210.0)]),
    "gammaincc": (gamma_q, [(2.3, 1.7), (0.4, 7.0), (30.0, 60.0)]),
    "gammaincinv": (inverse("gammaincinv", gamma_p, 1), [(2.3, 0.4)]),
    "gammainccinv": (inverse("gammainccinv", gamma_q, 1), [(2.3, 0.4)]),
    "chdtr": (lambda v, x: gamma_p(v / 2, x / 2), [(2.3, 1.7)]),
    "chdtrc": (lambda v, x: gamma_q(v / 2, x / 2), [(2.3, 1.7)]),
    "chdtri": (inverse("chdtri", lambda v, x: gamma_q(v / 2, x / 2), 1), [(2.3, 0.4)]),
    "gdtr": (lambda a, b, x: gamma_p(b, a * x), [(1.3, 2.3, 1.7)]),
    "gdtrc": (lambda a, b, x: gamma_q(b, a * x), [(1.3, 2.3, 1.7)]),
    "gdtria": (swap(inverse("gdtria", lambda a, b, x: gamma_p(b, a * x), 0), (0, 1, 2)), [(0.4, 2.3, 1.7)]),
    "gdtrib": (inverse("gdtrib", lambda a, b, x: gamma_p(b, a * x), 1), [(1.3, 0.4, 1.7)]),
    "gdtrix": (inverse("gdtrix", lambda a, b, x: gamma_p(b, a * x), 2), [(1.3, 2.3, 0.4)]),
    "pdtr": (lambda k, m: gamma_q(k + 1, m), [(2, 1.7)]),
    "pdtrc": (lambda k, m: gamma_p(k + 1, m), [(2, 1.7)]),
    "pdtri": (inverse("pdtri", lambda k, m: gamma_q(k + 1, m), 1), [(2, 0.4)]),
    "pdtrik": (inverse("pdtrik", lambda k, m: gamma_q(k + 1, m), 0), [(0.4, 3.7)]),
    "betainc": (beta_i, [(2.3, 0.7, 0.4), (30.0, 20.0, 0.3), (0.3, 5.0, 1e-6)]),
    "betaincc": (lambda a, b, x: beta_i(b, a, 1 - x), [(2.3, 0.7, 0.4)]),
    "betaincinv": (inverse("betaincinv", beta_i, 2), [(2.3, 0.7, 0.4)]),
    "betainccinv": (inverse("betainccinv", lambda a, b, x: 1 - beta_i(a, b, x), 2), [(2.3, 0.7, 0.4)]),
    "btdtria": (inverse("btdtria", beta_i, 0), [(0.4, 0.7, 0.6)]),
    "btdtrib": (inverse("btdtrib", beta_i, 1), [(2.3, 0.4, 0.6)]),
    "fdtr": (fdtr, [(2.3, 4.7, 0.8)]),
    "fdtrc": (lambda n, d, x: 1 - fdtr(n, d, x), [(2.3, 4.7, 0.8)]),
    "fdtri": (inverse("fdtri", fdtr, 2), [(2.3, 4.7, 0.4)]),
    "fdtridfd": (inverse("fdtridfd", fdtr, 1), [(2.3, 0.34, 0.58)]),
    "stdtr": (stdtr, [(2.3, 0.8), (2.3, -4.0), (40.0, 3.0)]),
    "stdtrit": (inverse("stdtrit", stdtr, 1), [(2.3, 0.4)]),
    "bdtr": (lambda k, n, p: beta_i(n - k, k + 1, 1 - p), [(2, 5, 0.4)]),
    "bdtrc": (lambda k, n, p: beta_i(k + 1, n - k, p), [(2, 5, 0.4)]),
    "bdtri": (inverse("bdtri", lambda k, n, p: beta_i(n - k, k + 1, 1 - p), 2), [(2, 5, 0.4)]),
    "nbdtr": (lambda k, n, p: beta_i(n, k + 1, p), [(2, 5, 0.4)]),
    "nbdtrc": (lambda k, n, p: beta_i(k + 1, n, 1 - p), [(2, 5, 0.4)]),
    "nbdtri": (inverse("nbdtri", lambda k, n, p: beta_i(n, k + 1, p), 2), [(2, 5, 0.4)]),
    "chndtr": (chndtr, [(1.7, 3.0, 2.3)]),
    "chndtrix": (inverse("chndtrix", chndtr, 0), [(0.4, 3.0, 2.3)]),
    "ncfdtr": (ncfdtr, [(3.0, 4.0, 2.3, 1.7)]),
    "nrdtrimn": (lambda p, s, x: x - s * mp.sqrt(2) * mp.erfinv(2 * p - 1), [(0.3, 1.4, 0.7)]),
    "nrdtrisd": (lambda m, p, x: (x - m) / (mp.sqrt(2) * mp.erfinv(2 * p - 1)), [(-0.4, 0.7, 0.7)]),
    "tklmbda": (inverse("tklmbda", lambda p, k: (p**k - (1 - p) ** k) / k, 0), [(0.6, 0.4)]),
    "kolmogorov": (kolmogorov, [(0.4,), (0.7,), (1.3,)]),
    "kolmogi": (inverse("kolmogi", kolmogorov, 0), [(0.4,)]),
    "j0": (lambda x: mp.besselj(0, x), [(1.7,), (-30.0,)]),
    "j1": (lambda x: mp.besselj(1, x), [(1.7,), (0.0,)]),
    "y0": (lambda x: mp.bessely(0, x), [(1.7,)]),
    "y1": (lambda x: mp.bessely(1, x), [(1.7,)]),
    "i0": (lambda x: mp.besseli(0, x), [(1.7,)]),
    "i1": (lambda x: mp.besseli(1, x), [(1.7,)]),
    "k0": (lambda x: mp.besselk(0, x), [(1.7,)]),
    "k1": (lambda x: mp.besselk(1, x), [(1.7,)]),
    "i0e": (lambda x: mp.exp(-abs(x)) * mp.besseli(0, x), [(1.7,), (-900.0,), (2000.0,), (-1e8,)]),
    "i1e": (lambda x: mp.exp(-abs(x)) * mp.besseli(1, x), [(1.7,), (-900.0,), (3000.0,), (1e8,)]),
    "k0e": (lambda x: mp.exp(x) * mp.besselk(0, x), [(1.7,), (900.0,), (2000.0,), (1e8,)]),
    "k1e": (lambda x: mp.exp(x) * mp.besselk(1, x), [(1.7,), (900.0,), (3000.0,), (1e8,)]),
    "jv": (mp.besselj, [(2.5, 1.7), (-1.5, 3.0), (2, 1.4 + 0.6j)]),
    "jve": (mp.besselj, [(2.5, 1.7)]),
    "yn": (mp.bessely, [(2, 1.7)]),
    "yv": (mp.bessely, [(2.5, 1.7), (2, 1.4 + 0.6j)]),
    "yve": (mp.bessely, [(2.5, 1.7)]),
    "iv": (mp.besseli, [(2.5, 1.7), (2, 1.4 + 0.6j)]),
    "ive": (lambda v, x: mp.exp(-abs(x)) * mp.besseli(v, x), [(2.5, 1.7), (2.0, -9000.0), (2.5, 1e9)]),
    "kn": (mp.besselk, [(2, 1.7)]),
    "kv": (mp.besselk, [(2.5, 1.7), (2, 1.4 + 0.6j)]),
    "kve": (lambda v, x: mp.exp(x) * mp.besselk(v, x), [(2.5, 1.7), (2.0, 9000.0), (1.5, 1e8), (2, 1.4 + 0.6j), (1.5, 1e5 + 3e4j)]),
    "hankel1": (mp.hankel1, [(2.5, 1.7), (2, 1.4 + 0.6j)]),
    "hankel2": (mp.hankel2, [(2.5, 1.7), (2, 1.4 + 0.6j)]),
    "hankel1e": (lambda v, z: mp.exp(-1j * z) * mp.hankel1(v, z), [(2.5, 1.7), (1, 5000.0), (2, 1e8), (2, 1.4 + 0.6j)]),
    "hankel2e": (lambda v, z: mp.exp(1j * z) * mp.hankel2(v, z), [(2.5, 1.7), (1, 5000.0), (2, 1e8), (2, 1.4 + 0.6j)]),
    "spherical_jn": (lambda n, z: spherical(mp.besselj, n, z), [(2, 1.7), (0, 1.7), (2, 1.4 + 0.6j)]),
    "spherical_yn": (lambda n, z: spherical(mp.bessely, n, z), [(2, 1.7), (0, 1.7), (2, 1.4 + 0.6j)]),
    "spherical_in": (lambda n, z: spherical(mp.besseli, n, z), [(2, 1.7), (0, 1.7), (2, 1.4 + 0.6j)]),
    "spherical_kn": (lambda n, z: spherical(mp.besselk, n, z), [(2, 1.7), (0, 1.7), (2, 1.4 + 0.6j)]),
    "struve": (mp.struveh, [(1.5, 1.7), (0, 2.3)]),
    "modstruve": (mp.struvel, [(1.5, 1.7), (0, 2.3)]),
    "itstruve0": (lambda x: mp.quad(lambda t: mp.struveh(0, t), [0, x]), [(1.7,)]),
    "itmodstruve0": (lambda x: mp.quad(lambda t: mp.struvel(0, t), [0, x]), [(1.7,)]),
    "it2struve0": (lambda x: PI / 2 - mp.quad(lambda t: mp.struveh(0, t) / t, [0, x]), [(1.7,)]),
    "ber": (lambda x: mp.ber(0, x), [(1.7,)]),
    "bei": (lambda x: mp.bei(0, x), [(1.7,)]),
    "ker": (lambda x: mp.ker(0, x), [(1.7,)]),
    "kei": (lambda x: mp.kei(0, x), [(1.7,)]),
    "berp": (lambda x: mp.diff(lambda t: mp.ber(0, t), x), [(1.7,), (0.0,)]),
    "beip": (lambda x: mp.diff(lambda t: mp.bei(0, t), x), [(1.7,), (0.0,)]),
    "kerp": (lambda x: mp.diff(lambda t: mp.ker(0, t), x), [(1.7,)]),
    "keip": (lambda x: mp.diff(lambda t: mp.kei(0, t), x), [(1.7,)]),
    "ellipk": (mp.ellipk, [(0.4,), (-3.0,), (0.0,), (0.999,)]),
    "ellipkm1": (lambda p: mp.ellipk(1 - p), [(0.4,), (1e-8,)]),
    "ellipe": (mp.ellipe, [(0.4,), (-3.0,), (0.0,)]),
    "ellipkinc": (mp.ellipf, [(0.7, 0.4), (4.0, 0.4), (-2.0, 0.9)]),
    "ellipeinc": (mp.ellipe, [(0.7, 0.4), (4.0, 0.4), (-2.0, 0.9)]),
    "agm": (mp.agm, [(1.3, 0.4), (2.0, 2.0)]),
    "elliprc": (mp.elliprc, [(1.3, 0.4), (2.0, 2.0), (1.3, -0.4)]),
    "elliprf": (mp.elliprf, [(1.3, 0.4, 2.1), (1.3 + 0.2j, 0.4, 2.1)]),
    "elliprg": (mp.elliprg, [(1.3, 0.4, 2.1)]),
    "elliprd": (mp.elliprd, [(1.3, 0.4, 2.1), (1.3, 0.4, 1.3), (1.0, 1.0, 1.01)]),
    "elliprj": (mp.elliprj, [(1.3, 0.4, 2.1, 0.7), (1.3, 0.4, 2.1, 1.3), (1.3, 0.4, 2.1, 2.11)]),
    "exp1": (mp.e1, [(1.7,), (1.4 + 0.6j,)]),
    "expi": (mp.ei, [(1.7,), (-0.6,), (1.4 + 0.6j,)]),
    "expn": (mp.expint, [(2, 1.7), (0, 1.7), (1, 0.3)]),
    "exprel": (lambda x: (mp.exp(x) - 1) / x if x else mp.mpf(1), [(1.7,), (0.3,), (-0.01,), (-40.0,), (705.0,)]),
    "spence": (lambda z: mp.polylog(2, 1 - z), [(1.7,), (1.0,), (0.2,), (1.4 + 0.6j,)]),
    "lambertw": (mp.lambertw, [(1.7,), (-0.3,), (1.4 + 0.6j,)]),
    "wrightomega": (lambda z: mp.lambertw(mp.exp(z)), [(1.7,), (-3.0,), (1.4 + 0.6j,)]),
    "hyp0f1": (mp.hyp0f1, [(1.5, 1.7), (1.5, -4.0), (1.5, 1.4 + 0.6j)]),
    "hyp1f1": (mp.hyp1f1, [(1.5, 2.5, 1.7), (1.5, 2.5, 1.4 + 0.6j)]),
    "hyp2f1": (mp.hyp2f1, [(1.5, 0.5, 2.5, 0.4), (1.5, 0.5, 2.5, 0.4 + 0.3j)]),
    "hyperu": (mp.hyperu, [(1.5, 2.5, 1.7)]),
    "wright_bessel": (wright_bessel, [(1.0, 1.5, 1.7)]),
    "log_wright_bessel": (lambda a, b, x: mp.log(wright_bessel(a, b, x)), [(1.0, 1.5, 1.7)]),
    "lpmv": (lambda m, v, x: mp.legenp(v, m, x), [(1, 2.0, 0.4), (0, 1.5, -0.3), (2, 3.0, 0.4)]),
    "eval_legendre": (mp.legendre, [(3, 0.4), (2.5, 0.4), (3, 1.0), (3, -1.0), (3, 0.4 + 0.3j)]),
    "eval_chebyt": (mp.chebyt, [(3, 0.4), (2.5, 0.4), (3, 1.0)]),
    "eval_chebyu": (mp.chebyu, [(3, 0.4), (2.5, 0.4), (3, 1.0)]),
    "eval_chebyc": (lambda n, x: 2 * mp.chebyt(n, x / 2), [(3, 0.4)]),
    "eval_chebys": (lambda n, x: mp.chebyu(n, x / 2), [(3, 0.4)]),
    "eval_sh_legendre": (lambda n, x: mp.legendre(n, 2 * x - 1), [(3, 0.4)]),
    "eval_sh_chebyt": (lambda n, x: mp.chebyt(n, 2 * x - 1), [(3, 0.4)]),
    "eval_sh_chebyu": (lambda n, x: mp.chebyu(n, 2 * x - 1), [(3, 0.4)]),
    "eval_gegenbauer": (mp.gegenbauer, [(3, 1.5, 0.4)]),
    "eval_jacobi": (mp.jacobi, [(3, 0.5, 1.5, 0.4), (2.5, 0.5, 1.5, 0.4)]),
    "eval_sh_jacobi": (sh_jacobi, [(3, 2.5, 1.5, 0.4)]),
    "eval_laguerre": (lambda n, x: mp.laguerre(n, 0, x), [(3, 0.4), (2.5, 0.4)]),
    "eval_genlaguerre": (mp.laguerre, [(3, 0.5, 0.4)]),
    "eval_hermite": (mp.hermite, [(3, 0.4)]),
    "eval_hermitenorm": (lambda n, x: mp.hermite(n, x / mp.sqrt(2)) / mp.sqrt(2) ** n, [(3, 0.4)]),
    "expit": (lambda x: 1 / (1 + mp.exp(-x)), [(0.7,), (40.0,)]),
    "log_expit": (lambda x: -mp.log(1 + mp.exp(-x)), [(0.7,), (40.0,)]),
    "logit": (lambda p: mp.log(p / (1 - p)), [(0.3,)]),
    "entr": (lambda x: -x * mp.log(x), [(0.7,)]),
    "rel_entr": (lambda x, y: x * mp.log(x / y), [(0.7, 1.3)]),
    "kl_div": (lambda x, y: x * mp.log(x / y) - x + y, [(0.7, 1.3)]),
    "xlogy": (lambda x, y: x * mp.log(y), [(0.7, 1.3)]),
    "xlog1py": (lambda x, y: x * mp.log(1 + y), [(0.7, 1.3)]),
    "huber": (lambda d, r: r * r / 2 if abs(r) <= d else d * (abs(r) - d / 2), [(1.3, 0.4), (1.3, -2.4)]),
    "pseudo_huber": (lambda d, r: d * d * (mp.sqrt(1 + (r / d) ** 2) - 1), [(1.3, 0.4), (0.01, -2.4)]),
    "boxcox": (boxcox, [(1.7, 0.4), (0.3, -2.0)]),
    "boxcox1p": (lambda x, k: boxcox(1 + x, k), [(0.7, 0.4)]),
    "inv_boxcox": (inv_boxcox, [(0.7, 0.4), (20.0, 3.0)]),
    "inv_boxcox1p": (lambda y, k: inv_boxcox(y, k) - 1, [(0.7, 0.4)]),
    "powm1": (lambda x, y: x**y - 1, [(1.7, 0.4)]),
    "sindg": (lambda x: mp.sin(x * PI / 180), [(33.0,)]),
    "cosdg": (lambda x: mp.cos(x * PI / 180), [(33.0,)]),
    "tandg": (lambda x: mp.tan(x * PI / 180), [(33.0,)]),
    "cotdg": (lambda x: mp.cot(x * PI / 180), [(33.0,)]),
    "radian": (lambda d, m, s: (d + m / 60 + s / 3600) * PI / 180, [(33.0, 12.0, 7.0)]),
    "cosm1": (lambda x: mp.cos(x) - 1, [(0.7,)]),
    "expm1": (lambda x: mp.exp(x) - 1, [(0.7,)]),
    "log1p": (lambda x: mp.log(1 + x), [(0.7,)]),
    "exp2": (lambda x: mp.mpf(2) ** x, [(0.7,)]),
    "exp10": (lambda x: mp.mpf(10) ** x, [(0.7,)]),
    "cbrt": (mp.cbrt, [(0.7,)]),
    "gammasgn": (lambda x: mp.sign(mp.gamma(x)), [(0.7,), (-1.3,)]),
    "round": (mp.nint, [(0.7,), (-2.6,)]),
}  # fmt: skip
# Functions with several outputs: one function for each.
SEVERAL: dict[str, tuple[tuple[Callable[..., Any], ...], list[tuple[Any, ...]]]] = {
    "airy": ((mp.airyai, lambda z: mp.airyai(z, derivative=1), mp.airybi, lambda z: mp.airybi(z, derivative=1)), [(0.7,), (-2.0,), (0.4 + 0.3j,)]),
    "airye": (
        (
            lambda z: mp.exp(2 * z**1.5 / 3) * mp.airyai(z),
            lambda z: mp.exp(2 * z**1.5 / 3) * mp.airyai(z, derivative=1),
            lambda z: mp.exp(-2 * z**1.5 / 3) * mp.airybi(z),
            lambda z: mp.exp(-2 * z**1.5 / 3) * mp.airybi(z, derivative=1),
        ),
        [(0.7,), (9.0,)],
    ),
    "kelvin": (
        (
            lambda x: mp.ber(0, x),
            lambda x: mp.ker(0, x),
            lambda x: mp.diff(lambda t: mp.ber(0, t), x),
            lambda x: mp.diff(lambda t: mp.ker(0, t), x),
        ),
        [(1.7,)],
    ),
    "modfresnelp": (
        (modfresnel, lambda x: modfresnel(x) * mp.exp(-1j * x * x) * mp.expjpi(-mp.mpf(1) / 4) / mp.sqrt(PI)),
        [(0.7,), (2e3,)],
    ),
    "modfresnelm": (
        (
            lambda x: mp.conj(modfresnel(x)),
            lambda x: mp.conj(modfresnel(x)) * mp.exp(1j * x * x) * mp.expjpi(mp.mpf(1) / 4) / mp.sqrt(PI),
        ),
        [(0.7,), (2e3,)],
    ),
    "pbvv": ((lambda v, x: mp.pcfv(-v - mp.mpf(1) / 2, x), lambda v, x: mp.diff(lambda t: mp.pcfv(-v - mp.mpf(1) / 2, t), x)), [(1.5, 0.7)]),
    "pbwa": ((mp.pcfw, lambda a, x: mp.diff(lambda t: mp.pcfw(a, t), x)), [(1.5, 0.7)]),
    "it2j0y0": (
        (
            lambda x: mp.quad(lambda t: (1 - mp.besselj(0, t)) / t, [0, x]),
            lambda x: mp.quad(lambda t: mp.bessely(0, t) / t, [x, 1]),
        ),
        [(1.7,)],
    ),
    "it2i0k0": (
        (
            lambda x: mp.quad(lambda t: (mp.besseli(0, t) - 1) / t, [0, x]),
            lambda x: mp.quad(lambda t: mp.besselk(0, t) / t, [x, 1]),
        ),
        [(1.7,)],
    ),
    "fresnel": ((mp.fresnels, mp.fresnelc), [(0.7,), (0.4 + 0.3j,)]),
    "sici": ((mp.si, mp.ci), [(0.7,), (3.0,), (0.4 + 0.3j,)]),
    "shichi": ((mp.shi, mp.chi), [(0.7,), (3.0,), (0.4 + 0.3j,)]),
    "ellipj": (
        (lambda u, m: mp.ellipfun("sn", u, m=m), lambda u, m: mp.ellipfun("cn", u, m=m), lambda u, m: mp.ellipfun("dn", u, m=m), amplitude),
        [(0.7, 0.4)],
    ),
    "pbdv": ((mp.pcfd, lambda v, x: mp.diff(lambda t: mp.pcfd(v, t), x)), [(1.5, 0.7)]),
    "itj0y0": ((lambda x: mp.quad(lambda t: mp.besselj(0, t), [0, x]), lambda x: mp.quad(lambda t: mp.bessely(0, t), [0, x])), [(1.7,)]),
    "mathieu_cem": (with_slope(mathieu(True), PI / 180), [(3, 1.5, 33.0), (2, 0.5, 50.0)]),
    "mathieu_sem": (with_slope(mathieu(False), PI / 180), [(3, 1.5, 33.0), (2, 0.5, 50.0)]),
    "mathieu_modcem1": (with_slope(modified_mathieu(True, mp.besselj)), [(3, 1.5, 0.7), (2, 0.5, 1.4)]),
    "mathieu_modcem2": (with_slope(modified_mathieu(True, mp.bessely)), [(3, 1.5, 1.4), (2, 0.5, 1.4)]),
    "mathieu_modsem1": (with_slope(modified_mathieu(False, mp.besselj)), [(3, 1.5, 0.7), (2, 0.5, 1.4)]),
    "mathieu_modsem2": (with_slope(modified_mathieu(False, mp.bessely)), [(3, 1.5, 1.4), (2, 0.5, 1.4)]),
    "pro_ang1": (with_slope(spheroidal_angular(1)), [(1, 2, 1.5, 0.4), (0, 1, 0.5, -0.7)]),
    "obl_ang1": (with_slope(spheroidal_angular(-1)), [(1, 2, 1.5, 0.4), (0, 1, 0.5, -0.7)]),
    "pro_rad1": (with_slope(spheroidal_radial(1)), [(1, 2, 1.5, 1.7), (0, 1, 0.5, 3.0)]),
    "obl_rad1": (with_slope(spheroidal_radial(-1)), [(1, 2, 1.5, 1.7), (0, 1, 0.5, 3.0)]),
    "iti0k0": ((lambda x: mp.quad(lambda t: mp.besseli(0, t), [0, x]), lambda x: mp.quad(lambda t: mp.besselk(0, t), [0, x])), [(1.7,)]),
}  # fmt: skip


def differentiate(function: Callable[..., Any], point: tuple[Any, ...], i: int) -> Any:
    """Return the derivative in the argument at `i`, a complex number as two; None where mpmath has none."""
    args = [mp.mpmathify(x) for x in point]
    try:
        slope = mp.diff(
            lambda x: function(*args[:i], x, *args[i + 1 :]),
            args[i],
            h=(abs(args[i]) or 1) * mp.mpf(10) ** -14,
        )
    except (ValueError, ZeroDivisionError, TypeError, NotImplementedError, mp.libmp.NoConvergence):
        return None
    return (
        [float(mp.re(slope)), float(mp.im(slope))] if isinstance(point[i], complex) else float(mp.re(slope))
    )


def main() -> None:
    table = []
    for name, (functions, points) in {**{k: ((f,), p) for k, (f, p) in FUNCTIONS.items()}, **SEVERAL}.items():
        for point in points:
            written = [[x.real, x.imag] if isinstance(x, complex) else x for x in point]
            for i, x in enumerate(point):
                if isinstance(x, int) and len(point) > 1:
                    continue  # an order
                slopes = [differentiate(f, point, i) for f in functions]
                if None not in slopes:
                    table.append({"name": name, "at": written, "argument": i, "slopes": slopes})
    Path(__file__).with_name("special.json").write_text(
        "[\n" + ",\n".join(json.dumps(row) for row in table) + "\n]\n", encoding="utf-8"
    )


if __name__ == "__main__":
    main()
