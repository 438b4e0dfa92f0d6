"""The page of findings is made of the stored results, and counts what a maintainer upstream would accept."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.findings.page import render_page
from benchmarks.findings.reproduction import CONVENTION, FAULTS
from benchmarks.findings.results import find_unexplained, load_findings, load_results

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "findings.md"
FRAMEWORKS = ("torch", "jax")


def test_the_page_is_made_of_the_stored_results() -> None:
    assert PAGE.read_text(encoding="utf-8") == render_page(load_results())


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_each_finding_is_a_fault_or_says_who_decided_for_it(framework: str) -> None:
    for finding in load_findings(framework):
        assert finding.kind in (*FAULTS, CONVENTION)
        assert finding.remark or finding.kind != CONVENTION, finding.key
    keys = [finding.key for finding in load_findings(framework)]
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_only_a_fault_that_the_kit_finds_and_a_script_shows_counts(framework: str) -> None:
    results = load_results()[framework]
    assert find_unexplained(framework, results) == []
    for finding in load_findings(framework):
        if results.counts(finding):
            assert finding.kind != CONVENTION
            assert finding.shows in results.outputs[finding.key]
            assert any(set(results.codes.get(name, ())) & set(finding.codes) for name in finding.functions)
