"""Functions of JAX, with cases."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
import jax.scipy.linalg
import jax.scipy.signal
import jax.scipy.special
import jax.scipy.stats

from minigrad_core.cases import (
    Case,
    axis_of,
    between,
    boolean,
    dominant,
    index_into,
    nonzero,
    positive,
    real,
    unit,
)

from .function_list import FunctionList

SHORTS = {
    "np": "numpy",
    "L": "numpy.linalg",
    "S": "scipy.special",
    "nn": "nn",
    "st": "scipy.stats",
    "sl": "scipy.linalg",
}
LISTED = FunctionList(jax, SHORTS)
add, elementwise = LISTED.add, LISTED.elementwise
ANY, NK, K = real("..."), real("n k"), real("k")
DROPS: Any = {"conventions": {"swallows-nan"}}  # dropping NaN is their purpose

# --- elementwise
elementwise(
    "np.abs np.angle np.arcsinh np.arctan np.cbrt np.ceil np.cos np.cosh np.deg2rad np.exp np.exp2 np.expm1"
)
elementwise(
    "np.fabs np.floor np.negative np.rad2deg np.rint np.sign np.sin np.sinc np.sinh np.square np.tan np.tanh"
)
elementwise("np.trunc np.i0 np.positive np.conj np.real np.degrees np.radians")
elementwise("np.arccos np.arcsin np.arctanh", unit("..."))
elementwise("np.arccosh", between(1, 30, "..."))
elementwise("np.log np.log10 np.log1p np.log2 np.sqrt", positive("..."))
elementwise("np.reciprocal", nonzero("..."))
add("np.nan_to_num", Case(x=ANY), broadcasts=True, **DROPS)
elementwise(
    "np.add np.subtract np.multiply np.arctan2 np.copysign np.hypot np.logaddexp np.logaddexp2", ANY, ANY
)
elementwise("np.maximum np.minimum np.heaviside", ANY, ANY)
for name in ["fmax", "fmin"]:
    add(f"np.{name}", Case(x=ANY, y=ANY), broadcasts=True, **DROPS)
elementwise("np.divide np.fmod np.mod", ANY, nonzero("..."))
elementwise("np.power np.float_power", positive("..."), ANY)
add("np.where", Case(c=boolean("n k"), x=NK, y=NK))
add("np.clip", Case(x=ANY, min=-0.7, max=1.3))
elementwise("S.entr S.gammaln S.digamma", positive("..."))
elementwise("S.erf S.erfc S.expit S.i0 S.i0e S.i1 S.i1e S.log_ndtr S.ndtr")
elementwise("S.erfinv", unit("..."))
elementwise("S.logit S.ndtri", between(0, 1, "..."))
elementwise("S.xlogy S.xlog1py", ANY, positive("..."))
elementwise("S.rel_entr S.kl_div S.betaln S.beta", positive("..."), positive("..."))
add("S.multigammaln", Case(x=between(3, 9, "..."), d=2))
add("S.logsumexp", Case(x=NK, axis=axis_of("x")))
add(
    "S.logsumexp",
    Case(x=NK, b=positive("n k"), axis=axis_of("x")),
    f=lambda x, b, axis: jax.scipy.special.logsumexp(x, axis, b),
)
for name in [
    "celu",
    "elu",
    "gelu",
    "hard_sigmoid",
    "hard_silu",
    "hard_tanh",
    "leaky_relu",
    "log_sigmoid",
    "mish",
    "relu",
    "relu6",
    "selu",
    "sigmoid",
    "silu",
]:
    add(f"nn.{name}", Case(x=ANY), broadcasts=True)
for name in ["soft_sign", "softplus", "sparse_plus", "sparse_sigmoid", "squareplus", "tanh", "identity"]:
    add(f"nn.{name}", Case(x=ANY), broadcasts=True)
add("nn.gelu", Case(x=ANY, approximate=False))
add("nn.glu", Case(x=real("n 4"), axis=-1))
for name in ["softmax", "log_softmax", "standardize"]:
    add(f"nn.{name}", Case(x=NK, axis=axis_of("x")))
add("nn.dot_product_attention", Case(q=real("b m 2 4"), k=real("b n 2 4"), v=real("b n 2 4")))

# --- distributions
for name in ["norm", "cauchy", "laplace", "logistic"]:
    add(f"st.{name}.logpdf", Case(x=ANY, loc=ANY, scale=positive("...")), broadcasts=True)
    add(f"st.{name}.cdf", Case(x=ANY, loc=ANY, scale=positive("...")), broadcasts=True)
add("st.gamma.logpdf", Case(x=positive("..."), a=positive("...")), broadcasts=True)
add("st.beta.logpdf", Case(x=between(0, 1, "..."), a=positive("..."), b=positive("...")), broadcasts=True)
add("st.t.logpdf", Case(x=ANY, df=positive("...")), broadcasts=True)
add("st.chi2.logpdf", Case(x=positive("..."), df=positive("...")), broadcasts=True)
add("st.pareto.logpdf", Case(x=between(1, 9, "..."), b=positive("...")), broadcasts=True)

# --- reductions
AXIS = Case(x=NK, axis=axis_of("x"))
for name in [
    "sum",
    "mean",
    "prod",
    "std",
    "var",
    "max",
    "min",
    "ptp",
    "median",
    "cumsum",
    "cumprod",
    "sort",
    "argsort",
    "argmax",
]:
    if not name.startswith("arg"):
        add(f"np.{name}", AXIS)
for name in [
    "nansum",
    "nanmean",
    "nanprod",
    "nanstd",
    "nanvar",
    "nanmax",
    "nanmin",
    "nanmedian",
    "nancumsum",
    "nancumprod",
]:
    add(f"np.{name}", AXIS, **DROPS)
add("np.quantile", Case(x=NK, q=0.3, axis=axis_of("x")), f=lambda x, q, axis: jnp.quantile(x, q, axis))
add("np.percentile", Case(x=NK, q=30.0, axis=axis_of("x")), f=lambda x, q, axis: jnp.percentile(x, q, axis))
add("np.average", Case(x=NK, w=positive("n k")), f=lambda x, w: jnp.average(x, weights=w))
add("np.cov", Case(x=NK))
add("np.corrcoef", Case(x=NK))
add("np.diff", AXIS)
add("np.ediff1d", Case(x=real("n")))
add("np.gradient", Case(x=real("5 6")))
add("np.trapezoid", Case(y=NK))
add(
    "np.interp",
    Case(x=real("m"), y=real("4")),
    f=lambda x, y: jnp.interp(x, jnp.array([-2.0, -0.5, 0.7, 2.0], x.dtype), y),
)
add("np.convolve", Case(x=real("n"), y=real("3")))
add("np.correlate", Case(x=real("n"), y=real("3")))
add("np.unwrap", Case(x=real("n")))
add("np.polyval", Case(p=real("3"), x=real("n")))
add("np.polymul", Case(p=real("3"), q=real("2")))
add("np.polyder", Case(p=real("4")))
add("np.polyint", Case(p=real("4")))
add("lax.top_k", Case(x=NK, k=2))
for name in ["cummax", "cummin", "cumlogsumexp"]:
    add(f"lax.{name}", Case(x=NK, axis=0))

# --- shapes and positions
for name in [
    "ravel",
    "squeeze",
    "transpose",
    "diag",
    "diagonal",
    "diagflat",
    "tril",
    "triu",
    "fliplr",
    "flipud",
    "rot90",
    "copy",
    "flip",
]:
    add(f"np.{name}", Case(x=NK))
add("np.concatenate", Case(xs=(real("n k"), real("m k")), axis=0))
for name in ["stack", "hstack", "vstack", "dstack", "column_stack"]:
    add(f"np.{name}", Case(xs=(NK, NK)))
add("np.roll", Case(x=NK, shift=1, axis=0))
add("np.tile", Case(x=NK, reps=(2, 2)))
add("np.repeat", Case(x=NK, repeats=2, axis=axis_of("x")))
add("np.reshape", Case(x=NK, shape=(-1,)))
add("np.moveaxis", Case(x=NK, source=0, destination=1))
add("np.swapaxes", Case(x=NK, axis1=0, axis2=1))
add("np.expand_dims", Case(x=NK, axis=1))
add("np.split", Case(x=real("n 4"), indices_or_sections=2, axis=1))
add("np.pad", Case(x=real("4 5"), pad_width=1, mode="reflect"), Case(x=real("4 5"), pad_width=1, mode="wrap"))
add(
    "np.pad",
    Case(x=real("4 5"), pad_width=1, mode="edge"),
    Case(x=real("4 5"), pad_width=2, mode="linear_ramp"),
)
add("np.take", Case(x=NK, index=index_into("x", axis=0, shape="m"), axis=0))
add("np.take_along_axis", Case(x=NK, index=index_into("x", axis=1, shape="n m"), axis=1))
add("np.trace", Case(x=NK))
add("np.vander", Case(x=real("n")))
add(
    "np.broadcast_to",
    Case(x=real("1 k"), shape=(3, 4)),
    f=lambda x, shape: jnp.broadcast_to(x, (3, x.shape[1])),
)
add("ops.segment_sum", Case(x=real("4 k")), f=lambda x: jax.ops.segment_sum(x, jnp.array([0, 0, 1, 2]), 3))
add("ops.segment_max", Case(x=real("4 k")), f=lambda x: jax.ops.segment_max(x, jnp.array([0, 0, 1, 2]), 3))
add("ops.segment_prod", Case(x=real("4 k")), f=lambda x: jax.ops.segment_prod(x, jnp.array([0, 0, 1, 2]), 3))

# --- products and linear algebra
add("np.matmul", Case(x=NK, y=real("k m")), Case(x=real("b n k"), y=real("k")))
add("np.dot", Case(x=NK, y=real("k m")))
add("np.vdot", Case(x=K, y=K))
add("np.inner", Case(x=NK, y=real("m k")))
add("np.outer", Case(x=real("n"), y=real("m")))
add("np.kron", Case(x=NK, y=real("m l")))
add("np.cross", Case(x=real("n 3"), y=real("n 3")))
add("np.tensordot", Case(x=NK, y=real("k m"), axes=1))
add("np.einsum", Case(x=NK, y=real("k m")), f=lambda x, y: jnp.einsum("nk,km->mn", x, y))
SQUARE = dominant("n n")
for name in ["det", "inv", "slogdet"]:
    add(f"L.{name}", Case(x=SQUARE))
add("L.det", Case(x=real("n n")))
add("L.norm", Case(x=NK), Case(x=real("n")))
add("L.vector_norm", Case(x=NK, ord=1), Case(x=NK, ord=3))
add("L.solve", Case(a=SQUARE, b=real("n k")))
add("L.matrix_power", Case(x=SQUARE, n=3))
add("L.cholesky", Case(x=SQUARE), f=lambda x: jnp.linalg.cholesky(x + x.T))
add("L.eigvalsh", Case(x=SQUARE), f=lambda x: jnp.linalg.eigvalsh(x + x.T))
