"""Tests of each hand-written page of the documentation."""

from __future__ import annotations

import itertools
import re
from code import InteractiveConsole
from pathlib import Path
from types import CodeType
from typing import Any

DOCS = Path(__file__).parents[2] / "docs"
README = DOCS.with_name("README.md")
TEXTS = {
    page.relative_to(DOCS).as_posix(): page.read_text(encoding="utf-8")
    for page in sorted(DOCS.rglob("*.md"))
    if "generated" not in page.relative_to(DOCS).parts[:-1]
}
PARTS = (r"^\*\*Context", r"^\*\*Decision", r"^\*\*Consequences")


def test_a_page_ends_with_a_link_to_the_next() -> None:
    ends = {name: text.rstrip().split("\n\n")[-1] for name, text in TEXTS.items()}
    assert [name for name, end in ends.items() if not re.match(r"\*\*Next:\*\* .*\]\(", end, re.DOTALL)] == []


def test_a_page_is_short() -> None:
    words = {name: len(text.split()) for name, text in TEXTS.items() if not name.startswith("reference/")}
    assert [name for name, count in words.items() if count > 1500] == []


def test_links_between_files_exist() -> None:
    """The site has the pages of docs/ only."""
    for name, text in TEXTS.items():
        for link in re.findall(r"\]\(([^)#]+)[)#]", text):
            if not re.match(r"https?://", link) and "generated/" not in link:
                target = (DOCS / name).parent / link
                assert target.exists(), (name, link)
                assert DOCS in target.resolve().parents, (name, link)


def test_a_decision_has_context_decision_and_consequences() -> None:
    parts = itertools.product((name for name in TEXTS if name.startswith("adr/0")), PARTS)
    missing = [(name, part) for name, part in parts if not re.search(part, TEXTS[name], re.MULTILINE)]
    assert missing == []


def test_the_first_screen_shows_an_example_its_graph_two_commands_and_what_only_minigrad_has() -> None:
    first = "\n".join(README.read_text(encoding="utf-8").splitlines()[:52])
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


def test_examples_can_be_pasted_into_a_prompt() -> None:
    """Before Python 3.13, an empty line ends a class or a loop, and only an empty line does."""
    for name, text in [*TEXTS.items(), ("README.md", README.read_text(encoding="utf-8"))]:
        for example in re.findall(r"^```python\n(>>> .*?)^```", text, re.MULTILINE | re.DOTALL):
            prompt = Prompt()
            for line in example.splitlines():
                if line.startswith((">>>", "...")) or not line:
                    prompt.push(line[4:])
                assert not prompt.failed, (name, line)
