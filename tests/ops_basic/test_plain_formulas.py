"""What the contract kit holds the operations against: at least one function each, and what it gives."""

from __future__ import annotations

from typing import Any

import pytest

from minigrad_core.testing.subjects.operation import OperationSubject
from minigrad_ops_basic.plugin import minigrad_operations

OPERATIONS: dict[str, Any] = {op.name: op for op in minigrad_operations()}


@pytest.mark.parametrize("name", sorted(OPERATIONS))
def test_the_values_of_every_operation_are_compared_with_a_function(name: str) -> None:
    assert OperationSubject(OPERATIONS[name]).declared.references
