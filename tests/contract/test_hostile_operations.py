"""The kit survives what operations do, and leaves the process as it was."""

from __future__ import annotations

import random
import warnings
from typing import Any

import numpy as np
import pytest

from minigrad_core.testing import check_operation
from tests.contract.hostile import SURVIVABLE, ExitsInBackward, Hostile, Raises, TurnsTheWorldOver


@pytest.mark.parametrize("op", SURVIVABLE, ids=lambda op: op.__name__)
def test_misbehaviour_is_a_failure_in_the_report(op: Any) -> None:
    report = check_operation(op())
    assert not report.ok
    assert all(failure.check and failure.code and failure.message for failure in report.failures)


def test_the_failure_names_what_the_operation_did() -> None:
    (failure,) = check_operation(ExitsInBackward(), only=["protocol"]).failures
    assert (failure.check, failure.code) == ("protocol", "backward-exits")
    assert failure.message.startswith("backward called sys.exit(None)")


def test_what_builds_on_a_failed_check_is_reported_as_blocked() -> None:
    report = check_operation(Raises())
    assert [failure.check for failure in report.failures] == ["cases"]
    assert report.skipped["vjp"] == "blocked: protocol failed"
    assert "vjp" not in report.ran


def test_an_operation_that_conforms_passes() -> None:
    report = check_operation(Hostile())
    assert report.ok, str(report)
    assert len(report.ran) > 15


def test_an_operation_without_cases_that_never_runs_is_told_to_give_some() -> None:
    (failure,) = check_operation(Raises()).failures
    assert failure.code == "needs-cases"
    assert "cases = (Case(x=real('n k')),)" in failure.message


@pytest.mark.usefixtures("surroundings")
def test_no_global_state_is_changed() -> None:
    legacy, standard = _legacy_state(), random.getstate()
    errors, options, filters = np.geterr(), np.get_printoptions(), list(warnings.filters)
    check_operation(TurnsTheWorldOver())
    assert _legacy_state() == legacy
    assert random.getstate() == standard
    assert np.geterr() == errors
    assert np.get_printoptions() == options
    assert list(warnings.filters) == filters


def _legacy_state() -> str:
    return str([str(part) for part in np.random.get_state()])  # noqa: NPY002


def test_two_runs_give_the_same_report() -> None:
    for op in (Hostile, TurnsTheWorldOver):
        assert check_operation(op()) == check_operation(op())


def test_only_the_chosen_checks_run_with_what_they_build_on() -> None:
    assert check_operation(Hostile(), only=["linear"]).ran == ("cases", "protocol", "linear")
