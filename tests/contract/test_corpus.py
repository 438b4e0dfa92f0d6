"""The kit catches every fault of the corpus, and accuses no twin."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from minigrad_core.testing import check_initializer, check_operation, check_optimizer

from tests.contract.corpus import OPERATIONS, Fault

if TYPE_CHECKING:
    from collections.abc import Callable

    from minigrad_core.testing import Report

pytestmark = pytest.mark.usefixtures("surroundings")

CHECKS = (
    (OPERATIONS, check_operation),
    (INITIALIZERS, check_initializer),
    (OPTIMIZERS, check_optimizer),
)


def faults() -> list[Any]:
    return [pytest.param(check, fault, id=fault.id) for entries, check in CHECKS for fault in entries]


def twins() -> list[Any]:
    """Each twin once, though faults share them."""
    once = {fault.twin_name: (check, fault.twin) for entries, check in CHECKS for fault in entries}
    return [pytest.param(*pair, id=name) for name, pair in once.items()]


@pytest.mark.parametrize(("check", "fault"), faults())
def test_every_fault_is_caught(check: Callable[[Any], Report], fault: Fault) -> None:
    found = {failure.check for failure in check(fault.wrong).failures}
    # All but one have their twin's documentation: what is said of that is not the fault.
    assert found if fault.id == "protocol::NoDocstring" else found - {"documentation"}


@pytest.mark.parametrize(("check", "twin"), twins())
def test_no_twin_is_accused(check: Callable[[Any], Report], twin: Any) -> None:
    report = check(twin)
    assert report.ok, str(report)
