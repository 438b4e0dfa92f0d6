"""The hook of this package: it registers all operations of its modules in the namespace `basic`."""

from __future__ import annotations

from collections.abc import Iterable
from copy import copy
from importlib import import_module
from pkgutil import walk_packages

import minigrad_ops_basic
from minigrad_core import Operation, hookimpl

# NumPy's second names. The operations under the first names implement both functions.
_OTHER_NAMES = {"amax": "max", "amin": "min", "mod": "remainder", "true_divide": "divide"}


@hookimpl
def minigrad_operations() -> Iterable[Operation]:
    """Return each operation once, although some modules import operations of others."""
    module_infos = walk_packages(minigrad_ops_basic.__path__, "minigrad_ops_basic.")
    modules = [import_module(module.name) for module in module_infos]
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
    other.reference = op.reference or op.implements[0]  # the operation has the arguments of its reference
    return other
