"""Adds the call and the defaults of `Operation` to operations that do not inherit it."""

from __future__ import annotations

from typing import Any

from ..tensor import apply
from .operation import Operation

_DEFAULTS = [name for name in Operation.__annotations__ if hasattr(Operation, name)]
_OWN = ("name", "forward", "backward", "from_numpy")


class Conforming:
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

    def __repr__(self) -> str:
        return f"<operation {vars(self)['name']}>"


def made_callable(operation: Any) -> Any:
    """Return the operation itself if it inherits `Operation`, else a view of it whose call is recorded.

    Also where its class defines `__call__`: that would return arrays, and lose the gradient.
    """
    return operation if Operation in type(operation).__mro__ else Conforming(operation)
