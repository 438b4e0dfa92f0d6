"""Functions of PyTorch, with arguments that make sense."""

from __future__ import annotations

from typing import Any

import torch
from torch.nn import functional

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

from .listed import Listed

LISTED = Listed(torch, {"F": "nn.functional", "L": "linalg", "S": "special"})
add, elementwise = LISTED.add, LISTED.elementwise
ANY, NK, K = real("..."), real("n k"), real("k")

# --- value by value
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
DROPS: Any = {"conventions": {"swallows-nan"}}  # what they are for
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

# --- shapes and places
for name in [
    "flatten",
    "ravel",
    "squeeze",
    "t",
    "diag",
    "diagonal",
    "diag_embed",
    "diagflat",
    "tril",
    "triu",
    "fliplr",
    "flipud",
    "rot90",
    "clone",
]:
    add(name, Case(x=NK))
add("cat", Case(xs=(real("n k"), real("m k")), dim=0))
for name in ["stack", "hstack", "vstack", "dstack", "column_stack"]:
    add(name, Case(xs=(NK, NK)))
add("flip", Case(x=NK, dims=(0,)))
add("roll", Case(x=NK, shifts=1, dims=0))
add("tile", Case(x=NK, dims=(2, 2)))
add("repeat_interleave", Case(x=NK, repeats=2, dim=axis_of("x")))
add("reshape", Case(x=NK, shape=(-1,)))
add("transpose", Case(x=NK, dim0=0, dim1=1))
add("movedim", Case(x=NK, source=0, destination=1))
add("permute", Case(x=NK, dims=(1, 0)))
add("unsqueeze", Case(x=NK, dim=1))
add(
    "split",
    Case(x=real("n 4"), split_size=2, dim=1),
    f=lambda x, split_size, dim: torch.split(x, split_size, dim),
)
add("chunk", Case(x=real("n 4"), chunks=2, dim=1))
add("narrow", Case(x=real("n 4"), dim=1, start=1, length=2))
add("select", Case(x=NK, dim=0, index=0))
add("unbind", Case(x=NK, dim=0))
add(
    "index_select",
    Case(x=NK, index=index_into("x", axis=0, shape="m"), dim=0),
    f=lambda x, index, dim: torch.index_select(x, dim, index),
)
add(
    "gather",
    Case(x=NK, index=index_into("x", axis=1, shape="n m"), dim=1),
    f=lambda x, index, dim: torch.gather(x, dim, index),
)
add("take_along_dim", Case(x=NK, index=index_into("x", axis=1, shape="n m"), dim=1))
add("take", Case(x=real("n"), index=index_into("x", axis=0, shape="m")))
LONGER = {"accepts-mismatch"}  # a source that is longer than the indices: documented
add(
    "scatter_add",
    Case(x=NK, index=index_into("x", axis=1, shape="n k"), src=NK),
    f=lambda x, index, src: torch.scatter_add(x, 1, index, src),
    conventions=LONGER,
)
add(
    "scatter",
    Case(x=NK, index=index_into("x", axis=1, shape="n 1"), src=real("n 1")),
    f=lambda x, index, src: torch.scatter(x, 1, index, src),
    conventions=LONGER,
)
for way in ("sum", "prod", "mean", "amax", "amin"):
    add(
        "scatter_reduce",
        Case(x=NK, index=index_into("x", axis=1, shape="n k"), src=NK),
        f=lambda x, index, src, way=way: torch.scatter_reduce(x, 1, index, src, way),
        conventions=LONGER,
    )
    if way != "sum":
        add(
            "index_reduce",
            Case(x=NK, index=index_into("x", axis=0, shape="m"), src=real("m k")),
            f=lambda x, index, src, way=way: torch.index_reduce(x, 0, index, src, way),
        )
add(
    "index_add",
    Case(x=NK, index=index_into("x", axis=0, shape="m"), src=real("m k")),
    f=lambda x, index, src: torch.index_add(x, 0, index, src),
)
add(
    "index_fill",
    Case(x=NK, index=index_into("x", axis=0, shape="m")),
    f=lambda x, index: torch.index_fill(x, 0, index, 0.7),
)
add("masked_fill", Case(x=NK, mask=boolean("n k"), value=0.7))
add("masked_select", Case(x=NK, mask=boolean("n k")))
add(
    "segment_reduce",
    Case(x=real("6 k")),
    f=lambda x: torch.segment_reduce(x, "max", lengths=torch.tensor([1, 2, 3]), axis=0),
)
add(
    "segment_reduce",
    Case(x=real("6 k")),
    f=lambda x: torch.segment_reduce(x, "prod", lengths=torch.tensor([1, 2, 3]), axis=0),
)
add("combinations", Case(x=real("n")))
add("cartesian_prod", Case(xs=(real("n"), real("m"))), f=lambda xs: torch.cartesian_prod(*xs))
add("block_diag", Case(xs=(real("n k"), real("m"))), f=lambda xs: torch.block_diag(*xs))
add("vander", Case(x=real("n")))
add(
    "F.pad",
    Case(x=real("b c n"), pad=(1, 1), mode="constant"),
    Case(x=real("b c 4"), pad=(1, 2), mode="reflect"),
)
add(
    "F.pad",
    Case(x=real("b c 4"), pad=(1, 2), mode="replicate"),
    Case(x=real("b c 4"), pad=(1, 2), mode="circular"),
)
add("F.pixel_shuffle", Case(x=real("n 4 h w"), upscale_factor=2))
add("F.pixel_unshuffle", Case(x=real("n c 4 6"), downscale_factor=2))
add("F.channel_shuffle", Case(x=real("n 4 h w"), groups=2))
add("F.unfold", Case(x=real("n c 4 5"), kernel_size=2))
add("F.fold", Case(x=real("n 8 6"), output_size=(3, 4), kernel_size=2))
for mode in ("nearest", "linear", "area", "nearest-exact"):
    add("F.interpolate", Case(x=real("n c 5"), size=8, mode=mode), Case(x=real("n c 5"), size=3, mode=mode))
for mode in ("bilinear", "bicubic"):
    add(
        "F.interpolate",
        Case(x=real("n c 5 4"), size=(8, 3), mode=mode),
        Case(x=real("n c 5 4"), size=(4, 6), mode=mode, align_corners=True),
    )
for padding in ("zeros", "border", "reflection"):
    for mode in ("bilinear", "bicubic"):
        add(
            "F.grid_sample",
            Case(
                x=real("n 2 4 5"), grid=unit("n h w 2"), mode=mode, padding_mode=padding, align_corners=False
            ),
        )
add(
    "F.grid_sample",
    Case(
        x=real("n 2 4 5 3"),
        grid=unit("n h w 2 3"),
        mode="bilinear",
        padding_mode="border",
        align_corners=True,
    ),
)
add(
    "F.affine_grid",
    Case(theta=real("n 2 3")),
    f=lambda theta: functional.affine_grid(theta, [theta.shape[0], 1, 3, 4], align_corners=False),
)

# --- products and linear algebra
add("mm", Case(x=NK, y=real("k m")))
add("matmul", Case(x=NK, y=real("k m")), Case(x=real("b n k"), y=real("k")))
add("bmm", Case(x=real("b n k"), y=real("b k m")))
add("mv", Case(x=NK, y=K))
for name in ["dot", "vdot"]:
    add(name, Case(x=K, y=K))
for name in ["outer", "ger"]:
    add(name, Case(x=real("n"), y=real("m")))
add("inner", Case(x=NK, y=real("m k")))
add("kron", Case(x=NK, y=real("m l")))
add("cross", Case(x=real("n 3"), y=real("n 3"), dim=-1))
add("L.cross", Case(x=real("n 3"), y=real("n 3")))
add("tensordot", Case(x=NK, y=real("k m"), dims=1))
add("einsum", Case(x=NK, y=real("k m")), f=lambda x, y: torch.einsum("nk,km->mn", x, y))
add("addmm", Case(c=real("n m"), x=NK, y=real("k m"), alpha=0.5, beta=2.0))
add("addmv", Case(c=real("n"), x=NK, y=K))
add("addr", Case(c=real("n m"), x=real("n"), y=real("m")))
add("addbmm", Case(c=real("n m"), x=real("b n k"), y=real("b k m")))
add("baddbmm", Case(c=real("b n m"), x=real("b n k"), y=real("b k m")))
add("chain_matmul", Case(xs=(NK, real("k m"), real("m l"))), f=lambda xs: torch.chain_matmul(*xs))
SQUARE = dominant("n n")
for name in ["det", "logdet", "inverse", "trace", "matrix_exp"]:
    add(name, Case(x=SQUARE))
for name in [
    "L.det",
    "L.slogdet",
    "L.inv",
    "L.eigvals",
    "L.matrix_exp",
    "L.svdvals",
    "L.pinv",
    "L.cond",
    "L.lu_factor",
    "L.lu",
]:
    add(name, Case(x=SQUARE))
add("L.det", Case(x=real("n n")))
add("L.slogdet", Case(x=real("n n")))
for name in ["L.qr", "L.svdvals", "L.pinv", "L.matrix_norm", "L.vector_norm", "L.norm"]:
    add(name, Case(x=NK))
add("L.matrix_norm", Case(x=NK, ord="nuc"), Case(x=NK, ord=2), Case(x=NK, ord=1))
add("L.vector_norm", Case(x=NK, ord=0.5), Case(x=NK, ord=1), Case(x=NK, ord=3), Case(x=NK, ord=float("inf")))


def _symmetric(x: Any) -> Any:
    return x + x.mT


add("L.cholesky", Case(x=SQUARE), f=lambda x: torch.linalg.cholesky(_symmetric(x)))
add("cholesky_inverse", Case(x=SQUARE), f=lambda x: torch.cholesky_inverse(x.tril()))
add("cholesky_solve", Case(b=real("n k"), x=SQUARE), f=lambda b, x: torch.cholesky_solve(b, x.tril()))
add("L.eigvalsh", Case(x=SQUARE), f=lambda x: torch.linalg.eigvalsh(_symmetric(x)))
add("L.eigh", Case(x=SQUARE), f=lambda x: torch.linalg.eigh(_symmetric(x))[0])
add("L.svd", Case(x=NK), f=lambda x: torch.linalg.svd(x, full_matrices=False)[1])
add("L.solve", Case(a=SQUARE, b=real("n k")))
add("L.solve_triangular", Case(a=SQUARE, b=real("n k"), upper=True))
add("L.lstsq", Case(a=SQUARE, b=real("n k")), f=lambda a, b: torch.linalg.lstsq(a, b)[0])
add("L.matrix_power", Case(x=SQUARE, n=3))
add("L.multi_dot", Case(xs=(NK, real("k m"), real("m l"))))
add("L.vecdot", Case(x=NK, y=NK))
add("L.householder_product", Case(x=real("4 3"), tau=real("3")))
add("L.tensorinv", Case(x=dominant("6 6")), f=lambda x: torch.linalg.tensorinv(x.reshape(2, 3, 6), ind=2))

# --- losses
for name in ["l1_loss", "mse_loss", "smooth_l1_loss", "huber_loss"]:
    for way in ("mean", "none"):
        add(f"F.{name}", Case(x=NK, y=NK, reduction=way))
add("F.soft_margin_loss", Case(x=NK, y=NK), f=lambda x, y: functional.soft_margin_loss(x, y.detach().sign()))
add(
    "F.kl_div",
    Case(x=NK, y=between(0, 1, "n k"), reduction="batchmean"),
    Case(x=NK, y=NK, reduction="sum", log_target=True),
)
add(
    "F.poisson_nll_loss",
    Case(x=NK, y=positive("n k")),
    Case(x=positive("n k"), y=positive("n k"), log_input=False, full=True),
)
add(
    "F.gaussian_nll_loss",
    Case(x=NK, y=NK, var=positive("n k")),
    Case(x=NK, y=NK, var=positive("n 1"), full=True),
)
add("F.binary_cross_entropy", Case(x=between(0, 1, "n k"), y=between(0, 1, "n k")))
add("F.binary_cross_entropy_with_logits", Case(x=NK, y=between(0, 1, "n k")))
add(
    "F.cross_entropy",
    Case(x=NK, y=index_into("x", axis=1, shape="n")),
    Case(x=NK, y=index_into("x", axis=1, shape="n"), label_smoothing=0.1),
)
add("F.cross_entropy", Case(x=NK, y=between(0, 1, "n k"), reduction="sum"))
add("F.nll_loss", Case(x=NK, y=index_into("x", axis=1, shape="n")))
add("F.multi_margin_loss", Case(x=NK, y=index_into("x", axis=1, shape="n")))
add("F.multilabel_margin_loss", Case(x=NK, y=index_into("x", axis=1, shape="n k")))
add("F.multilabel_soft_margin_loss", Case(x=NK, y=between(0, 1, "n k")))
add(
    "F.hinge_embedding_loss",
    Case(x=NK, y=NK),
    f=lambda x, y: functional.hinge_embedding_loss(x, y.detach().sign()),
)
add(
    "F.margin_ranking_loss",
    Case(x=K, y=K, margin=0.5),
    f=lambda x, y, margin: functional.margin_ranking_loss(x, y, torch.ones(1), margin=margin),
)
add(
    "F.cosine_embedding_loss",
    Case(x=NK, y=NK, margin=0.2),
    f=lambda x, y, margin: functional.cosine_embedding_loss(x, y, torch.ones(1), margin=margin),
)
add("F.triplet_margin_loss", Case(x=NK, y=NK, z=NK))
add(
    "F.ctc_loss",
    Case(x=real("5 2 4")),
    f=lambda x: functional.ctc_loss(x.log_softmax(-1), torch.tensor([[1, 2], [3, 1]]), (5, 5), (2, 2)),
)

# --- layers
add("F.linear", Case(x=NK, weight=real("m k"), bias=real("m")))
add("F.bilinear", Case(x=NK, y=real("n m"), weight=real("l k m"), bias=real("l")))
add("F.conv1d", Case(x=real("n c 7"), weight=real("o c 3"), bias=real("o"), stride=2, padding=1))
add("F.conv2d", Case(x=real("n c 5 6"), weight=real("o c 2 3"), bias=real("o"), padding=1, dilation=2))
add("F.conv3d", Case(x=real("n c 3 4 3"), weight=real("o c 2 2 2"), bias=real("o")))
add("F.conv_transpose1d", Case(x=real("n c 4"), weight=real("c o 3"), bias=real("o"), stride=2))
add("F.conv_transpose2d", Case(x=real("n c 3 4"), weight=real("c o 2 3"), bias=real("o")))
add("F.layer_norm", Case(x=real("n 4"), normalized_shape=(4,), weight=real("4"), bias=real("4")))
add("F.rms_norm", Case(x=real("n 4"), normalized_shape=(4,), weight=real("4")))
add(
    "F.group_norm",
    Case(x=real("n 4 l"), weight=real("4"), bias=real("4"), num_groups=2),
    f=lambda x, weight, bias, num_groups: functional.group_norm(x, num_groups, weight, bias),
)
add("F.instance_norm", Case(x=real("n c l")))
add(
    "F.batch_norm",
    Case(x=real("n c"), weight=real("c"), bias=real("c")),
    f=lambda x, weight, bias: functional.batch_norm(x, None, None, weight, bias, training=True),
)
add("F.local_response_norm", Case(x=real("n c l"), size=2))
for name in ["avg_pool1d", "max_pool1d"]:
    add(f"F.{name}", Case(x=real("n c 7"), kernel_size=3, stride=2, padding=1))
for name in ["avg_pool2d", "max_pool2d"]:
    add(f"F.{name}", Case(x=real("n c 5 6"), kernel_size=2, stride=2))
add("F.avg_pool3d", Case(x=real("n c 4 4 4"), kernel_size=2))
add("F.max_pool3d", Case(x=real("n c 4 4 4"), kernel_size=2))
add("F.lp_pool1d", Case(x=real("n c 6"), norm_type=2.0, kernel_size=2))
add("F.lp_pool2d", Case(x=positive("n c 4 6"), norm_type=3.0, kernel_size=2))
for name in ["adaptive_avg_pool1d", "adaptive_max_pool1d"]:
    add(f"F.{name}", Case(x=real("n c 7"), output_size=3))
for name in ["adaptive_avg_pool2d", "adaptive_max_pool2d"]:
    add(f"F.{name}", Case(x=real("n c 5 4"), output_size=(3, 2)))
add("F.embedding", Case(index=index_into("weight", axis=0, shape="n"), weight=real("m k")))
add(
    "F.embedding_bag",
    Case(index=index_into("weight", axis=0, shape="n 3"), weight=real("m k"), mode="mean"),
    Case(index=index_into("weight", axis=0, shape="n 3"), weight=real("m k"), mode="max"),
)
add("F.scaled_dot_product_attention", Case(q=real("b n k"), k=real("b m k"), v=real("b m l")))
add(
    "F.dropout", Case(x=NK, p=0.5), seeded=True, conventions={"depends-on-layout"}
)  # random numbers lie as memory does
add("F.gumbel_softmax", Case(x=NK), seeded=True)

# --- Fourier
for name in ["fft", "ifft", "rfft", "hfft", "ihfft"]:
    add(f"fft.{name}", Case(x=real("n 6")))
for name in ["fft2", "ifft2", "rfft2", "fftn", "ifftn", "rfftn"]:
    add(f"fft.{name}", Case(x=real("n 4 6")))
for name in ["fftshift", "ifftshift"]:
    add(f"fft.{name}", Case(x=NK))
add("fft.irfft", Case(x=real("n 6")), f=lambda x: torch.fft.irfft(x + 0j))
add(
    "stft",
    Case(x=real("n 16")),
    f=lambda x: torch.view_as_real(
        torch.stft(x, 8, return_complex=True, window=torch.ones(8, dtype=x.dtype))
    ),
)
