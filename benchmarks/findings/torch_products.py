"""Products, linear algebra and Fourier transforms of PyTorch."""

from __future__ import annotations

from typing import Any

import torch

from minigrad_core.cases import (
    Case,
    dominant,
    real,
)

from .torch_list import NK, K, add

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
