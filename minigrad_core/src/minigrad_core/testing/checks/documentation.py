"""An operation says what it computes."""

from __future__ import annotations

import re
from inspect import getmro
from typing import TYPE_CHECKING

from ...contracts import Operation
from ..finding import Check, DoesNotApply, Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..study import Study


def documentation(study: Study) -> Iterator[Finding]:
    """The class has a docstring that gives shapes and the gradient.

    Fix: "tanh(x), any shape. d/dx = grad * (1 - y**2)".
    """
    cls = type(study.op)
    if "<locals>" in cls.__qualname__:
        raise DoesNotApply("its class was made in a function: nobody can look it up")
    mine = [base for base in cls.__mro__ if base not in getmro(Operation)]
    told = next((base.__doc__ for base in mine if base.__doc__), "")  # `help` shows an inherited one, too
    if not re.search("[A-Za-z]", told or ""):
        yield Finding("no-docstring", f"{cls.__name__} has no docstring: give shapes and the gradient")


CHECK = Check("documentation", documentation)
