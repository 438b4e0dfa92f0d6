"""What a registered operation owes those who look for it: a name, a documentation, copies of itself."""

import copy
import pickle
import re
import sys
from collections.abc import Iterable, Iterator
from inspect import getmro
from keyword import iskeyword
from typing import Any

from ....contracts import Operation
from ....dispatch.tables import OPERATIONS
from ...finding import DoesNotApply, Finding, Law
from ...study import Study


def naming(study: Study) -> Iterator[Finding]:
    """`name` is an identifier, and `implements` holds functions.

    Fix: `name = "tanh"`, `implements = (np.tanh,)`.
    """
    op: Any = study.subject.op  # type: ignore[attr-defined]  # a law of the operations' own
    name = str(getattr(op, "name", ""))
    if not hasattr(op, "name"):
        yield Finding("no-name", "it has no name: nobody could call it; name = 'tanh', say")
    elif not name.isidentifier() or iskeyword(name):
        yield Finding("bad-name", f"the name {name!r} is no identifier: nobody could write ops.{name}")
    implements = getattr(op, "implements", ())
    if not isinstance(implements, Iterable) or not all(map(callable, implements)):
        fact = f"implements is {implements!r}: expected NumPy functions, as in (np.tanh,)"
        yield Finding("bad-implements", fact)


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


def documentation(study: Study) -> Iterator[Finding]:
    """The class of a registered operation has a docstring: shapes, and the gradient.

    Fix: "tanh(x), any shape. d/dx = grad * (1 - y**2)".
    """
    op: Any = study.subject.op  # type: ignore[attr-defined]  # a law of the operations' own
    if id(op) not in map(id, OPERATIONS.values()):
        raise DoesNotApply("it is not registered")
    mine = [base for base in type(op).__mro__ if base not in getmro(Operation)]
    if not any((base.__doc__ or "").strip() for base in mine):  # `help` shows an inherited one, too
        fact = f"{type(op).__name__} has no docstring: give shapes and the gradient"
        yield Finding("no-docstring", fact)


NAMING, PICKLING = Law("naming", naming), Law("pickling", pickling)
DOCUMENTATION = Law("documentation", documentation)
