"""The contract kit: whatever is registered is tested."""

from .initializer import check_initializer
from .operation import check_operation
from .optimizer import check_optimizer
from .report import Failure, Report

__all__ = ["Failure", "Report", "check_initializer", "check_operation", "check_optimizer"]
