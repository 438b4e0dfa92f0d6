"""SciPy's distribution objects, whose methods also take tensors."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from importlib import import_module
from typing import Any

import numpy as np

from minigrad_core.errors import NoOperationError

from ..tensors import has_tensor

METHODS = ("pdf", "logpdf", "pmf", "logpmf", "cdf", "logcdf", "sf", "logsf", "ppf", "isf")


class MirroredDistribution:
    """SciPy's distribution object: a method with a tensor among its arguments evaluates a formula.

    With plain arguments, and for all other attributes, this is SciPy's object itself.
    formulas: by the names of methods. The formula of `logpdf` also gives `pdf`, and likewise.

    Examples
    --------
    >>> import minigrad_core as mg
    >>> from minigrad_scipy import stats
    >>> float(mg.grad(lambda loc: stats.norm.logpdf([1.0, 2.0], loc=loc, scale=2.0).sum())(0.0))
    0.75
    """

    def __init__(self, name: str, formulas: Mapping[str, Callable[..., Any]]) -> None:
        self.original = getattr(import_module("scipy.stats"), name)
        self.name, self.formulas = name, formulas

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Return the distribution with fixed parameters, tensors possibly among them."""
        if has_tensor((*args, *kwargs.values())):
            return FrozenDistribution(self, args, kwargs)
        return self.original(*args, **kwargs)

    def __getattr__(self, name: str) -> Any:
        if name == "original":  # copy and pickle look it up before the instance has attributes
            raise AttributeError(name)
        found = getattr(self.original, name)
        if name not in METHODS and name not in self.formulas:
            return found

        @wraps(found)
        def method(*args: Any, **kwargs: Any) -> Any:
            if has_tensor((*args, *kwargs.values())):
                return self.evaluate(name, *args, **kwargs)
            return found(*args, **kwargs)

        return method

    def evaluate(self, name: str, *args: Any, **kwargs: Any) -> Any:
        """Return the value of a method for tensors."""
        return self.find_formula(name)(*args, **kwargs)

    def find_formula(self, name: str) -> Callable[..., Any]:
        """Return the formula of a method: its own, or the logarithm or exponential of another.

        Raises
        ------
        NoOperationError
            There is no formula.
        """
        if name in self.formulas:
            return self.formulas[name]
        is_logarithm = name.startswith("log")
        other = self.formulas.get(name.removeprefix("log") if is_logarithm else f"log{name}")
        if other is None:
            raise NoOperationError(
                f"stats.{self.name}.{name} has no formula for tensors; those with one are "
                f"{', '.join(self.formulas)}. For the values alone, pass arrays: x.numpy()"
            )
        return lambda *args, **kwargs: (np.log if is_logarithm else np.exp)(other(*args, **kwargs))

    def __reduce__(self) -> Any:
        return find_distribution, (self.name,)

    def __repr__(self) -> str:
        return f"<distribution {self.name}>"


def find_distribution(name: str) -> Any:
    """Return the distribution of a name, for pickle."""
    return getattr(import_module("minigrad_scipy.stats"), name)


class FrozenDistribution:
    """A distribution with fixed parameters, tensors among them: `stats.norm(loc=t).logpdf(x)`."""

    def __init__(
        self, distribution: MirroredDistribution, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> None:
        self.dist, self.args, self.kwds = distribution, args, kwargs

    def __getattr__(self, name: str) -> Any:
        if name not in (*METHODS, "entropy") or "dist" not in self.__dict__:
            raise AttributeError(f"a frozen distribution with tensors has {', '.join(METHODS)}; not {name!r}")
        method = getattr(self.dist, name)
        return lambda *x: method(*x, *self.args, **self.kwds)
