"""Base classes of operations that call compiled code, which takes no tensors."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from functools import lru_cache, partial
from importlib import import_module
from typing import Any

from minigrad_core import Array, Context, Operation, Tensor

from .binding import list_inputs


class Primitive(Operation):
    """An operation whose values come from `compute`, which takes arrays only.

    Rules call `evaluate`, so that they compute on arrays, and are recorded on tensors.
    """

    takes_complex = True

    @abstractmethod
    def compute(self, *inputs: Any, **settings: Any) -> Any:
        """Return the value for arrays."""
        ...

    def evaluate(self, *inputs: Any, **settings: Any) -> Any:
        """Return an array for arrays; call the operation if an input is a tensor."""
        if any(isinstance(x, Tensor) for x in inputs):
            call: Any = self  # the types of `Operation` follow `forward`, which subclasses define
            return call(*inputs, **settings)
        return self.compute(*inputs, **settings)


class ScipyFunction(Primitive):
    """An operation whose values are those of a function of SciPy.

    path: the module and the name of the function, `"ndimage.shift"`. The first call imports the module.
    name: the name of the operation, that of the function by default.
    """

    def __init__(self, path: str, *, name: str = "") -> None:
        self.module, _, self.function_name = path.rpartition(".")
        self.name = name or self.function_name
        self.reference: Any = partial(ScipyFunction.compute, self)

    @property
    def inputs(self) -> list[str]:
        """The names of the inputs, which are those of SciPy's arguments."""
        return _list_inputs(self)

    def get_function(self) -> Callable[..., Any]:
        """Return SciPy's function."""
        return _import_function(self.module, self.function_name)

    def compute(self, *inputs: Any, **settings: Any) -> Any:
        """Return SciPy's result; a missing input is None."""
        given = {name: x for name, x in zip(self.inputs, inputs, strict=False) if x is not None}
        return self.get_function()(**given, **settings)


_list_inputs = lru_cache(1024)(list_inputs)  # `inspect.signature` takes longer than most functions


@lru_cache  # `import_module` takes as long as a small ufunc
def _import_function(module: str, name: str) -> Callable[..., Any]:
    return getattr(import_module(f"scipy.{module}"), name)


class LinearMap(Primitive):
    """A linear function of an array, `function(x, **settings)`.

    d/dx = transpose(grad, shape=x.shape, **settings).
    """

    def __init__(self, name: str, function: Callable[..., Any], transpose: Callable[..., Any]) -> None:
        self.name = name
        self.function = function
        self.transposed = Transposed(self, transpose)

    def compute(self, *inputs: Any, **settings: Any) -> Any:
        return self.function(*inputs, **settings)

    def forward(self, ctx: Context, x: Array, **settings: Any) -> Any:
        ctx.save(x.shape, settings)
        return self.evaluate(x, **settings)

    def backward(self, ctx: Context, grad: Array) -> Any:
        shape, settings = ctx.saved
        return self.transposed.evaluate(grad, shape=shape, **settings)


class Transposed(Primitive):
    """The transpose of a linear function; d/dx is the linear function of grad."""

    def __init__(self, original: LinearMap, function: Callable[..., Any]) -> None:
        self.name = f"{original.name}_transposed"
        self.original = original
        self.function = function

    def compute(self, *inputs: Any, **settings: Any) -> Any:
        return self.function(*inputs, **settings)

    def forward(self, ctx: Context, x: Array, *, shape: tuple[int, ...], **settings: Any) -> Any:
        ctx.save(settings)
        return self.evaluate(x, shape=shape, **settings)

    def backward(self, ctx: Context, grad: Array) -> Any:
        (settings,) = ctx.saved
        return self.original.evaluate(grad, **settings)
