"""Calls of scipy.special and scipy.stats."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..call import Call, normal, uniform

MANY, FEW = 100000, 5000
K = np.random.default_rng(4).poisson(3.0, MANY)
X, P = uniform(0.5, 9, MANY), uniform(0.05, 0.95, MANY)
SIZE = f"{MANY:,} values"
BOTH = "jax autograd"


SECOND = "the derivative is another function of SciPy, which takes longer"
SHAPE = (
    "the derivative in a shape has no closed form: it is a difference of eighth order, of eight values of "
    "the function for each shape, and SciPy is faster for whole shapes than for those between"
)


def _call(names: str, *arguments: Any, **more: Any) -> list[Call]:
    return [Call(f"special.{name}", SIZE, arguments, **more) for name in names.split()]


SPECIAL = (
    *_call("gammaln gamma", X, peers=BOTH),
    *_call(
        "digamma", X, peers=BOTH, reason="its derivative is zeta(2, x), which takes SciPy nine times as long"
    ),
    *_call("beta betaln", X, X[::-1].copy(), peers=BOTH),
    *_call("erf erfc", P, peers=BOTH),
    *_call("erfinv ndtri", P, peers="jax"),
    *_call("erfcx dawsn", P),
    *_call("fresnel sici", P, reason="both outputs have gradients, each with a sine or cosine"),
    *_call("ndtr log_ndtr", P, peers="jax"),
    *_call("expit logit", P, peers=BOTH),
    *_call("j0 i0", X, peers="autograd"),
    *_call("i0e", X, reason=SECOND),
    *_call("k0 airy", X),
    *(
        Call(
            f"special.{name}",
            f"{FEW:,} values",
            (X[:FEW],),
            function=lambda r, x, name=name: getattr(r.special, name)(1.5, x),
            note="in x",
            reason=f"the derivative is the mean of {name} at the two neighbouring orders",
        )
        for name in ("jv", "kv", "iv", "struve")
    ),
    *_call(
        "ellipk ellipe",
        P,
        reason="Carlson's integral R_D keeps all digits near m = 0 and 1, and takes 16 to 20 times as long",
    ),
    *_call(
        "ellipkinc",
        P,
        P[::-1].copy(),
        reason="the derivative in m is Carlson's integral R_D, which takes twice as long",
    ),
    Call(
        "special.elliprf", SIZE, (P, P + 1, P + 2), reason="each of the three derivatives is an integral R_D"
    ),
    *_call("exp1 expi", X, peers="jax"),
    *_call(
        "spence",
        P,
        peers="jax",
        reason="near 1 it is a hypergeometric function, so that higher derivatives lose no digits",
    ),
    *_call("lambertw", X),
    *_call("xlogy rel_entr", P, P[::-1].copy(), peers="jax"),
    *_call("boxcox", X, P),
    Call("special.zeta", SIZE, (X,), function=lambda r, q: r.special.zeta(2.0, q), note="in q"),
    Call("special.hyp1f1", SIZE, (P,), function=lambda r, x: r.special.hyp1f1(1.5, 2.5, x), note="in x"),
    Call("special.hyp2f1", SIZE, (P,), function=lambda r, x: r.special.hyp2f1(0.5, 1.5, 2.5, x), note="in x"),
    Call(
        "special.eval_legendre",
        SIZE,
        (P,),
        function=lambda r, x: r.special.eval_legendre(5, x),
        note="in x",
        reason="the derivative consists of two more polynomials",
    ),
    Call(
        "special.gammainc",
        SIZE,
        (X,),
        function=lambda r, x: r.special.gammainc(2.5, x),
        peers=BOTH,
        note="in x",
    ),
    Call(
        "special.gammainc",
        f"{FEW:,} values",
        (X[:FEW], X[-FEW:]),
        peers="jax",
        note="in both arguments",
        reason=SHAPE,
    ),
    Call(
        "special.betainc",
        SIZE,
        (P,),
        function=lambda r, x: r.special.betainc(2.0, 3.0, x),
        peers=BOTH,
        note="in x",
    ),
    Call(
        "special.betainc",
        f"{FEW:,} values",
        (X[:FEW], X[-FEW:], P[:FEW]),
        note="in all arguments",
        reason=SHAPE,
    ),
    Call("special.gammaincinv", SIZE, (P,), function=lambda r, y: r.special.gammaincinv(2.5, y), note="in y"),
    Call(
        "special.betaincinv", SIZE, (P,), function=lambda r, y: r.special.betaincinv(2.0, 3.0, y), note="in y"
    ),
    Call("special.stdtr", SIZE, (normal(MANY),), function=lambda r, t: r.special.stdtr(4.5, t), note="in t"),
    *_call("logsumexp softmax", normal(1000, 100), settings={"axis": 1}, peers="jax"),
    Call(
        "special.polygamma",
        SIZE,
        (X,),
        function=lambda r, x: r.special.polygamma(1, x),
        peers=BOTH,
        note="in x",
    ),
    *(
        Call(
            f"stats.norm.{name}",
            SIZE,
            (normal(MANY) if name != "ppf" else P, np.array(0.3), np.array(2.0)),
            peers=BOTH if name != "ppf" else "jax",
        )
        for name in ("logpdf", "pdf", "cdf", "logcdf", "ppf")
    ),
    Call("stats.gamma.logpdf", SIZE, (X, np.array(2.5)), peers=BOTH),
    Call("stats.t.logpdf", SIZE, (normal(MANY), np.array(4.5)), peers=BOTH),
    Call("stats.beta.cdf", f"{FEW:,} values", (P[:FEW], np.array(2.0), np.array(3.0)), reason=SHAPE),
    Call(
        "stats.poisson.logpmf",
        SIZE,
        (np.array(2.5),),
        function=lambda r, mu: r.stats.poisson.logpmf(K, mu),
        peers=BOTH,
    ),
    Call(
        "stats.multivariate_normal.logpdf",
        "10,000 points, 3 coordinates",
        (normal(10000, 3), np.zeros(3), np.eye(3) + 0.1),
        peers=BOTH,
        reason="the covariance has a gradient too, through its Cholesky factor",
    ),
)
