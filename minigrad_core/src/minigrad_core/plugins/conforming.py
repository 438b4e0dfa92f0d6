"""Makes callable what merely conforms to the contract."""

from __future__ import annotations

from typing import Any

from ..tensor import apply


class Conforming:
    """An operation whose class did not inherit `Operation`, as `ops` hands it out: the same, and callable."""

    __slots__ = ("operation",)

    def __init__(self, operation: Any) -> None:
        self.operation = operation

    __call__ = apply

    def __getattr__(self, name: str) -> Any:
        if name == "operation":  # unset while this object is being copied
            raise AttributeError(name)
        return getattr(self.operation, name)

    def __repr__(self) -> str:
        return f"<operation {self.operation.name}>"


def made_callable(operation: Any) -> Any:
    """Return the operation itself if it can be called, else a callable view of it."""
    return operation if callable(operation) else Conforming(operation)
