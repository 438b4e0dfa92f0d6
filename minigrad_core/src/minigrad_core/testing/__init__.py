"""The contract kit: tests of everything that is registered.

The import of this package loads no module of it, so that a plugin that names a function of
`testing.references` does not wait for the kit.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from . import references
    from .checks import check_initializer, check_operation, check_optimizer
    from .pytest_plugin import contract_tests
    from .report.exemptions import Exemption
    from .report.report import Failure, Report

__all__ = ["Exemption", "Failure", "Report", "check_initializer", "check_operation", "check_optimizer"]
__all__ += ["contract_tests", "references"]


if not TYPE_CHECKING:  # with `__getattr__`, a type checker would accept any name
    _HOMES = {
        **dict.fromkeys(("check_initializer", "check_operation", "check_optimizer"), "checks"),
        **dict.fromkeys(("Failure", "Report"), "report.report"),
        "Exemption": "report.exemptions",
        "contract_tests": "pytest_plugin",  # pytest is an extra, and takes 100 ms to import
    }

    def __getattr__(name: str) -> Any:
        if name not in _HOMES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return getattr(import_module(f".{_HOMES[name]}", __name__), name)
