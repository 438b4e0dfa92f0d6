"""The laws of the contract, a file for each."""

from __future__ import annotations

from functools import wraps
from itertools import islice
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ..finding import Finding


def first(law: Callable[[Any], Iterator[Finding]]) -> Callable[[Any], Iterator[Finding]]:
    """Return a law that stops at the first thing that breaks it: what follows is often the same fault."""

    @wraps(law)
    def stopping(subject: Any) -> Iterator[Finding]:
        return islice(law(subject), 1)

    return stopping
