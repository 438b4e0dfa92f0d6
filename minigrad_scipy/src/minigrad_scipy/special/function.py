"""Operations made of a ufunc of `scipy.special` and the rule of its derivatives.

The rule is a function with a decorator, which makes an operation of it::

    @define(special.gammainc, Case(a=positive("..."), x=positive("...")))
    def gammainc(a, x):
        return lambda: shape_slope(a, x), lambda: density(a, x)

    @define(special.jv, Case(x=real("..."), v=2), takes_complex=True)
    def jv(x, *, v):
        return (special.jv(v - 1, x) - special.jv(v + 1, x)) / 2

A rule takes its arguments in double precision, and calls NumPy and SciPy's ufuncs, which have rules as well.
So derivatives of any order follow. With `SCIPY_ARRAY_API=1` the names of `scipy.special` are wrappers, which
do not take an array together with a tensor: the rules call the ufuncs of `scipy.special._ufuncs`.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial, reduce
from typing import Any

import numpy as np

from minigrad_core import Array, Context, Operation
from minigrad_core.cases import Case
from minigrad_core.errors import ArgumentError
from minigrad_ops_basic.dtypes import detach
from minigrad_ops_basic.nan_safe import is_finite, multiply_no_nan

from .precision import as_double, as_setting, call_ufunc

_PARAMETER = inspect.Parameter


class SpecialFunction(Operation):
    """A ufunc, `inputs` (the arguments with a derivative), `settings` (those without) and `rule`.

    The positional parameters of a rule are the inputs. Its keyword-only parameters are the settings, and `y`,
    which is the result of the ufunc. The rule returns the derivative in its only input, or a tuple with a
    function for each input, which computes the derivative if it is needed. A derivative of a ufunc with
    several outputs is a tuple with one array for each.
    """

    broadcasts = True
    ufunc: np.ufunc
    rule: Callable[..., Any]
    inputs: tuple[str, ...]
    settings: tuple[str, ...]
    order: tuple[str, ...]
    takes_y: bool
    in_double: bool

    def forward(self, ctx: Context, x: Array, *others: Any, **settings: Any) -> Any:
        inputs = x, *others
        if len(inputs) != len(self.inputs) or settings.keys() != set(self.settings):
            raise TypeError("the arguments are not those of the signature")  # `apply` says which one
        y = call_ufunc(self.ufunc, self.list_arguments(inputs, settings), in_double=self.in_double)
        ctx.save(y, *inputs, *(settings[name] for name in self.settings))
        return y

    def backward(self, ctx: Context, *grads: Array) -> tuple[Array | None, ...]:
        y, *values = ctx.saved
        count = len(self.inputs)
        inputs = [as_double(x) for x in values[:count]]
        settings = dict(zip(self.settings, map(as_setting, values[count:]), strict=True))
        ys = y if isinstance(y, tuple) else (y,)
        if self.takes_y:
            if any(part.dtype.char in "fF" for part in ys):  # a rule may subtract terms that nearly cancel
                y = self.ufunc(*self.list_arguments(inputs, settings))
            settings["y"] = y
        with np.errstate(all="ignore"):  # SciPy's ufuncs raise no warnings either
            slopes = self.rule(*inputs, **settings)
            functions = slopes if count > 1 else (lambda: slopes,)
            return tuple(
                _sum_products(grads, ys, slope(), x) if needed else None
                for slope, x, needed in zip(functions, values, ctx.needs, strict=False)
            )

    def list_arguments(self, inputs: Sequence[Any], settings: Mapping[str, Any]) -> list[Any]:
        """Return the arguments in the order of the ufunc."""
        arguments = {**dict(zip(self.inputs, inputs, strict=True)), **settings}
        return [arguments[name] for name in self.order]

    def split_arguments(self, *args: Any) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """Return the arguments of the ufunc as inputs and settings.

        Raises
        ------
        ArgumentError
            An argument without a derivative is a tensor that requires a gradient.
        """
        where = f"scipy.special.{self.ufunc.__name__}"
        if len(args) != len(self.order):
            raise ArgumentError(f"{where} takes {len(self.order)} arguments, got {len(args)}")
        arguments = dict(zip(self.order, args, strict=True))
        for name in self.settings:
            if getattr(arguments[name], "requires_grad", False):
                known = " and ".join(map(repr, self.inputs))
                raise ArgumentError(
                    f"{where} has a derivative in {known}, and none in {name!r}, which requires a gradient: "
                    f"pass {name}.numpy() to hold {name!r} fixed"
                )
        settings = {name: arguments.pop(name) for name in self.settings}
        return tuple(arguments[name] for name in self.inputs), settings

    def evaluate(self, *inputs: Any, **settings: Any) -> Any:
        """Return the value of the ufunc for inputs and settings."""
        arguments = self.list_arguments(inputs, settings)
        # SciPy's loop of pro_ang1 for float32 never ends.
        return self.ufunc(*(map(as_double, arguments) if self.in_double else arguments))

    def __reduce__(self) -> str:
        """Return the name in its module: the class has none."""
        return self.rule.__name__


def define(
    ufunc: np.ufunc,
    *cases: Case,
    order: str = "",
    takes_complex: bool = False,
    once_differentiable: bool | str = False,
    in_double: bool = False,
) -> Callable[[Callable[..., Any]], SpecialFunction]:
    """Return a decorator that makes an operation of a rule, with the name and the docstring of the rule.

    order: the names of the arguments of the ufunc, if they are not the settings followed by the inputs.
    in_double: whether to call the ufunc in double precision, because its loop for float32 is wrong.
    """

    def make(rule: Callable[..., Any]) -> SpecialFunction:
        parameters = inspect.signature(rule).parameters.values()
        inputs = tuple(p.name for p in parameters if p.kind is not p.KEYWORD_ONLY)
        keywords = tuple(p.name for p in parameters if p.kind is p.KEYWORD_ONLY)
        settings = tuple(name for name in keywords if name != "y")
        names = tuple(order.split()) or settings + inputs
        attributes = {
            "__doc__": rule.__doc__, "__module__": rule.__module__, "name": rule.__name__,
            "ufunc": staticmethod(ufunc),  # with SCIPY_ARRAY_API=1 it is a plain function
            "takes_y": "y" in keywords, "in_double": in_double, "takes_complex": takes_complex,
            "once_differentiable": once_differentiable,
            "implements": (ufunc,), "inputs": inputs, "settings": settings, "order": names, "cases": cases,
            "rule": staticmethod(rule), "forward": _sign(SpecialFunction.forward, inputs, settings),
        }  # fmt: skip
        if settings:
            attributes["from_numpy"] = SpecialFunction.split_arguments
        rule.__qualname__ += ".rule"  # the mutants of the contract kit find the rule by this name
        operation: SpecialFunction = type(rule.__name__, (SpecialFunction,), attributes)()
        if settings:
            operation.reference = partial(SpecialFunction.evaluate, operation)
        return operation

    return make


def _sign(function: Callable[..., Any], inputs: Iterable[str], settings: Iterable[str]) -> Callable[..., Any]:
    """Return a copy of `forward` with a signature that names the inputs and the settings."""

    def forward(self: Any, ctx: Context, x: Array, *others: Any, **settings: Any) -> Any:
        return function(self, ctx, x, *others, **settings)

    parameters = [_PARAMETER(name, _PARAMETER.POSITIONAL_OR_KEYWORD) for name in ("self", "ctx", *inputs)]
    parameters += [_PARAMETER(name, _PARAMETER.KEYWORD_ONLY, annotation="Any") for name in settings]
    forward.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    return forward


def _sum_products(grads: tuple[Array, ...], ys: tuple[Array, ...], slopes: Any, x: Any) -> Array:
    """Return the sum of grad times derivative over the outputs, in the type of the gradients."""
    slopes = slopes if isinstance(slopes, tuple) else (slopes,)
    triples = zip(grads, ys, slopes, strict=True)
    products = [multiply_no_nan(grad, slope=_spread_nan(slope, y)) for grad, y, slope in triples]
    total: Any = reduce(np.add, products)
    dtype = np.result_type(*grads)
    if total.dtype.kind == "c" and getattr(x, "dtype", dtype).kind != "c":
        total = np.real(total)
    if total.dtype.kind != dtype.kind:
        dtype = np.dtype(dtype.char.swapcase())
    return total.astype(dtype) if total.dtype != dtype else total


def _spread_nan(slope: Any, y: Array) -> Any:
    """Return the slope, and NaN where the function has no value."""
    if is_finite(y):
        return slope
    is_nan = np.isnan(detach(y))
    return np.where(is_nan, np.nan, slope) if is_nan.any() else slope
