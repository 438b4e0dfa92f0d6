"""Accusations that were looked at and are not on the page as findings, with the reason."""

from __future__ import annotations

LEFT_OUT = {
    "torch.special.bessel_j1": "as `bessel_j0` above",
    "torch.linalg.matrix_exp": "as `matrix_exp` above",
    "torch.nn.functional.adaptive_avg_pool1d": "as `adaptive_avg_pool2d` above",
    "torch.nn.functional.interpolate": "with mode='area' as `adaptive_avg_pool2d` above",
    "torch.segment_reduce": "not shown apart from the kit",
    "torch.linalg.eigvals": "float32 at 33 rows: eigenvalues that lie close, whose gradient is ill-conditioned",
    "torch.linalg.slogdet": "at singular matrices, where the logarithm is infinite",
    "torch.linalg.householder_product": "at vectors of size 30 and above, which no factorization gives",
    "torch.nn.functional.instance_norm": "float32 over two values that lie close: cancellation",
    "torch.fft.ifft": "at NaN and infinities, where no value is promised",
    "torch.fft.ihfft": "at NaN and infinities, where no value is promised",
    "jax.scipy.special.xlog1py": "as `xlogy` above",
    "jax.numpy.nanstd": "as `std` above",
    "jax.numpy.prod": "not shown apart from the kit",
    "jax.numpy.nanprod": "not shown apart from the kit",
    "jax.numpy.cov": "not shown apart from the kit",
    "jax.numpy.corrcoef": "a constant row, as in NumPy; the dtype was not shown apart from the kit",
    "jax.numpy.interp": "its points were float64 in the list",
}
