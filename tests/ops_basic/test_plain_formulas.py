"""What the contract kit holds the operations against: at least one function each, and what it gives."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from minigrad_core.testing.subjects.operation import OperationSubject
from minigrad_ops_basic import references
from minigrad_ops_basic.plugin import minigrad_operations

OPERATIONS: dict[str, Any] = {op.name: op for op in minigrad_operations()}


@pytest.mark.parametrize("name", sorted(OPERATIONS))
def test_the_values_of_every_operation_are_compared_with_a_function(name: str) -> None:
    assert OperationSubject(OPERATIONS[name]).declared.references


def test_of_values_written_to_one_place_the_last_stays() -> None:
    y = references.setitem(np.zeros(3), np.array([1.0, 2.0, 3.0]), index=np.array([0, -1, 0]))
    np.testing.assert_array_equal(y, [3, 0, 2])


def test_of_values_added_to_one_place_all_count() -> None:
    y = references.scatter_add(np.array([1.0, 2.0, 3.0]), shape=(3,), index=np.array([0, -1, 0]))
    np.testing.assert_array_equal(y, [4, 0, 2])


def test_reading_follows_numpy() -> None:
    x = np.arange(12.0).reshape(3, 4)
    for index in (1, (slice(None, None, -2), 0), np.array([0, -1]), x > 5, (..., None), ()):
        np.testing.assert_array_equal(references.getitem(x, index=index), x[index])


def test_the_first_condition_wins() -> None:
    y = references.select(*np.array([[1.0], [2.0], [3.0]]), conditions=(np.array([False]), np.array([True])))
    np.testing.assert_array_equal(y, [2])


def test_fix_rounds_towards_zero() -> None:
    np.testing.assert_array_equal(
        references.fix(np.array([-1.5, -0.5, 0.5, 1.5, np.inf])), [-1, 0, 0, 1, np.inf]
    )


def test_running_sums_of_exponentials() -> None:
    x = np.log(np.array([[1.0, 2.0, 3.0]]))
    np.testing.assert_allclose(references.logcumsumexp(x, axis=1), np.log([[1, 3, 6]]))
    np.testing.assert_allclose(references.accumulate_lines(np.maximum, np.array([2, 1, 3, 0])), [2, 2, 3, 3])
    np.testing.assert_allclose(references.logsumexp(x), np.log(6))
