"""Functions by their dotted names."""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any


def named(path: str) -> Any:
    """Return what a dotted name leads to, among what is imported already; None if to no function.

    Examples
    --------
    >>> named("numpy.add.reduce") == named("np.add.reduce") == sys.modules["numpy"].add.reduce
    True
    """
    first, *rest = path.split(".")
    thing: Any = sys.modules.get("numpy" if first == "np" else first)
    for part in rest:  # `vars`: a module's own __getattr__ may import what nobody has asked for
        thing = vars(thing).get(part) if isinstance(thing, ModuleType) else getattr(thing, part, None)
    return thing if callable(thing) else None
