"""Functions of other frameworks as subjects of the kit, as mypy --strict and pyright must accept them."""

from __future__ import annotations

from typing import Any

from minigrad_core.testing import check_operation
from minigrad_interop import subjects


def double(x: Any) -> Any:
    return x + x


def check_in_all_frameworks() -> bool:
    subject = subjects.torch(double, broadcasts=True)
    return (
        check_operation(subject).ok
        and check_operation(subjects.jax(double, broadcasts=True)).ok
        and check_operation(subjects.autograd(double, broadcasts=True)).ok
    )
