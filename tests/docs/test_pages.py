"""Tests of each hand-written page of the documentation."""

from __future__ import annotations

import re
from code import InteractiveConsole
from pathlib import Path
from types import CodeType
from typing import Any

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
            assert DOCS in (page.parent / link).resolve().parents, (
                f"{link}: the site has the pages of docs/ only"
            )


@pytest.mark.parametrize("name", [name for name in PAGES if name.startswith("adr/0")])
def test_a_decision_has_context_decision_and_consequences(name: str) -> None:
    text = (DOCS / name).read_text(encoding="utf-8")
    parts = ("Context", "Decision", "Consequences")
    found = [re.search(rf"^\*\*{part}", text, re.MULTILINE) for part in parts]
    assert all(found), found


@pytest.mark.parametrize("name", ["index.md", "../README.md"])
def test_the_first_screen_shows_an_example_its_graph_two_commands_and_what_only_minigrad_has(
    name: str,
) -> None:
    first = "\n".join((DOCS / name).read_text(encoding="utf-8").splitlines()[:52])
    assert len(first.split()) < 400
    parts = (">>> y.backward()", "pictures/expression.svg", "uv run minigrad train\n", "uv run pytest\n")
    assert [part for part in parts if part not in first] == []
    links = re.findall(r"\]\((?:docs/)?([^)]*)\)", first)
    pages = (
        "tutorial/first-steps.md",
        "reference/drawing.md",
        "reference/training.md",
        "reference/contract.md",
    )
    special = ("explanation/every-order.md", "reference/findings.md", "how-to/scipy.md")
    assert [page for page in (*pages, *special) if page not in links] == []
    assert all((DOCS / page).exists() for page in links)


class Prompt(InteractiveConsole):
    """Python's prompt, which compiles what is pasted and does not run it."""

    failed = False

    def runcode(self, code: CodeType) -> None:
        """Do nothing."""

    def showsyntaxerror(self, *args: Any, **settings: Any) -> None:
        """Remember that there was an error."""
        self.failed = True


@pytest.mark.parametrize("name", [*PAGES, "../README.md"])
def test_examples_can_be_pasted_into_a_prompt(name: str) -> None:
    """Before Python 3.13, an empty line ends a class or a loop, and only an empty line does."""
    for example in re.findall(
        r"^```python\n(>>> .*?)^```", (DOCS / name).read_text("utf-8"), re.MULTILINE | re.DOTALL
    ):
        prompt = Prompt()
        for line in example.splitlines():
            if line.startswith((">>>", "...")) or not line:
                prompt.push(line[4:])
            assert not prompt.failed, line
