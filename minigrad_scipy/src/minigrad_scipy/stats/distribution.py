"""A distribution of SciPy whose methods also take tensors."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from importlib import import_module
from math import inf
from typing import Any

import numpy as np

from minigrad_core.errors import ArgumentError, NoOperationError
from minigrad_ops_basic.dtypes import detach

from ..mirror import has_tensor
from ..primitives import match_precision
from .continuous import Continuous
from .discrete import Discrete

METHODS = ("pdf", "logpdf", "pmf", "logpmf", "cdf", "logcdf", "sf", "logsf", "ppf", "isf")
_INVERSE = ("ppf", "isf")
_NUMBERS = (int, float)


class Distribution:
    """SciPy's distribution object: a method with a tensor among its arguments evaluates a formula.

    With plain arguments, and for all other attributes, this is SciPy's object itself.

    Examples
    --------
    >>> import minigrad_core as mg
    >>> from minigrad_scipy import stats
    >>> float(mg.grad(lambda loc: stats.norm.logpdf([1.0, 2.0], loc=loc, scale=2.0).sum())(0.0))
    0.75
    """

    def __init__(self, original: Any, formulas: Continuous) -> None:
        self.original, self.formulas = original, formulas

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Return the distribution with fixed parameters, tensors possibly among them."""
        if has_tensor((*args, *kwargs.values())):
            self._bind(0.0, args, kwargs)  # refuses wrong arguments now
            return FrozenDistribution(self, args, kwargs)
        return self.original(*args, **kwargs)

    def __getattr__(self, name: str) -> Any:
        if name == "original":  # copy and pickle look it up before the instance has attributes
            raise AttributeError(name)
        found = getattr(self.original, name)
        if name not in METHODS:
            return found

        def method(*args: Any, **kwargs: Any) -> Any:
            if has_tensor((*args, *kwargs.values())):
                return self._evaluate(name, *args, **kwargs)
            return found(*args, **kwargs)

        method.__name__, method.__doc__ = name, found.__doc__
        return method

    def __reduce__(self) -> Any:
        return find_distribution, (self.original.name,)

    def __repr__(self) -> str:
        return f"<distribution {self.original.name}>"

    def _bind(self, x: Any, args: Any, kwargs: dict[str, Any]) -> list[Any]:
        """Return x, the shapes, loc and scale.

        Raises
        ------
        ArgumentError
            Too many arguments, an unknown one, one that is given twice, or a missing shape.
        """
        shapes = self.formulas.shapes
        names = (*shapes, "loc") if self.formulas.discrete else (*shapes, "loc", "scale")
        where = f"stats.{self.original.name}({', '.join(names)})"
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

    def _evaluate(self, name: str, x: Any, *args: Any, **kwargs: Any) -> Any:
        (x, *shapes, loc, scale), dtype = widen(self._bind(x, args, kwargs))
        if isinstance(self.formulas, Discrete):
            parameters = dict(zip(self.formulas.shapes, shapes, strict=True))
            whole = {"k": x, "loc": loc, **{name: parameters[name] for name in self.formulas.whole}}
            refuse_gradients(f"stats.{self.original.name}.{name}", whole)
        with np.errstate(all="ignore"):
            valid = self.formulas.is_valid(*shapes) & (scale > 0)
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
        low, high = (resolve(end, shapes) for end in (self.formulas.low, self.formulas.high))
        if name in ("pdf", "pmf"):
            return np.exp(self._evaluate_standard(f"log{name}", z, shapes, scale))
        if name in ("logpdf", "logpmf"):
            inside = (z >= low) & (z <= high) if self.formulas.closed else (z > low) & (z < high)
            if self.formulas.discrete:
                inside = inside & (z == np.floor(z))
            value = self._evaluate_inside(name, z, inside & np.isfinite(z), shapes)
            return np.where(inside & np.isfinite(z), value - np.log(scale), -np.inf)
        below, above = LIMITS[name]
        if self.formulas.discrete:
            z, low = np.floor(z), low - 0.5  # the first count has a probability
        inside = (z > low) & (z < high)
        value = self._evaluate_inside(name, z, inside, shapes)
        outside = np.where(z < high, below, above).astype(value.dtype)
        return np.where(inside, value, outside)

    def _evaluate_inside(self, name: str, z: Any, inside: Any, shapes: list[Any]) -> Any:
        """Return the value of a formula, where points outside the support are replaced by one inside."""
        formulas = self.formulas
        inner: Any = formulas.low if isinstance(formulas, Discrete) else resolve(formulas.inner, shapes)
        return self._find(name)(np.where(inside, z, inner), *shapes)

    def _find(self, name: str) -> Any:
        """Return the formula of a method: its own, or the logarithm or exponential of another.

        Raises
        ------
        NoOperationError
            There is no formula.
        """
        formulas = self.formulas.formulas
        if name in formulas:
            return formulas[name]
        other = name.removeprefix("log") if name.startswith("log") else f"log{name}"
        if other in formulas:
            f = formulas[other]
            return lambda z, *shapes: (np.log if name.startswith("log") else np.exp)(f(z, *shapes))
        raise NoOperationError(
            f"stats.{self.original.name}.{name} has no formula for tensors; those with one are "
            f"{', '.join(formulas)}. For the values alone, pass arrays: x.numpy()"
        )

    def _invert(self, name: str, q: Any, shapes: list[Any]) -> Any:
        inside = (q >= 0) & (q <= 1)
        return np.where(inside, self._find(name)(np.where(inside, q, 0.5), *shapes), np.nan)


def refuse_gradients(where: str, whole: Mapping[str, Any]) -> None:
    """Raise ArgumentError if one of the whole numbers `whole`, given by name, requires a gradient."""
    for name, value in whole.items():
        if getattr(value, "requires_grad", False):
            raise ArgumentError(
                f"{where}: {name!r} is a whole number, and has no derivative; pass {name}.numpy()"
            )


def find_distribution(name: str) -> Any:
    """Return the distribution of a name, for pickle."""
    return getattr(import_module("minigrad_scipy.stats"), name)


class FrozenDistribution:
    """A distribution with fixed parameters, tensors among them: `stats.norm(loc=t).logpdf(x)`."""

    def __init__(self, distribution: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        self.dist, self.args, self.kwds = distribution, args, kwargs

    def __getattr__(self, name: str) -> Any:
        if name not in (*METHODS, "entropy") or "dist" not in self.__dict__:
            raise AttributeError(f"a frozen distribution with tensors has {', '.join(METHODS)}; not {name!r}")
        method = getattr(self.dist, name)
        return lambda *x: method(*x, *self.args, **self.kwds)


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
