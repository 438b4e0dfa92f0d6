"""Adds what the base class does to operations and initializers that do not inherit it."""

from __future__ import annotations

from typing import Any

from ..tensor import apply
from .call_signature import CallSignature
from .initializer import Initializer
from .operation import Operation

_DEFAULTS = [name for name in Operation.__annotations__ if hasattr(Operation, name)]
_OWN = ("name", "forward", "backward", "from_numpy")


class OperationAdapter:
    """An operation whose class did not inherit `Operation`: the same, callable, and with the base's defaults.

    The members are copied to the instance, so that a call finds them in a dict.
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
    """Return the operation itself if it inherits `Operation`, else a view of it whose call is recorded.

    Also where its class defines `__call__`: that would return arrays, and lose the gradient.
    """
    return operation if Operation in type(operation).__mro__ else OperationAdapter(operation)


class InitializerAdapter(Initializer):
    """An initializer whose class did not inherit `Initializer`: the same, and what it gives is looked at."""

    def __init__(self, initializer: Any) -> None:
        self.initializer = self.__wrapped__ = initializer  # whose signature is shown
        self.name = initializer.name

    def __call__(self, shape: Any, **settings: Any) -> Any:
        """Return what it returns."""
        return self.initializer(shape, **settings)

    def std(self, fan_in: int, fan_out: int) -> float | None:
        """Return what it claims."""
        claimed: float | None = self.initializer.std(fan_in, fan_out)
        return claimed


def unwrap_adapter(thing: Any) -> Any:
    """Return what the plugin defined of what a catalog has."""
    if isinstance(thing, InitializerAdapter):
        return thing.initializer
    return thing.operation if isinstance(thing, OperationAdapter) else thing


def adapt_initializer(initializer: Any) -> Any:
    """Return the initializer itself if it inherits `Initializer`, else a view of it that is looked at too."""
    return initializer if Initializer in type(initializer).__mro__ else InitializerAdapter(initializer)
