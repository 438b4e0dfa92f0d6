"""The contract kit: whatever is registered is tested."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .exemptions import Exemption
from .initializer import check_initializer
from .operation import check_operation
from .optimizer import check_optimizer
from .report import Failure, Report

if TYPE_CHECKING:
    from .pytest_plugin import contract_tests

__all__ = [
    "Exemption",
    "Failure",
    "Report",
    "check_initializer",
    "check_operation",
    "check_optimizer",
    "contract_tests",
]


if not TYPE_CHECKING:  # where a type checker would take every name for one of the package's

    def __getattr__(name: str) -> Any:
        if name == "contract_tests":  # pytest is an extra, and takes 100 ms to import
            from .pytest_plugin import contract_tests

            return contract_tests
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
