"""How an operation is called, for `inspect.signature`, `help` and completion."""

from __future__ import annotations

import inspect
from typing import Any


class CallSignature:
    """The `__signature__` of an operation: that of `forward`, without the context.

    Of an instance only: a class is called with what makes an instance.
    """

    def __get__(self, operation: Any, _: type) -> inspect.Signature:
        try:
            first, *rest = inspect.signature(operation.forward).parameters.values()
        except (AttributeError, ValueError):  # the class; compiled, so that nobody knows
            raise AttributeError("__signature__") from None
        return inspect.Signature([first, *rest] if first.kind is first.VAR_POSITIONAL else rest)
