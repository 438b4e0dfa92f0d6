# ruff: noqa: E501 - a table
"""Expressions in NumPy's language, with the inputs that they take.

`make_references.py` evaluates them with `jax.numpy` for `np`, the tests with `numpy` on tensors: the same
text, two libraries. An input is a domain and a shape: "real 2 3", "positive 4", "unit", "nonzero 2 3".
"""

from __future__ import annotations

_UNARY = {
    "real 2 3": (
        "np.negative np.positive np.square np.exp np.exp2 np.expm1 np.sin np.cos np.sinh np.cosh np.tanh np.arcsinh np.arctan "
        "np.sinc np.deg2rad np.rad2deg np.absolute np.fabs np.cbrt np.nan_to_num np.ravel np.transpose np.flip np.fliplr np.flipud "
        "np.squeeze np.atleast_3d np.diff np.ediff1d np.sort np.cumsum np.cumprod np.sum np.mean np.var np.std np.prod np.max np.min "
        "np.ptp np.median np.nansum np.nanprod np.nanmean np.nanvar np.nanstd np.nanmax np.nanmin np.nanmedian "
        "np.linalg.norm np.tril np.triu np.diag np.diagflat np.trace np.diagonal np.cov np.corrcoef np.average "
        "np.rot90 np.real np.conjugate np.copy np.fft.fftshift np.fft.ifftshift np.linalg.pinv np.linalg.svdvals"
    ).replace("", ""),
    "positive 2 3": "np.sqrt np.log np.log2 np.log10 np.log1p np.reciprocal",
    "unit 2 3": "np.arcsin np.arccos np.arctanh np.tan",
}
_BINARY = {
    ("real 2 3", "real 3"): (
        "np.add np.subtract np.multiply np.maximum np.minimum np.fmax np.fmin np.logaddexp np.logaddexp2 np.hypot np.arctan2 np.copysign"
    ),
    ("real 2 3", "nonzero 2 1"): "np.divide np.remainder np.fmod",
    ("positive 2 3", "real 3"): "np.power np.float_power",
    ("real 2 3", "real 3 2"): "np.matmul np.dot np.vdot",
    ("real 2 3", "real 4 3"): "np.inner np.outer np.kron",
    ("real 2 3", "real 2 3"): "np.cross np.vecdot np.add.outer np.multiply.outer",
}
_OTHERS = [
    ("np.arccosh(1 + a)", "positive 2 3"),
    ("np.clip(a, -0.5, 0.5)", "real 2 3"),
    ("np.clip(a, b, c)", "real 2 3", "real 3", "real 2 1"),
    ("np.where(a > 0, a * b, np.sin(b))", "real 2 3", "real 3"),
    ("np.select([a > 1, a > 0], [a, b], 2.0)", "real 2 3", "real 2 3"),
    ("np.choose(np.array([0, 1, 1]), [a, b])", "real 2 3", "real 3"),
    ("np.sum(a, axis=(0, -1), keepdims=True)", "real 2 3 2"),
    ("np.sum(a, axis=1, where=np.array([True, False, True]), initial=2.0)", "real 2 3"),
    ("np.mean(a, axis=1, where=np.array([True, False, True]))", "real 2 3"),
    ("np.var(a, axis=0, ddof=1)", "real 3 2"),
    ("np.var(a, axis=1, where=np.array([True, False, True, True]))", "real 2 4"),
    ("np.std(a, axis=-1, ddof=1, keepdims=True)", "real 2 3"),
    ("np.std(a, axis=1, where=np.array([True, False, True, True]))", "real 2 4"),
    ("np.prod(a, axis=(0, 2))", "real 2 3 2"),
    ("np.prod(a, axis=1, where=np.array([True, False, True]))", "real 2 3"),
    ("np.max(a, axis=1, where=np.array([True, False, True]), initial=-9.0)", "real 2 3"),
    ("np.min(a, axis=(0, 2), keepdims=True)", "real 2 3 2"),
    ("np.ptp(a, axis=1)", "real 2 3"),
    ("np.add.reduce(a)", "real 2 3"),
    ("np.multiply.reduce(a, axis=1)", "real 2 3"),
    ("np.maximum.reduce(a)", "real 2 3"),
    ("np.minimum.reduce(a, axis=-1)", "real 2 3"),
    ("np.logaddexp.reduce(a)", "real 2 3"),
    ("np.add.accumulate(a)", "real 2 3"),
    ("np.multiply.accumulate(a, axis=1)", "real 2 3"),
    ("np.maximum.accumulate(a, axis=1)", "real 2 5"),
    ("np.minimum.accumulate(a)", "real 5"),
    ("np.logaddexp.accumulate(a, axis=1)", "real 2 4"),
    ("np.cumulative_sum(a, axis=1, include_initial=True)", "real 2 3"),
    ("np.cumulative_prod(a, axis=0, include_initial=True)", "real 3 2"),
    ("np.median(a, axis=1)", "real 2 4"),
    ("np.median(a, axis=(0, 2), keepdims=True)", "real 2 3 2"),
    ("np.quantile(a, np.array([0.2, 0.75]), axis=1)", "real 2 5"),
    ("np.percentile(a, 40.0, axis=0, method='midpoint')", "real 6 2"),
    ("np.nanquantile(a, 0.3)", "real 2 3"),
    ("np.average(a, weights=b, axis=1)", "real 2 3", "positive 3"),
    ("np.trapezoid(a, b)", "real 4", "positive 4"),
    ("np.trapezoid(a, dx=0.5, axis=0)", "real 4 2"),
    ("np.reshape(a, (3, -1), order='F')", "real 2 6"),
    ("np.moveaxis(a, (0, 1), (-1, 0))", "real 2 3 4"),
    ("np.swapaxes(a, 0, -1)", "real 2 3 4"),
    ("np.transpose(a, (2, 0, 1))", "real 2 3 4"),
    ("np.expand_dims(a, (0, -1))", "real 2 3"),
    ("np.broadcast_to(a, (2, 3, 4))", "real 3 1"),
    ("np.concatenate([a, b], axis=1)", "real 2 3", "real 2 1"),
    ("np.concatenate([a, b], axis=None)", "real 2 3", "real 2"),
    ("np.stack([a, b], axis=-1)", "real 2 3", "real 2 3"),
    ("np.vstack([a, b])", "real 3", "real 2 3"),
    ("np.hstack([a, b])", "real 2 3", "real 2 1"),
    ("np.dstack([a, b])", "real 2 3", "real 2 3"),
    ("np.column_stack([a, b])", "real 3", "real 3 2"),
    ("np.append(a, b, axis=0)", "real 2 3", "real 1 3"),
    ("np.array_split(a, 3, axis=0)[1] * np.split(a, [1, 3])[0]", "real 4 2"),
    ("np.tile(a, (2, 1, 2))", "real 2 3"),
    ("np.repeat(a, np.array([1, 0, 2]), axis=1)", "real 2 3"),
    ("np.roll(a, (1, -1), axis=(0, 1))", "real 2 3"),
    ("np.rot90(a, 3, axes=(1, 2))", "real 2 3 2"),
    ("np.resize(a, (4, 2))", "real 2 3"),
    ("np.delete(a, 1, axis=1)", "real 2 3"),
    *(
        (f"np.pad(a, ((1, 0), (2, 1)), mode='{mode}')", "real 3 4")
        for mode in (
            "constant",
            "edge",
            "reflect",
            "symmetric",
            "wrap",
            "linear_ramp",
            "maximum",
            "minimum",
            "mean",
        )
    ),
    ("np.pad(a, 2, mode='reflect', reflect_type='odd')", "real 4"),
    ("np.pad(a, (2, 1), mode='mean', stat_length=2)", "real 4"),
    ("a[1]", "real 3 4"),
    ("a[::-2, 1:]", "real 3 4"),
    ("a[np.array([0, 2, 0, -1])]", "real 3 4"),
    ("a[np.array([[0], [2]]), np.array([1, 1, 3])]", "real 3 4"),
    ("a[:, np.array([3, 3, 0])]", "real 3 4"),
    ("a[..., None, 1:3]", "real 3 4"),
    ("a[np.arange(12).reshape(3, 4) % 3 == 0]", "real 3 4"),
    ("np.take(a, np.array([[0, 2], [2, 2]]), axis=1)", "real 2 3"),
    ("np.take_along_axis(a, np.array([[0, 2, 2], [1, 1, 0]]), axis=1)", "real 2 3"),
    ("np.compress(np.array([True, False, True]), a, axis=1)", "real 2 3"),
    ("np.extract(np.array([[True, False, True], [False, True, False]]), a)", "real 2 3"),
    ("np.diff(a, n=2, axis=0)", "real 4 2"),
    ("np.diff(a, prepend=b, append=c)", "real 2 3", "real 2 1", "real 2 2"),
    ("np.gradient(a, 0.5)", "real 5"),
    ("np.gradient(a, axis=1)", "real 2 4"),
    ("np.interp(a, np.array([-1.0, -0.25, 0.5, 2.0]), b)", "real 5", "real 4"),
    *((f"np.convolve(a, b, mode='{mode}')", "real 5", "real 3") for mode in ("full", "same", "valid")),
    *((f"np.correlate(a, b, mode='{mode}')", "real 5", "real 3") for mode in ("full", "same", "valid")),
    ("np.convolve(a, b, mode='same')", "real 3", "real 4"),
    ("np.linspace(a, b, 4)", "real 2", "real 2"),
    ("np.tensordot(a, b, axes=([0, 2], [2, 0]))", "real 2 3 4", "real 4 5 2"),
    ("np.tensordot(a, b, axes=1)", "real 2 3", "real 3 2"),
    ("np.einsum('ij,jk->ik', a, b)", "real 2 3", "real 3 4"),
    ("np.einsum('ii->i', a)", "real 3 3"),
    ("np.einsum('...ij,...jk', a, b)", "real 2 2 3", "real 3 2"),
    ("np.einsum('ijj,i->j', a, b)", "real 2 3 3", "real 2"),
    ("np.einsum('i,j,k->', a, b, c)", "real 2", "real 3", "real 2"),
    ("a @ b", "real 3", "real 2 3 4"),
    ("a @ b", "real 2 1 2 3", "real 4 3 2"),
    ("a @ b", "real 2 2 3", "real 3"),
    ("np.dot(a, b)", "real 2 3", "real 2 3 4"),
    ("np.linalg.inv(a @ a.T + 2 * np.eye(3))", "real 3 3"),
    ("np.linalg.det(a)", "real 3 3"),
    ("np.linalg.slogdet(a)[1]", "real 2 3 3"),
    ("np.linalg.solve(a @ a.T + 2 * np.eye(3), b)", "real 3 3", "real 3"),
    ("np.linalg.solve(a, b)", "real 2 2 2", "real 2 2 3"),
    ("np.linalg.cholesky(a @ a.T + 2 * np.eye(3))", "real 3 3"),
    ("np.linalg.eigh(a @ a.T)[0]", "real 3 3"),
    ("np.linalg.eigh(a @ a.T)[1] ** 2", "real 3 3"),
    ("np.linalg.eigvalsh(a + a.T)", "real 3 3"),
    ("np.linalg.svd(a, compute_uv=False)", "real 2 3"),
    ("np.linalg.svd(a, full_matrices=False)[0] ** 2", "real 3 2"),
    ("np.linalg.svd(a, full_matrices=False)[2] ** 2", "real 2 2"),
    ("np.linalg.qr(a)[0]", "real 4 2"),
    ("np.linalg.qr(a)[1]", "real 3 3"),
    ("np.linalg.pinv(a)", "real 4 2"),
    ("np.linalg.matrix_power(a, 3)", "real 3 3"),
    ("np.linalg.matrix_power(a, -2)", "real 2 2"),
    *((f"np.linalg.norm(a, ord={order}, axis=1)", "real 2 3") for order in ("1", "np.inf", "-np.inf", "3")),
    *(
        (f"np.linalg.norm(a, ord={order})", "real 2 3")
        for order in ("1", "-1", "np.inf", "'fro'", "'nuc'", "2", "-2")
    ),
    ("np.linalg.vector_norm(a, axis=(0, 1), keepdims=True)", "real 2 3"),
    ("np.cross(a, b, axisa=0, axisc=0)", "real 3 2", "real 2 3"),
    ("np.trace(a, offset=1, axis1=2, axis2=0)", "real 2 3 4"),
    ("np.diag(a, k=-1)", "real 2"),
    ("np.full_like(a, b)", "real 2 3", "real"),
]

PROGRAMS: list[tuple[str, ...]] = [
    *((f"{name}(a)", domain) for domain, names in _UNARY.items() for name in names.split()),
    *((f"{name}(a, b)", *domains) for domains, names in _BINARY.items() for name in names.split()),
    *_OTHERS,
]
