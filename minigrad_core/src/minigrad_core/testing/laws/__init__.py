"""The laws of the contract, a file for each."""

from collections.abc import Callable, Iterator
from functools import wraps
from itertools import islice
from typing import Any, TypeAlias

from ..finding import Finding

Findings: TypeAlias = Iterator[Finding]
Law: TypeAlias = Callable[[Any], Findings]


def first(law: Law) -> Law:
    """Return a law that stops at the first thing that breaks it: what follows is often the same fault."""

    @wraps(law)
    def stopping(subject: Any) -> Findings:
        return islice(law(subject), 1)

    return stopping
