"""Adapters of operations and initializers whose classes do not inherit the base class of the core."""

from __future__ import annotations

from typing import Any

from ..tensor import apply
from .initializer import Initializer
from .operation import CallSignature, Operation

_DEFAULTS = [name for name in Operation.__annotations__ if hasattr(Operation, name)]
_OWN = ("name", "forward", "backward", "from_numpy")


class OperationAdapter:
    """An operation of a class that does not inherit `Operation`, with the call and defaults of `Operation`.

    The members are copied to the instance: a call finds them in its dict.
    """

    operation: Any

    def __init__(self, operation: Any) -> None:
        self.operation = operation
        members = vars(self)
        members |= {name: getattr(operation, name, getattr(Operation, name)) for name in _DEFAULTS}
        members |= {name: getattr(operation, name) for name in _OWN if hasattr(operation, name)}

    __call__ = apply
    __signature__ = CallSignature()

    def __repr__(self) -> str:
        return f"<operation {vars(self)['name']}>"


def adapt_operation(operation: Any) -> Any:
    """Return the operation itself if it inherits `Operation`, else an adapter whose call is recorded.

    The adapter also replaces a `__call__` of the class, which would return arrays and lose the gradient.
    """
    return operation if Operation in type(operation).__mro__ else OperationAdapter(operation)


class InitializerAdapter(Initializer):
    """An initializer of a class that does not inherit `Initializer`, with the checks of `Initializer`."""

    def __init__(self, initializer: Any) -> None:
        self.initializer = self.__wrapped__ = initializer  # `inspect.signature` follows `__wrapped__`
        self.name = initializer.name

    def __call__(self, shape: Any, **settings: Any) -> Any:
        """Return the values of the adapted initializer."""
        return self.initializer(shape, **settings)

    def std(self, fan_in: int, fan_out: int) -> float | None:
        """Return the claim of the adapted initializer."""
        std: float | None = self.initializer.std(fan_in, fan_out)
        return std


def unwrap_adapter(obj: Any) -> Any:
    """Return the object that the plugin defined, for an object of a catalog."""
    if isinstance(obj, InitializerAdapter):
        return obj.initializer
    return obj.operation if isinstance(obj, OperationAdapter) else obj


def adapt_initializer(initializer: Any) -> Any:
    """Return the initializer itself if it inherits `Initializer`, else an adapter with its checks."""
    return initializer if Initializer in type(initializer).__mro__ else InitializerAdapter(initializer)
