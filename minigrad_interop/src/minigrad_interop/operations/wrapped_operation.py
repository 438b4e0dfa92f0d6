"""An operation of minigrad as a function of another framework: the part that all frameworks share."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import Any

from minigrad_core.contracts.adapters import OperationAdapter
from minigrad_core.errors import ArgumentError

from ..positions import iterate_nested, map_nested
from .array_function import ArrayFunction


class WrappedOperation(ABC):
    """An operation as a function of a framework's arrays, which may be nested in lists and tuples.

    The function is pickled as its operation is.
    """

    def __init__(self, op: Any) -> None:
        self.op, self.call = op, as_callable(op)
        self.__doc__ = self.call.__doc__
        self.__name__ = getattr(op, "name", None) or getattr(op, "__name__", type(op).__name__)

    def __call__(self, *inputs: Any, **settings: Any) -> Any:
        """Call the operation, and record the call in the graph of the framework.

        Raises
        ------
        ArgumentError
            The framework differentiates or traces a setting, and the graph would not include it.
        """
        for name, value in settings.items():
            if any(map(self.is_traced, iterate_nested(value))):
                raise ArgumentError(
                    f"{self.op!r}: the setting {name!r} is an array that the framework differentiates or "
                    "traces; settings are static: pass inputs by position, and a constant as a NumPy array"
                )
        constants = {name: map_nested(self.convert, value) for name, value in settings.items()}
        variables: list[Any] = []

        def number(x: Any) -> Any:
            if not self.is_variable(x):
                return self.convert(x)
            variables.append(x)
            return _Number(len(variables) - 1)

        numbered = map_nested(number, inputs)

        def f(*arrays: Any) -> Any:
            values = map_nested(lambda x: arrays[x] if type(x) is _Number else x, numbered)
            return self.call(*values, **constants)

        return self.record(ArrayFunction(f), variables)

    def __reduce__(self) -> Any:
        return type(self), (self.op,)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {self.op!r}>"

    @abstractmethod
    def is_variable(self, x: Any) -> bool:
        """Return whether an input is an array that may have a gradient."""

    @abstractmethod
    def is_traced(self, x: Any) -> bool:
        """Return whether the framework differentiates or traces `x`."""

    @abstractmethod
    def convert(self, x: Any) -> Any:
        """Return a constant of the framework as an array, and any other value unchanged."""

    @abstractmethod
    def record(self, function: ArrayFunction, variables: Sequence[Any]) -> Any:
        """Call a function of the variables, and record the call in the graph of the framework."""


class _Number(int):
    """The number of a variable, in its place among the inputs."""


def as_callable(op: Any) -> Callable[..., Any]:
    """Return a function that calls an operation on arrays and tensors.

    Raises
    ------
    ArgumentError
        `op` is not an operation.
    """
    if isinstance(op, type) or not (callable(op) or callable(getattr(op, "forward", None))):
        raise ArgumentError(f"expected an operation, as ops['nn::gelu'], got {op!r}")
    call: Any = op if hasattr(op, "differentiable") or not hasattr(op, "backward") else OperationAdapter(op)
    return call
