"""Tests of each hand-written page of the documentation."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[2] / "docs"
PAGES = sorted(
    page.relative_to(DOCS).as_posix()
    for page in DOCS.rglob("*.md")
    if "generated" not in page.relative_to(DOCS).parts[:-1]
)


@pytest.mark.parametrize("name", PAGES)
def test_a_page_ends_with_a_link_to_the_next(name: str) -> None:
    last = (DOCS / name).read_text(encoding="utf-8").rstrip().split("\n\n")[-1]
    assert re.match(r"\*\*Next:\*\* .*\]\(", last, re.DOTALL), last


@pytest.mark.parametrize("name", [name for name in PAGES if not name.startswith("reference/")])
def test_a_page_is_short(name: str) -> None:
    assert len((DOCS / name).read_text(encoding="utf-8").split()) <= 1500


@pytest.mark.parametrize("name", PAGES)
def test_links_between_files_exist(name: str) -> None:
    page = DOCS / name
    for link in re.findall(r"\]\(([^)#]+)[)#]", page.read_text(encoding="utf-8")):
        if not re.match(r"https?://", link) and "generated/" not in link:
            assert (page.parent / link).exists(), link


@pytest.mark.parametrize("name", [name for name in PAGES if name.startswith("adr/0")])
def test_a_decision_has_context_decision_and_consequences(name: str) -> None:
    text = (DOCS / name).read_text(encoding="utf-8")
    parts = ("Context", "Decision", "Consequences")
    found = [re.search(rf"^\*\*{part}", text, re.MULTILINE) for part in parts]
    assert all(found), found
