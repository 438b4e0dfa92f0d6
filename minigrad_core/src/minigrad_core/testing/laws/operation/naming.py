"""An operation has a name that can be written, and says what it answers for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from keyword import iskeyword
from typing import TYPE_CHECKING, Any

from ...finding import Finding, Law

if TYPE_CHECKING:
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


LAW = Law("naming", naming)
