"""Known failures: strict, with a reason, for a law that exists."""

from __future__ import annotations

import pytest

from minigrad_core.errors import ArgumentError, UnknownNameError
from minigrad_core.testing import Exemption, Failure, Report
from minigrad_core.testing.report.exemptions import apply_exemptions

REPORT = Report(
    "mine::gelu",
    ran=("derivative", "type"),
    failures=(Failure("mine::gelu", "type", "imprecise", "off by 40 ulp"),),
)


def test_a_failure_that_is_known_is_skipped_with_its_reason() -> None:
    report = apply_exemptions(REPORT, [Exemption("mine::gelu", "type", "float32 tables")])
    assert report.ok
    assert report.ran == ("derivative",)
    assert report.skipped == {"type": "exempt: float32 tables"}


def test_an_unexpected_pass_fails_and_says_what_to_do() -> None:
    report = apply_exemptions(REPORT, [Exemption("mine::gelu", "derivative", "issue 12")])
    *known, new = report.failures
    assert known == [*REPORT.failures]
    assert (new.check, new.code) == ("derivative", "unexpected-pass")
    assert new.message == ("it was exempted (issue 12), expected to fail, but did not: remove the exemption")


def test_an_exemption_for_one_code_leaves_the_others() -> None:
    report = apply_exemptions(REPORT, [Exemption("mine::gelu", "type", "issue 12", code="overflow")])
    assert [failure.code for failure in report.failures] == ["imprecise", "unexpected-pass"]
    assert "expected to fail with overflow" in report.failures[1].message
    assert apply_exemptions(REPORT, [Exemption("mine::gelu", "type", "issue 12", code="imprecise")]).ok


def test_an_exemption_is_for_one_subject_only() -> None:
    assert apply_exemptions(REPORT, [Exemption("mine::tanh", "type", "issue 12")]) is REPORT


def test_an_exemption_from_a_law_that_is_blocked_waits() -> None:
    report = Report("mine::gelu", ("derivative",), REPORT.failures, {"refusal": "blocked: derivative failed"})
    assert apply_exemptions(report, [Exemption("mine::gelu", "refusal", "issue 12")]) is report


def test_an_unknown_law_is_an_error_that_lists_the_laws() -> None:
    with pytest.raises(UnknownNameError, match="there is no law 'tpye'; the laws are claim, "):
        Exemption("mine::gelu", "tpye", "issue 12")


def test_an_exemption_needs_a_reason() -> None:
    with pytest.raises(ArgumentError, match="the exemption of mine::gelu from type needs a reason"):
        Exemption("mine::gelu", "type", " ")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("mine::gelu::type: issue 12", Exemption("mine::gelu", "type", "issue 12")),
        ("mine::gelu::derivative=issue 12", Exemption("mine::gelu", "derivative", "issue 12")),
        (
            "mine::gelu::derivative/wrong-gradient: a = b",
            Exemption("mine::gelu", "derivative", "a = b", "wrong-gradient"),
        ),
        ("mine::gelu::derivative=why: because", Exemption("mine::gelu", "derivative", "why: because")),
    ],
)
def test_an_exemption_is_read_from_a_line(text: str, expected: Exemption) -> None:
    assert Exemption.parse(text) == expected


@pytest.mark.parametrize("text", ["mine::gelu::type", "type: why", ""])
def test_a_line_that_is_none_is_an_error_with_the_form(text: str) -> None:
    with pytest.raises(ArgumentError, match="expected SUBJECT::CHECK: REASON, as in nn::gelu::type: why"):
        Exemption.parse(text)
