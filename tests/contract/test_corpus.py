"""The kit catches every fault of the corpus, and accuses no twin."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from minigrad_core.testing import check_operation
from tests.contract.corpus import OPERATIONS, Fault, authors, fresh, idioms, late

if TYPE_CHECKING:
    from collections.abc import Callable

    from minigrad_core.testing import Report

pytestmark = pytest.mark.usefixtures("surroundings")

CHECKS = ((OPERATIONS, check_operation),)
IDIOMS = (
    (idioms.OPERATIONS, check_operation),
    (authors.OPERATIONS, check_operation),
    (fresh.OPERATIONS, check_operation),
    (late.OPERATIONS, check_operation),
)
DIAGNOSED = ("formula", "coverage", "shape", "index", "dtype")


def faults() -> list[Any]:
    return [pytest.param(check, fault, id=fault.id) for entries, check in CHECKS for fault in entries]


def correct() -> list[Any]:
    """Each twin once, though faults share them, and every idiom."""
    pairs = [(check, fault.twin) for entries, check in CHECKS for fault in entries]
    pairs += [(check, op) for entries, check in IDIOMS for op in entries]
    classes = {op if isinstance(op, type) else (type(op), op.name): (check, op) for check, op in pairs}
    return [
        pytest.param(*pair, id=f"{kind.__module__.rpartition('.')[2]}::{kind.__name__}")
        for pair in classes.values()
        for kind in (pair[1] if isinstance(pair[1], type) else type(pair[1]),)
    ]


@pytest.mark.parametrize(("check", "fault"), faults())
def test_every_fault_is_caught(check: Callable[[Any], Report], fault: Fault) -> None:
    failures = check(fault.wrong).failures
    found = {failure.check for failure in failures}
    # All but one have their twin's documentation: what is said of that is not the fault.
    assert found if fault.id == "protocol::NoDocstring" else found - {"documentation"}
    assert all(re.fullmatch("[a-z0-9]+(-[a-z0-9]+)*", failure.code) for failure in failures)


@pytest.mark.parametrize(("check", "subject"), correct())
def test_nothing_correct_is_accused(check: Callable[[Any], Report], subject: Any) -> None:
    report = check(subject)
    assert report.ok, str(report)


@pytest.mark.parametrize("family", DIAGNOSED)
def test_the_first_line_names_the_true_cause_of_most_faults(family: str) -> None:
    counted = [fault for fault in OPERATIONS if fault.family == family]
    unnamed = []
    for fault in counted:
        line = check_operation(fault.wrong).failures[0].message.partition("\n")[0]
        if not re.search(fault.cause, line, re.IGNORECASE):
            unnamed.append(f"{fault.id}: {line}")
    # Some causes have no short name; `python -m benchmarks.corpus_report --verbose` lists them.
    assert len(unnamed) <= 0.15 * len(counted), "\n".join(unnamed)


def test_every_fault_has_an_id_of_its_own() -> None:
    ids = Counter(fault.id for entries, _ in CHECKS for fault in entries)
    assert not [name for name, count in ids.items() if count > 1]
