"""Everything that any installed plugin registers keeps the contract; nothing of it is named here."""

from __future__ import annotations

import pytest

from minigrad_core.testing.registered_subjects import RegisteredSubject, find_subjects


@pytest.mark.parametrize("subject", find_subjects(), ids=lambda subject: subject.name)
def test_contract(subject: RegisteredSubject) -> None:
    """One item for each subject: `contract_tests` makes one for each law too, 9,000 of 1.2 ms."""
    report = subject.check()
    assert report.ok, str(report)
