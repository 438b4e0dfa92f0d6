"""Elementwise functions and reductions of PyTorch."""

from __future__ import annotations

from typing import Any

import torch

from minigrad_core.cases import (
    Case,
    axis_of,
    between,
    boolean,
    nonzero,
    positive,
    real,
    unit,
)

from .torch_list import ANY, NK, add, elementwise

# --- elementwise
elementwise("abs angle asinh atan ceil conj_physical cos cosh deg2rad erf erfc exp exp2 expm1 floor frac neg")
elementwise("positive rad2deg relu round sgn sigmoid sign sin sinc sinh square tan tanh trunc")
elementwise("acos asin atanh erfinv", unit("..."))
elementwise("acosh", between(1, 30, "..."))
elementwise("log log10 log1p log2 sqrt rsqrt digamma lgamma", positive("..."))
elementwise("logit", between(0, 1, "..."))
elementwise("reciprocal", nonzero("..."))
elementwise("S.erfcx S.i0 S.i0e S.i1 S.i1e S.log_ndtr S.ndtr S.bessel_j0 S.bessel_j1 S.expit S.sinc")
elementwise("S.entr S.gammaln S.psi S.log1p", positive("..."))
elementwise("S.ndtri S.logit", between(0, 1, "..."))
elementwise(
    "F.celu F.elu F.gelu F.hardshrink F.hardsigmoid F.hardswish F.hardtanh F.leaky_relu F.logsigmoid F.mish F.relu6"
)
elementwise("F.selu F.silu F.softplus F.softshrink F.softsign F.tanhshrink F.rrelu")
add("F.threshold", Case(x=ANY, threshold=0.3, value=-0.5))
add("F.gelu", Case(x=ANY, approximate="tanh"))
add("F.prelu", Case(x=real("n k"), weight=real("k")))
elementwise("add sub mul atan2 copysign hypot logaddexp logaddexp2 maximum minimum", ANY, ANY)
elementwise("div fmod remainder true_divide", ANY, nonzero("..."))
elementwise("pow", positive("..."), ANY)
elementwise("xlogy S.xlogy", ANY, positive("..."))
elementwise("S.xlog1py", ANY, positive("..."))
elementwise("ldexp", ANY, ANY)
elementwise("lerp", ANY, ANY, ANY)
elementwise("addcmul", ANY, ANY, ANY)
elementwise("addcdiv", ANY, ANY, nonzero("..."))
add("where", Case(c=boolean("n k"), x=NK, y=NK))
add("clamp", Case(x=ANY, min=-0.7, max=1.3))
add("clamp", Case(x=NK, lo=between(-3, -1, "n k"), hi=between(1, 3, "n k")))
add("polygamma", Case(n=1, x=positive("n k")), f=lambda n, x: torch.polygamma(n, x))
add("mvlgamma", Case(x=between(3, 9, "n k"), p=2))
add("dist", Case(x=NK, y=NK), Case(x=NK, y=NK, p=1.0))
DROPS: Any = {"conventions": {"swallows-nan"}}  # dropping NaN is their purpose
for name in ["fmax", "fmin"]:
    add(name, Case(x=ANY, y=ANY), broadcasts=True, **DROPS)
add("nan_to_num", Case(x=ANY), broadcasts=True, **DROPS)


# --- reductions
AXIS = Case(x=NK, dim=axis_of("x"))
for name in [
    "sum",
    "mean",
    "prod",
    "std",
    "var",
    "amax",
    "amin",
    "logsumexp",
    "median",
    "cumsum",
    "cumprod",
    "cummax",
]:
    add(name, AXIS)
for name in [
    "cummin",
    "logcumsumexp",
    "max",
    "min",
    "aminmax",
    "mode",
    "sort",
    "msort",
    "argsort",
    "std_mean",
    "var_mean",
    "norm",
    "renorm",
]:
    if name == "renorm":
        add(name, Case(x=NK, p=2.0, dim=0, maxnorm=1.0))
    elif name == "msort":
        add(name, Case(x=NK))
    elif name != "argsort":
        add(name, AXIS)
for name in ["sum", "mean", "prod", "std", "var", "norm", "median"]:
    add(name, Case(x=NK))
add("quantile", Case(x=NK, q=0.3, dim=axis_of("x")))
add("nanquantile", Case(x=NK, q=0.3, dim=axis_of("x")), **DROPS)
for name in ["nansum", "nanmean", "nanmedian"]:
    add(name, AXIS, **DROPS)
add("topk", Case(x=NK, k=2, dim=axis_of("x")))
add("kthvalue", Case(x=NK, k=1, dim=axis_of("x")))
add("norm", Case(x=NK, p=1.0, dim=axis_of("x")), Case(x=NK, p=3.0, dim=axis_of("x")))
add("trapezoid", Case(y=NK, dim=axis_of("y")))
add("cumulative_trapezoid", Case(y=NK, dim=axis_of("y")))
add("diff", Case(x=NK, dim=axis_of("x")))
add("gradient", Case(x=real("n k")), f=lambda x: torch.gradient(x))
add("cov", Case(x=NK))
add("corrcoef", Case(x=NK))
add("F.softmax", AXIS)
add("F.log_softmax", AXIS)
add("F.softmin", AXIS)
add("F.normalize", Case(input=NK, p=2.0, dim=axis_of("input")))
add("F.cosine_similarity", Case(x=NK, y=NK, dim=axis_of("x")))
add("F.pairwise_distance", Case(x=NK, y=NK, p=2.0))
add("F.pdist", Case(x=NK, p=2.0), Case(x=NK, p=1.0), Case(x=NK, p=float("inf")))
add("cdist", Case(x=real("n k"), y=real("m k"), p=2.0), Case(x=real("n k"), y=real("m k"), p=1.0))
add("cdist", Case(x=real("n k"), y=real("m k"), p=float("inf")))
add("F.glu", Case(x=real("n 4"), dim=-1))
