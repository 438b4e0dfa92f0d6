"""An operation can be pickled, copied and shown."""

from __future__ import annotations

import copy
import pickle
import re
import sys
from typing import TYPE_CHECKING, Any

from ...finding import Finding, Law

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...study import Study


def pickling(study: Study) -> Iterator[Finding]:
    """The operation pickles and copies, and its repr is the same in every process.

    Faults: a lambda, a lock or an open file on `self`; a memory address in the repr, which breaks parallel
    test runs.
    Fix: module-level functions; define `__repr__` from the name.
    """
    subject: Any = study.subject
    op = subject.op
    what: Any = op if _importable(type(op)) else getattr(op, "__dict__", {})
    try:
        pickle.loads(pickle.dumps(what))
    except Exception as error:
        yield Finding("not-picklable", f"it cannot be pickled: {type(error).__name__}: {error}")
    try:
        copy.deepcopy(op)
    except Exception as error:
        yield Finding("not-copyable", f"it cannot be copied: {type(error).__name__}: {error}")
    shown = [repr(subject.callable) for _ in range(2)]  # what merely conforms is shown by its name
    if shown[0] != shown[1] or re.search(r"0x[0-9a-fA-F]{5,}", shown[0]):
        yield Finding("unstable-repr", f"its repr is not stable: {shown[0]}")


def _importable(cls: type) -> bool:
    """Whether pickle could find the class again; one that was made in a function is never published."""
    found: Any = sys.modules.get(cls.__module__)
    for part in cls.__qualname__.split("."):
        found = getattr(found, part, None)
    return found is cls


LAW = Law("pickling", pickling)
