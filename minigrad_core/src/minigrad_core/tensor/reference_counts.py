"""The values of `sys.getrefcount` for objects to which nothing else refers.

The interpreter counts references of its own frames, too, and their number differs between versions: Python
3.14 no longer counts every variable. So this module measures each count at import, in code of the form of the
code that compares with it.
"""

from __future__ import annotations

from collections.abc import Iterator
from sys import getrefcount
from typing import Any


def _measure() -> dict[str, int]:
    """Return the values of the constants below."""
    counts: dict[str, int] = {}

    def count(name: str, x: Any) -> None:
        counts[name] = getrefcount(x)

    class Probe:
        slot: Any

        def __setitem__(self, index: Any, value: Any) -> None:
            count("owner", self)

        def __getitem__(self, index: Any) -> Probe:
            return Probe()

        def __iadd__(self, value: Any) -> Probe:
            counts["unnamed in place"] = getrefcount(self)
            return self

        def __iter__(self) -> Iterator[Any]:
            rows = (self for _ in ())
            counts["unnamed in iter"] = getrefcount(self)
            return rows

    def count_slot(x: Probe) -> None:
        data = x.slot
        counts["slot"] = getrefcount(data)

    argument = object()
    count("argument", argument)
    probe = Probe()
    probe.slot = object()
    count_slot(probe)
    items = [object()]
    counts["item"] = getrefcount(items[0])
    counts["item in loop"] = max(getrefcount(item) for item in items)
    for _ in Probe():
        pass
    probe[0] += 0  # calls `__setitem__`, too
    probe[0] = 0
    return counts


_counts = _measure()

OWNER = _counts["owner"]  # a variable, in a function that `__setitem__` calls with it
UNNAMED_IN_PLACE = _counts["unnamed in place"]  # `x[0]` in the `__iadd__` of `x[0] += y`
UNNAMED_IN_ITER = _counts["unnamed in iter"]  # in an `__iter__` with a generator that refers to the object
ARGUMENT = _counts["argument"]  # a variable of the caller
SLOT = _counts["slot"]  # a slot, read into a variable
ITEM = _counts["item"]  # an item of a list
ITEM_IN_LOOP = _counts["item in loop"]  # an item of a list or tuple, in a generator over the items
