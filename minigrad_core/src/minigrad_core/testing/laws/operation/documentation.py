"""An operation says what it computes."""

from __future__ import annotations

from inspect import getmro
from typing import TYPE_CHECKING, Any

from ....contracts import Operation
from ....dispatch.tables import OPERATIONS
from ...finding import DoesNotApply, Finding, Law

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...study import Study


def documentation(study: Study) -> Iterator[Finding]:
    """The class of a registered operation has a docstring: shapes, and the gradient.

    Fix: "tanh(x), any shape. d/dx = grad * (1 - y**2)".
    """
    op: Any = study.subject.op  # type: ignore[attr-defined]  # a law of the operations' own
    if all(other is not op for other in OPERATIONS.values()):
        raise DoesNotApply("it is not registered")
    mine = [base for base in type(op).__mro__ if base not in getmro(Operation)]
    if not any((base.__doc__ or "").strip() for base in mine):  # `help` shows an inherited one, too
        fact = f"{type(op).__name__} has no docstring: give shapes and the gradient"
        yield Finding("no-docstring", fact)


LAW = Law("documentation", documentation)
