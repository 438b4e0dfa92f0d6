"""Mirrors of SciPy's modules: SciPy's functions under their own names, for arrays and for tensors.

A mirror imports its module of SciPy at the first access to a name: the plugin registers the operations
of all modules at once, and `scipy.stats` alone takes half a second to import.

The operations call the mirror in `forward` and in `backward` (`linalg.expm(a)`), and not SciPy. For arrays
this is SciPy's function. For tensors, when a derivative is differentiated again, it is the operation.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from functools import wraps
from importlib import import_module
from typing import Any

from minigrad_core import Operation

from .binding import bind, list_inputs
from .tensors import PLAIN_TYPES, has_gradient, has_tensor


def mirror(
    module: str,
    operations: Iterable[Operation],
    functions: Mapping[Callable[..., Any], tuple[str, ...]] | None = None,
    classes: Iterable[str] = (),
) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """Return the `__getattr__` and the `__dir__` of a module here that mirrors a module of SciPy.

    A call with a tensor among its arguments, also inside of tuples and lists, goes to the operation or
    function of the same name. Any other call goes to SciPy's function with the arguments as given. The name
    of an operation may begin with that of its module: `ndimage_convolve` is that of `ndimage.convolve`.

    Parameters
    ----------
    module : str
        The name of the module here, `__name__`; that of SciPy's module begins with `scipy` instead.
    operations : iterable of Operation
        The operations. NumPy itself calls those that implement a ufunc, and their names stay SciPy's ufuncs.
    functions : mapping, optional
        Functions with the parameters of SciPy's function, and for each the names of its differentiable
        arguments. A function comes before an operation of the same name.
    classes : iterable of str, optional
        Names that the file `classes` of the module defines. The mirror imports the file at the first access
        to one of them, since the file imports SciPy's module.
    """
    original = module.replace("minigrad_scipy", "scipy", 1)
    short = module.rpartition(".")[2]
    rules = {op.name.removeprefix(f"{short}_"): op for op in operations if not op.implements}
    calls = {function.__name__: function for function in functions or ()}

    def find(name: str) -> Any:
        if name.startswith("__") and name != "__all__":  # the import system and inspection look up such names
            raise AttributeError(f"module {module!r} has no attribute {name!r}")
        found = getattr(import_module(f"{module}.classes" if name in classes else original), name)
        if name in classes:  # also if an operation has the name, such as PPoly
            pass
        elif call := calls.get(name):
            line = describe_derivatives((functions or {})[call])
            found = mirror_function(retry_with_tensors(found, call), call, line, module)
        elif op := rules.get(name):
            line = describe_derivatives(list_inputs(op), op.once_differentiable)
            found = mirror_function(found, bind(found, op), line, module)
        setattr(import_module(module), name, found)  # the next access finds the name in the module
        return found

    return find, lambda: dir(import_module(original))


def mirror_function(
    function: Callable[..., Any], call: Callable[..., Any], line: str, module: str
) -> Callable[..., Any]:
    """Return SciPy's `function`, which passes its arguments to `call` if a tensor is among them.

    line: a paragraph for the docstring, after the summary.
    """

    @wraps(function, updated=())
    def dispatch(*args: Any, **kwargs: Any) -> Any:
        for x in args:
            if type(x) not in PLAIN_TYPES and has_tensor(x):
                return call(*args, **kwargs)
        for x in kwargs.values():
            if type(x) not in PLAIN_TYPES and has_tensor(x):
                return call(*args, **kwargs)
        return function(*args, **kwargs)

    summary, _, rest = (inspect.getdoc(function) or "").partition("\n\n")
    dispatch.__doc__ = f"{summary}\n\n{line}\n\n{rest}"
    dispatch.__module__ = module  # where pickle finds it
    return dispatch


class TensorReturned(Exception):  # noqa: N818 - never seen outside
    """A function that SciPy calls on arrays returned a tensor that requires a gradient."""


def retry_with_tensors(function: Callable[..., Any], call: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function that calls SciPy's, or `call` if a function in the arguments closes over tensors."""

    @wraps(function)
    def retry(*args: Any, **kwargs: Any) -> Any:
        if not any(map(callable, (*args, *kwargs.values()))):
            return function(*args, **kwargs)
        found: list[bool] = []
        try:
            return function(
                *[_watch(x, found) for x in args], **{name: _watch(x, found) for name, x in kwargs.items()}
            )
        except Exception:  # SciPy may have raised another error in turn
            if not found:
                raise
        return call(*args, **kwargs)

    return retry


def _watch(x: Any, found: list[bool]) -> Any:
    """Return `x`; a function in a wrapper that notes in `found`, and refuses, a tensor with a gradient."""
    if not callable(x) or isinstance(x, type):
        return x

    @wraps(x)
    def raise_at_tensor(*args: Any, **kwargs: Any) -> Any:
        value = x(*args, **kwargs)
        if type(value) not in PLAIN_TYPES and has_gradient(value):
            found.append(True)
            raise TensorReturned
        return value

    return raise_at_tensor


def describe_derivatives(arguments: Iterable[str], once: bool | str = False) -> str:
    """Return the sentence about derivatives in the docstring of a mirrored function."""
    order = "first derivatives" if once else "derivatives of any order"
    return (
        f"Also takes tensors of minigrad: {order} with respect to {', '.join(f'`{a}`' for a in arguments)}."
    )
