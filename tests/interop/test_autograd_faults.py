"""Each fault of the corpus is found, and no right twin is accused."""

from __future__ import annotations

import pytest

pytest.importorskip("autograd", reason="autograd is not installed")

from minigrad_core.testing import check_operation

from .autograd_faults import PAIRS


@pytest.mark.parametrize("name", PAIRS)
def test_a_fault_is_found_and_its_twin_is_not_accused(name: str) -> None:
    wrong, right = PAIRS[name]
    report = check_operation(right)
    assert report.ok, str(report)
    assert not check_operation(wrong, until_first=True).ok
