"""JAX's primitives as functions of NumPy; XLA takes at least 30 ms to compile a primitive for one shape."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from scipy import special

from .jaxpr_indexing import dynamic_slice, dynamic_update_slice, gather, scatter

Primitive = Callable[..., Any]


def _div(x: Any, y: Any) -> Any:
    return np.trunc(np.true_divide(x, y)).astype(x.dtype) if x.dtype.kind in "iu" else np.divide(x, y)


def _logistic(x: Any, **_: Any) -> Any:
    return special.expit(x) if x.dtype.kind == "f" else 1 / (1 + np.exp(-x))


def _convert(x: Any, *, new_dtype: Any, **_: Any) -> Any:
    kind = np.dtype(new_dtype).kind
    return (np.real(x) if x.dtype.kind == "c" and kind != "c" else x).astype(new_dtype)


def _select(which: Any, *cases: Any) -> Any:
    return np.where(which, cases[1], cases[0]) if which.dtype == bool else np.choose(which, cases)


def _broadcast(x: Any, *, shape: Any, broadcast_dimensions: Any, **_: Any) -> Any:
    inner = [1] * len(shape)
    for size, axis in zip(x.shape, broadcast_dimensions, strict=True):
        inner[axis] = size
    return np.broadcast_to(x.reshape(inner), shape)


def _dot(x: Any, y: Any, *, dimension_numbers: Any, preferred_element_type: Any = None, **_: Any) -> Any:
    (contract_x, contract_y), (batch_x, batch_y) = dimension_numbers
    of_x = list(range(x.ndim))
    of_y = list(range(x.ndim, x.ndim + y.ndim))
    for a, b in zip((*contract_x, *batch_x), (*contract_y, *batch_y), strict=True):
        of_y[b] = of_x[a]
    out = [of_x[a] for a in batch_x]
    out += [letter for a, letter in enumerate(of_x) if a not in (*contract_x, *batch_x)]
    out += [letter for b, letter in enumerate(of_y) if b not in (*contract_y, *batch_y)]
    result = np.asarray(np.einsum(x, of_x, y, of_y, out))
    return result if preferred_element_type is None else result.astype(preferred_element_type)


def _pad(x: Any, value: Any, *, padding_config: Any) -> Any:
    """Return `x` with values between its elements and around them; a negative width at an end crops."""
    low, high, inner = np.reshape(padding_config, (-1, 3)).T.astype(int)
    sizes = np.array(x.shape, int)
    spaced = np.full(tuple(sizes + np.maximum(sizes - 1, 0) * inner), value, x.dtype)
    spaced[tuple(slice(None, None, step + 1) for step in inner)] = x
    first, last = np.maximum(low, 0), np.maximum(high, 0)
    out = np.full(tuple(first + spaced.shape + last), value, x.dtype)
    out[tuple(map(slice, first, first + spaced.shape))] = spaced
    return out[tuple(map(slice, np.maximum(-low, 0), out.shape - np.maximum(-high, 0)))]


def _sort(*operands: Any, dimension: int, num_keys: int, **_: Any) -> list[Any]:
    order = np.lexsort(operands[:num_keys][::-1], axis=dimension)
    return [np.take_along_axis(x, order, dimension) for x in operands]


def _round(x: Any, *, rounding_method: Any) -> Any:
    return np.rint(x) if int(rounding_method) == 1 else np.trunc(x + np.copysign(0.5, x))


def _cumulative(ufunc: Any) -> Primitive:
    def run(x: Any, *, axis: int, reverse: bool) -> Any:
        ordered = np.flip(x, axis) if reverse else x
        result = ufunc.accumulate(ordered, axis=axis, dtype=x.dtype)
        return np.flip(result, axis) if reverse else result

    return run


def _reduce(function: Any) -> Primitive:
    return lambda x, *, axes, **_: np.asarray(function(x, axis=tuple(axes), dtype=x.dtype))


def _reduce_to_extreme(function: Any, least: Any) -> Primitive:
    def run(x: Any, *, axes: Any, **_: Any) -> Any:
        start = least(x.dtype) if x.dtype != bool else least(np.dtype(np.int8)) > 0
        return np.asarray(function(x, axis=tuple(axes), initial=start))

    return run


def _lowest(dtype: Any) -> Any:
    return -np.inf if dtype.kind == "f" else np.iinfo(dtype).min


def _highest(dtype: Any) -> Any:
    return np.inf if dtype.kind == "f" else np.iinfo(dtype).max


def _find_extreme(function: Any) -> Primitive:
    return lambda x, *, axes, index_dtype, **_: np.asarray(function(x, axis=axes[0])).astype(index_dtype)


def _iota(*, dtype: Any, shape: Any, dimension: int, **_: Any) -> Any:
    inner = [1] * len(shape)
    inner[dimension] = shape[dimension]
    return np.broadcast_to(np.arange(shape[dimension], dtype=dtype).reshape(inner), shape)


def _identity(x: Any, *_: Any, **__: Any) -> Any:
    return x


def _drop_parameters(function: Any) -> Primitive:
    return lambda *arrays, **_: function(*arrays)


def _reshape(x: Any, *, new_sizes: Any, dimensions: Any, **_: Any) -> Any:
    return (x if dimensions is None else x.transpose(dimensions)).reshape(new_sizes)


_FUNCTIONS: dict[str, Any] = {
    **{n: getattr(np, n) for n in ["exp", "exp2", "expm1", "log", "log1p", "sqrt", "cbrt", "floor", "ceil"]},
    **{n: getattr(np, n) for n in ["sin", "cos", "tan", "sinh", "cosh", "tanh"]},
    **{n: getattr(np, f"arc{n[1:]}") for n in ["asin", "acos", "atan", "asinh", "acosh", "atanh"]},
    "add": np.add,
    "sub": np.subtract,
    "mul": np.multiply,
    "pow": np.power,
    "rem": np.fmod,
    "neg": np.negative,
    "sign": np.sign,
    "abs": np.abs,
    "max": np.maximum,
    "min": np.minimum,
    "atan2": np.arctan2,
    "add_any": np.add,
    "eq": np.equal,
    "ne": np.not_equal,
    "lt": np.less,
    "le": np.less_equal,
    "gt": np.greater,
    "ge": np.greater_equal,
    "and": np.bitwise_and,
    "or": np.bitwise_or,
    "xor": np.bitwise_xor,
    "not": np.bitwise_not,
    "nextafter": np.nextafter,
    "real": np.real,
    "imag": np.imag,
    "is_finite": np.isfinite,
    "square": np.square,
    "div": _div,
    "erf": special.erf,
    "erfc": special.erfc,
    "erf_inv": special.erfinv,
    "lgamma": special.gammaln,
    "digamma": special.digamma,
    "igamma": special.gammainc,
    "igammac": special.gammaincc,
    "zeta": special.zeta,
    "bessel_i0e": special.i0e,
    "bessel_i1e": special.i1e,
    "regularized_incomplete_beta": special.betainc,
    "rsqrt": lambda x: 1 / np.sqrt(x),
    "complex": lambda x, y: x + 1j * y,
    "select_n": _select,
    "clamp": lambda low, x, high: np.minimum(np.maximum(x, low), high),
}
PRIMITIVES: dict[str, Primitive] = {
    **{name: _drop_parameters(function) for name, function in _FUNCTIONS.items()},
    **dict.fromkeys(("copy", "copy_p", "device_put", "sharding_constraint", "reduce_precision"), _identity),
    "conj": lambda x, **_: np.conj(x),
    "integer_pow": lambda x, *, y: x**y if y >= 0 else 1 / x**-y,
    "logistic": _logistic,
    "convert_element_type": _convert,
    "broadcast_in_dim": _broadcast,
    "reshape": _reshape,
    "squeeze": lambda x, *, dimensions: np.squeeze(x, tuple(dimensions)),
    "expand_dims": lambda x, *, dimensions: np.expand_dims(x, tuple(dimensions)),
    "transpose": lambda x, *, permutation: np.transpose(x, permutation),
    "rev": lambda x, *, dimensions: np.flip(x, tuple(dimensions)),
    "concatenate": lambda *xs, dimension: np.concatenate(xs, dimension),
    "split": lambda x, *, sizes, axis: np.split(x, np.cumsum(sizes)[:-1], axis),
    "slice": lambda x, *, start_indices, limit_indices, strides: x[
        tuple(map(slice, start_indices, limit_indices, strides or (1,) * x.ndim))
    ],
    "dot_general": _dot,
    "pad": _pad,
    "sort": _sort,
    "round": _round,
    "iota": _iota,
    "reduce_sum": _reduce(np.sum),
    "reduce_prod": _reduce(np.prod),
    "reduce_and": lambda x, *, axes, **_: np.asarray(np.all(x, axis=tuple(axes))),
    "reduce_or": lambda x, *, axes, **_: np.asarray(np.any(x, axis=tuple(axes))),
    "reduce_max": _reduce_to_extreme(np.max, _lowest),
    "reduce_min": _reduce_to_extreme(np.min, _highest),
    "argmax": _find_extreme(np.argmax),
    "argmin": _find_extreme(np.argmin),
    "cumsum": _cumulative(np.add),
    "cumprod": _cumulative(np.multiply),
    "cummax": _cumulative(np.maximum),
    "cummin": _cumulative(np.minimum),
    "cumlogsumexp": _cumulative(np.logaddexp),
    "gather": gather,
    "scatter": scatter(None),
    "scatter-add": scatter(np.add),
    "scatter_add": scatter(np.add),
    "scatter-mul": scatter(np.multiply),
    "scatter_mul": scatter(np.multiply),
    "dynamic_slice": dynamic_slice,
    "dynamic_update_slice": dynamic_update_slice,
}
