"""An operation says what it computes."""

from __future__ import annotations

import re
from inspect import getmro
from typing import TYPE_CHECKING

from ...contracts import Operation
from ...dispatch.tables import OPERATIONS
from ..finding import Check, DoesNotApply, Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..study import Study


def documentation(study: Study) -> Iterator[Finding]:
    """The class has a docstring that gives shapes and the gradient.

    What is registered owes one; what is only tried out may do without, but not say nothing.
    Fix: "tanh(x), any shape. d/dx = grad * (1 - y**2)".
    """
    cls = type(study.op)
    if "<locals>" in cls.__qualname__:
        raise DoesNotApply("its class was made in a function: nobody can look it up")
    mine = [base for base in cls.__mro__ if base not in getmro(Operation)]
    told = next((base.__doc__ for base in mine if base.__doc__), "")  # `help` shows an inherited one, too
    if not told and all(op is not study.op for op in OPERATIONS.values()):
        raise DoesNotApply("it has no docstring, which only what is registered owes")
    if not re.search("[A-Za-z]", told):
        kind = "a docstring that says nothing" if told else "no docstring"
        yield Finding("no-docstring", f"{cls.__name__} has {kind}: give shapes and the gradient")


CHECK = Check("documentation", documentation)
