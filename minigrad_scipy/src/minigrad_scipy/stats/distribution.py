"""A univariate distribution, from its formulas in standard form."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import inf
from typing import Any

import numpy as np

from minigrad_core.errors import ArgumentError
from minigrad_ops_basic.dtypes import detach

from ..precision import match_precision
from ..tensors import has_tensor
from .continuous import Continuous
from .discrete import Discrete
from .mirrored import MirroredDistribution

_INVERSE = ("ppf", "isf")
_NUMBERS = (int, float)


class Distribution(MirroredDistribution):
    """A distribution of numbers, with shapes, loc and scale. standard: that with loc = 0 and scale = 1."""

    def __init__(self, name: str, standard: Continuous) -> None:
        super().__init__(name, standard.formulas)
        self.standard = standard

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Return the distribution with fixed parameters, tensors possibly among them."""
        if has_tensor((*args, *kwargs.values())):
            self._bind(0.0, args, kwargs)  # refuses wrong arguments now
        return super().__call__(*args, **kwargs)

    def _bind(self, x: Any, args: Any, kwargs: dict[str, Any]) -> list[Any]:
        """Return x, the shapes, loc and scale.

        Raises
        ------
        ArgumentError
            Too many arguments, an unknown one, one that is given twice, or a missing shape.
        """
        shapes = self.standard.shapes
        names = (*shapes, "loc") if self.standard.discrete else (*shapes, "loc", "scale")
        where = f"stats.{self.name}({', '.join(names)})"
        if len(args) > len(names):
            raise ArgumentError(f"{where}: {len(args)} parameters were given")
        given = dict(zip(names, args, strict=False))
        for name, value in kwargs.items():
            if name in given or name not in names:
                raise ArgumentError(f"{where}: {name!r} is {'given twice' if name in given else 'unknown'}")
            given[name] = value
        if missing := [name for name in shapes if name not in given]:
            raise ArgumentError(f"{where}: {missing[0]!r} is missing")
        return [x, *(given[name] for name in shapes), given.get("loc", 0.0), given.get("scale", 1.0)]

    def evaluate(self, name: str, x: Any, *args: Any, **kwargs: Any) -> Any:
        """Return the value of a method for tensors; x may also be the count k, or the probability q."""
        (x, *shapes, loc, scale), dtype = widen(self._bind(x, args, kwargs))
        if isinstance(self.standard, Discrete):
            parameters = dict(zip(self.standard.shapes, shapes, strict=True))
            whole = {"k": x, "loc": loc, **{name: parameters[name] for name in self.standard.whole}}
            refuse_gradients(f"stats.{self.name}.{name}", whole)
        with np.errstate(all="ignore"):
            valid = self.standard.is_valid(*shapes) & (scale > 0)
            if name in _INVERSE:
                value = np.where(valid, self._invert(name, x, shapes) * scale + loc, np.nan)
                return match_precision(value, dtype)
            finite = np.isfinite(x)
            z = (np.where(finite, x, 0) - loc) / scale  # (inf - loc) / scale has the slope NaN in scale
            z = np.where(finite, z, detach(x))
            value = self._evaluate_standard(name, z, shapes, scale)
            is_defined = ~np.isnan((detach(x) - detach(loc)) / detach(scale))  # not at inf for a loc of NaN
            return match_precision(np.where(valid & is_defined, value, np.nan), dtype)

    def _evaluate_standard(self, name: str, z: Any, shapes: list[Any], scale: Any) -> Any:
        low, high = (resolve(end, shapes) for end in (self.standard.low, self.standard.high))
        if name in ("pdf", "pmf"):
            return np.exp(self._evaluate_standard(f"log{name}", z, shapes, scale))
        if name in ("logpdf", "logpmf"):
            inside = (z >= low) & (z <= high) if self.standard.closed else (z > low) & (z < high)
            if self.standard.discrete:
                inside = inside & (z == np.floor(z))
            value = self._evaluate_inside(name, z, inside & np.isfinite(z), shapes)
            return np.where(inside & np.isfinite(z), value - np.log(scale), -np.inf)
        below, above = LIMITS[name]
        if self.standard.discrete:
            z, low = np.floor(z), low - 0.5  # the first count has a probability
        inside = (z > low) & (z < high)
        value = self._evaluate_inside(name, z, inside, shapes)
        outside = np.where(z < high, below, above).astype(value.dtype)
        return np.where(inside, value, outside)

    def _evaluate_inside(self, name: str, z: Any, inside: Any, shapes: list[Any]) -> Any:
        """Return the value of a formula, where points outside the support are replaced by one inside."""
        standard = self.standard
        inner: Any = standard.low if isinstance(standard, Discrete) else resolve(standard.inner, shapes)
        return self.find_formula(name)(np.where(inside, z, inner), *shapes)

    def _invert(self, name: str, q: Any, shapes: list[Any]) -> Any:
        inside = (q >= 0) & (q <= 1)
        return np.where(inside, self.find_formula(name)(np.where(inside, q, 0.5), *shapes), np.nan)


def refuse_gradients(where: str, whole: Mapping[str, Any]) -> None:
    """Raise ArgumentError if one of the whole numbers `whole`, given by name, requires a gradient."""
    for name, value in whole.items():
        if getattr(value, "requires_grad", False):
            raise ArgumentError(
                f"{where}: {name!r} is a whole number, and has no derivative; pass {name}.numpy()"
            )


# The values of a method below and above the support.
LIMITS = {"cdf": (0.0, 1.0), "logcdf": (-inf, 0.0), "sf": (1.0, 0.0), "logsf": (0.0, -inf)}


def widen(values: Iterable[Any]) -> tuple[list[Any], Any]:
    """Return arrays and tensors in double precision, and the type of the result, that of the arrays.

    In single precision a probability underflows at a distance of 14 standard deviations, and its logarithm
    has no slope there. SciPy computes in double precision, too.
    """
    values = list(values)
    arrays: list[Any] = [x if hasattr(x, "dtype") else np.array(x) for x in values]
    dtypes = [x.dtype for x, value in zip(arrays, values, strict=True) if not isinstance(value, _NUMBERS)]
    dtype = np.result_type(*dtypes, 1.0) if dtypes else np.dtype(np.float64)
    return [match_precision(x, np.result_type(x.dtype, np.float64)) for x in arrays], dtype


def resolve(end: Any, shapes: list[Any]) -> Any:
    """Return an end of the support, which may be a function of the shapes."""
    return end(*shapes) if callable(end) else end
