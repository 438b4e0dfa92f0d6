"""What this package registers: every operation that its modules define, in the namespace `basic`."""

from __future__ import annotations

from collections.abc import Iterable
from copy import copy
from importlib import import_module
from pkgutil import walk_packages

import minigrad_ops_basic
from minigrad_core import Operation, hookimpl

# NumPy has two names for these, and `np.` knows both of them already.
_OTHER_NAMES = {"amax": "max", "amin": "min", "mod": "remainder", "true_divide": "divide"}


@hookimpl
def minigrad_operations() -> Iterable[Operation]:
    """Return the operations, each once: modules import some of one another."""
    found = walk_packages(minigrad_ops_basic.__path__, "minigrad_ops_basic.")
    modules = [import_module(module.name) for module in found]
    named = {
        op.name: op
        for module in modules
        for op in vars(module).values()
        if hasattr(op, "forward") and not isinstance(op, type)
    }
    return [*named.values(), *(_alias(named[name], other) for other, name in _OTHER_NAMES.items())]


def _alias(op: Operation, name: str) -> Operation:
    other = copy(op)
    other.name, other.implements = name, ()
    other.reference = op.reference or op.implements[0]  # ours lines up with it
    return other
