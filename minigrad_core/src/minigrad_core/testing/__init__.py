"""The contract kit: whatever is registered is tested."""

from .operation import check_operation
from .report import Failure, Report

__all__ = ["Failure", "Report", "check_operation"]
