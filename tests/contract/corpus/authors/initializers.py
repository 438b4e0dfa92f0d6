"""Initializers."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from minigrad_core.contracts.initializer import fans

from ..entry import wrong_initializer


class LecunNormal:
    """Normal of standard deviation sqrt(1 / fan_in) (LeCun et al. 1998)."""

    name = "lecun_normal"

    def __call__(self, shape: Any, *, rng: Any, dtype: Any = np.float32) -> Any:
        return (rng.standard_normal(shape) * self.std(*fans(shape))).astype(dtype)

    def std(self, fan_in: Any, fan_out: Any) -> Any:
        return math.sqrt(1 / max(fan_in, 1))


@wrong_initializer(twin=LecunNormal, cause=r"fans of 160")
class LecunConv(LecunNormal):
    # shape[0] as fan_in for convolutions too
    def __call__(self, shape: Any, *, rng: Any, dtype: Any = np.float32) -> Any:
        n = shape[0] if len(shape) else 1
        if len(shape) == 1:
            n = math.prod(shape)
        return (rng.standard_normal(shape) * self.std(n, n)).astype(dtype)


@wrong_initializer(twin=LecunNormal, cause=r"fans of 25|receptive field")
class LecunField(LecunNormal):
    # receptive field ignored
    def __call__(self, shape: Any, *, rng: Any, dtype: Any = np.float32) -> Any:
        f = fans(shape)[0] if len(shape) <= 2 else shape[1]
        return (rng.standard_normal(shape) * self.std(f, f)).astype(dtype)


@wrong_initializer(twin=LecunNormal, cause=r"deviation")
class LecunSlightly(LecunNormal):
    # 5 % off
    def __call__(self, shape: Any, *, rng: Any, dtype: Any = np.float32) -> Any:
        return (rng.standard_normal(shape) * 1.05 * self.std(*fans(shape))).astype(dtype)


@wrong_initializer(twin=LecunNormal, cause=r"one sign")
class LecunAbs(LecunNormal):
    # positive only: abs
    def __call__(self, shape: Any, *, rng: Any, dtype: Any = np.float32) -> Any:
        return np.abs(super().__call__(shape, rng=rng, dtype=dtype))


@wrong_initializer(twin=LecunNormal, cause=r"same")
class LecunCopy(LecunNormal):
    # spawned child generator: state not moved (successive draws equal)
    def __call__(self, shape: Any, *, rng: Any, dtype: Any = np.float32) -> Any:
        import copy

        return super().__call__(shape, rng=copy.deepcopy(rng), dtype=dtype)


@wrong_initializer(twin=LecunNormal, cause=r"float")
class LecunZeroD(LecunNormal):
    # 0-d fails / returns a float
    def __call__(self, shape: Any, *, rng: Any, dtype: Any = np.float32) -> Any:
        if not shape:
            return float(rng.standard_normal())
        return super().__call__(shape, rng=rng, dtype=dtype)


@wrong_initializer(twin=LecunNormal, cause=r"ZeroDivision")
class LecunEmpty(LecunNormal):
    # empty shape divides by zero
    def __call__(self, shape: Any, *, rng: Any, dtype: Any = np.float32) -> Any:
        return (rng.standard_normal(shape) * math.sqrt(1 / fans(shape)[0])).astype(dtype)


@wrong_initializer(twin=LecunNormal, cause=r"axis 0")
class LecunRepeated(LecunNormal):
    # one row drawn and repeated
    def __call__(self, shape: Any, *, rng: Any, dtype: Any = np.float32) -> Any:
        if len(shape) < 2 or not shape[0]:
            return super().__call__(shape, rng=rng, dtype=dtype)
        row = rng.standard_normal(shape[1:]) * self.std(*fans(shape))
        return np.repeat(row[None], shape[0], axis=0).astype(dtype)


@wrong_initializer(twin=LecunNormal, cause=r"written")
class LecunReadOnly(LecunNormal):
    # a read-only view
    def __call__(self, shape: Any, *, rng: Any, dtype: Any = np.float32) -> Any:
        a = super().__call__(shape, rng=rng, dtype=dtype)
        a.setflags(write=False)
        return a


class HeUniform:
    """Uniform in +- sqrt(6 / fan_in) (He et al. 2015)."""

    name = "he_uniform"

    def __call__(self, shape: Any, *, rng: Any, dtype: Any = np.float32) -> Any:
        a = math.sqrt(3) * self.std(*fans(shape))
        return rng.uniform(-a, a, shape).astype(dtype) if shape else np.asarray(rng.uniform(-a, a), dtype)

    def std(self, fan_in: Any, fan_out: Any) -> Any:
        return math.sqrt(2 / max(fan_in, 1))


@wrong_initializer(twin=HeUniform, cause=r"mean")
class HeUniformHalf(HeUniform):
    # uniform(0, a): not centred
    def __call__(self, shape: Any, *, rng: Any, dtype: Any = np.float32) -> Any:
        a = math.sqrt(3) * self.std(*fans(shape))
        return np.asarray(rng.uniform(0, 2 * a, shape)).astype(dtype)


@wrong_initializer(twin=HeUniform, cause=r"swapped")
class HeUniformClaim(HeUniform):
    # claim says fan_out
    def __call__(self, shape: Any, *, rng: Any, dtype: Any = np.float32) -> Any:
        a = math.sqrt(6 / max(fans(shape)[0], 1))
        return np.asarray(rng.uniform(-a, a, shape)).astype(dtype)

    def std(self, fan_in: Any, fan_out: Any) -> Any:
        return math.sqrt(2 / max(fan_out, 1))


class TruncatedNormal:
    """Normal of std 0.02, values beyond two of them drawn again; the claim is 0.02 times 0.8796."""

    name = "truncated"

    def __call__(self, shape: Any, *, rng: Any, dtype: Any = np.float32, scale: Any = 0.02) -> Any:
        a = np.asarray(rng.standard_normal(shape))
        while (bad := np.abs(a) > 2).any():
            a = np.where(bad, rng.standard_normal(a.shape), a)
        return (a * scale).astype(dtype)

    def std(self, fan_in: Any, fan_out: Any) -> Any:
        return 0.02 * 0.87962566


@wrong_initializer(twin=TruncatedNormal, cause=r"deviation")
class TruncatedClipped(TruncatedNormal):
    # clipped instead of redrawn
    def __call__(self, shape: Any, *, rng: Any, dtype: Any = np.float32, scale: Any = 0.02) -> Any:
        return (np.clip(np.asarray(rng.standard_normal(shape)), -2, 2) * scale).astype(dtype)


class Orthogonal:
    """Orthonormal rows or columns (Saxe et al. 2014), of matrices; std 1 / sqrt(max(fans)) for them."""

    name = "my_orthogonal"

    def __call__(self, shape: Any, *, rng: Any, dtype: Any = np.float32) -> Any:
        if len(shape) < 2 or 0 in shape:
            return np.asarray(rng.standard_normal(shape)).astype(dtype)
        rows, cols = shape[0], math.prod(shape[1:])
        q, r = np.linalg.qr(rng.standard_normal((max(rows, cols), min(rows, cols))))
        q = q * np.sign(np.diagonal(r))
        return np.ascontiguousarray((q if rows >= cols else q.T).reshape(shape)).astype(dtype)

    def std(self, fan_in: Any, fan_out: Any) -> Any:
        return None


@wrong_initializer(twin=Orthogonal, cause=r"rng|global")
class OrthogonalGlobal(Orthogonal):
    # rng.shuffle... : state consumed from global by np.random.permutation
    def __call__(self, shape: Any, *, rng: Any, dtype: Any = np.float32) -> Any:
        a = super().__call__(shape, rng=rng, dtype=dtype)
        return a[np.random.permutation(len(a))] if a.ndim > 1 else a  # noqa: NPY002 - the fault


@wrong_initializer(twin=Orthogonal, cause=r"\(12, 3\)")
class OrthogonalWideTurned(Orthogonal):
    # wrong shape for wide matrices
    def __call__(self, shape: Any, *, rng: Any, dtype: Any = np.float32) -> Any:
        if len(shape) == 2 and shape[0] < shape[1]:
            return super().__call__(shape[::-1], rng=rng, dtype=dtype)
        return super().__call__(shape, rng=rng, dtype=dtype)


class Sparse:
    """Each value zero with probability 0.9, else normal of std 0.1; the claim is 0.1 sqrt(0.1)."""

    name = "sparse"

    def __call__(self, shape: Any, *, rng: Any, dtype: Any = np.float32, density: Any = 0.1) -> Any:
        on = rng.random(shape) < density
        return np.asarray(rng.standard_normal(shape) * 0.1 * on).astype(dtype)

    def std(self, fan_in: Any, fan_out: Any) -> Any:
        return 0.1 * math.sqrt(0.1)


@wrong_initializer(twin=Sparse, cause=r"90%")
class SparseClaim(Sparse):
    # claim forgets the density
    def std(self, fan_in: Any, fan_out: Any) -> Any:
        return 0.1


class IdentityLike:
    """The identity (eye) for matrices, zeros elsewhere; no claim."""

    name = "identity_like"

    def __call__(self, shape: Any, *, rng: Any, dtype: Any = np.float32) -> Any:
        return np.eye(*shape, dtype=dtype) if len(shape) == 2 else np.zeros(shape, dtype)

    def std(self, fan_in: Any, fan_out: Any) -> Any:
        return None


@wrong_initializer(twin=IdentityLike, cause=r"shape")
class IdentitySquare(IdentityLike):
    # square only: eye(shape[0])
    def __call__(self, shape: Any, *, rng: Any, dtype: Any = np.float32) -> Any:
        return np.eye(shape[0], dtype=dtype) if len(shape) == 2 else np.zeros(shape, dtype)
