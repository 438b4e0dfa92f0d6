"""`minigrad check --html`: one page that is whole, escaped, and used by mouse, keyboard and screen reader."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from click.testing import CliRunner

from minigrad_core.cli.group import minigrad
from minigrad_core.cli.report_page import report_page
from minigrad_core.testing.registered_subjects import RegisteredSubject
from minigrad_core.testing.report.report import Explanation, Failure, Gradients, Report
from tests.contract.browser import found_in, needs_browser
from tests.contract.faulty_plugins import plugin

if TYPE_CHECKING:
    from tests.plugins.testbed import Site

HOSTILE = '<script>alert("1")</script>'
GRADIENTS = Gradients("gradient of input 0 (x)", np.array([[1.0, -2.0]]), np.array([[1.0, 2.0]]))
EXPLANATION = Explanation(
    "input 0: the sign is wrong", "smallest case: x (2,)", GRADIENTS, "off by 4", "import sys", "again"
)
VOID = {"meta", "input", "br", "link"}


def failing(name: str, law: str = "derivative", explanation: Explanation = EXPLANATION) -> Report:
    failure = Failure(name, law, "wrong-gradient", str(explanation), explanation)
    return Report(
        name, ("frame", law), (failure,), {"reference": "it has none", "linear": "blocked: derivative failed"}
    )


def passing(name: str) -> Report:
    return Report(name, ("frame", "derivative", "linear"), (), {"reference": "it has none"})


def page(*results: Report) -> str:
    return report_page(
        results, [RegisteredSubject(r.subject, "operation") for r in results], seconds=1.5, seed=7
    )


class Reader(HTMLParser):
    """Reads a page, and notices what is not closed, and where it would fetch something."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def test_counts_and_cells_say_what_came_out() -> None:
    text = page(failing("mine::wrong"), passing("mine::right"))
    read = Reader(text)
    classes = [attrs.get("class") for tag, attrs in read.tags if tag == "td" and "data-law" in attrs]
    assert classes.count("failed") == 1
    assert classes.count("passed") == 1 + 3
    labels = [attrs["aria-label"] for _, attrs in read.tags if attrs.get("class") == "na"]
    assert "not applicable: it has none" in labels
    assert "not applicable: blocked: derivative failed" in labels
    assert "seed 7, 1.5 s" in text


def test_the_head_counts_what_the_command_counts_in_the_same_words() -> None:
    twice = (Failure("mine::wrong", "type", "wrong-dtype", fact) for fact in ("the output", "the gradient"))
    text = page(replace(failing("mine::wrong"), failures=tuple(twice)), passing("mine::right"))
    head = [" ".join(line) for line in re.findall("<dt>(.*)</dt><dd>(.*)</dd>", text)]
    assert head == ["subjects 2", "failed subjects 1", "checks 5", "failed checks 1", "not applicable 3"]


def test_every_kind_of_subject_has_a_grid_with_its_own_laws() -> None:
    results = [
        passing("nn::relu"),
        Report("nn::adam", ("rate", "state")),
        Report("minigrad-mine", ("import",)),
    ]
    found = [RegisteredSubject("nn::relu", "operation"), RegisteredSubject("nn::adam", "optimizer")]
    text = report_page(results, found, seconds=0, seed=0)
    assert [kind in text for kind in ("Operations", "Optimizers", "Packages", "Initializers")] == [1, 1, 1, 0]
    optimizers = text[text.index("Optimizers") : text.index("Packages")]
    assert 'data-law="in_place"' in optimizers
    assert 'data-law="derivative"' not in optimizers


def test_a_subject_that_ended_its_process_stands_among_those_of_its_kind() -> None:
    ended = Failure("nn::relu", "load", "crashed", "in the check load: the process ended with status 7")
    found = [RegisteredSubject("nn::relu", "operation")]
    text = report_page([Report("nn::relu", ("load",), (ended,))], found, seconds=0, seed=0)
    assert "Operations" in text
    assert "Packages" not in text


def test_a_failure_has_its_six_parts_and_its_heat_map() -> None:
    text = page(failing("mine::wrong"))
    for part in ("the sign is wrong", "x (2,)", "Gradient of input 0 (x)", "off by 4", "import sys", "again"):
        assert part in text
    assert '<td class="shade0">0</td><td class="shade4">4</td>' in text


def test_a_failure_without_parts_shows_its_message() -> None:
    failure = Failure("mine", "load", "plugin-not-loaded", "mine is unavailable:\n  cause ImportError")
    text = report_page(
        [Report("mine", ("load",), (failure,))], [RegisteredSubject("mine", "plugin")], seconds=0, seed=0
    )
    assert "mine is unavailable:\n  cause ImportError" in text
    assert "Plugins that did not load" in text


def test_several_failures_of_one_law_are_all_told() -> None:
    failures = tuple(
        Failure("minigrad-mine", "import", "package-import", fact) for fact in ("slow", "prints")
    )
    text = report_page([Report("minigrad-mine", ("import",), failures)], [], seconds=0, seed=0)
    assert '<p class="diagnosis">slow</p>' in text
    assert '<p class="diagnosis">prints</p>' in text


def test_nothing_that_a_plugin_says_becomes_markup() -> None:
    gradients = Gradients(HOSTILE, np.ones((1, 1)), np.zeros((1, 1)))
    explanation = Explanation(HOSTILE, HOSTILE, gradients, HOSTILE, HOSTILE, HOSTILE)
    failure = Failure(HOSTILE, HOSTILE, HOSTILE, str(explanation), explanation)
    hostile = Report(HOSTILE, (HOSTILE, 'x" onclick="y'), (failure,), {"frame": HOSTILE})
    read = Reader(report_page([hostile], [], seconds=0, seed=0))
    assert [tag for tag, _ in read.tags].count("script") == 1
    assert not any("onclick" in attrs for _, attrs in read.tags)
    assert HOSTILE in "".join(read.text)


def test_the_page_fetches_nothing() -> None:
    read = Reader(page(failing("mine::wrong")))
    assert not {tag for tag, _ in read.tags} & {"link", "img", "iframe", "object"}
    assert not any("src" in attrs for _, attrs in read.tags)
    assert all(str(attrs["href"]).startswith("#") for _, attrs in read.tags if "href" in attrs)


def test_gradients_that_are_not_finite_are_marked_worst() -> None:
    gradients = Gradients("x", np.array([[np.nan, 1.0]]), np.ones((1, 2)))
    assert gradients.compute_shades().tolist() == [[-1, 0]]
    assert "[! ]" in str(gradients)
    assert '<td class="shadex">nan</td>' in page(
        failing("mine::wrong", explanation=Explanation("x", gradients=gradients))
    )


@needs_browser
def test_a_click_on_the_red_cell_of_a_faulty_plugin_shows_its_message(site: Site, tmp_path: Path) -> None:
    site.add("minigrad-mine", namespace="mine", code=plugin("wrong"))
    done = site.minigrad(
        "check", "mine", "--html", str(tmp_path / "report.html"), env={"MINIGRAD_PLUGINS": "mine"}
    )
    assert done.returncode == 1
    found = found_in(
        tmp_path / "report.html",
        """
        const row = document.querySelector('tr[data-text^="mine::wrong"]');
        const cell = row.querySelector('td.failed[data-law="derivative"] a');
        const dialog = document.getElementById("detail");
        found.before = dialog.open;
        cell.click();
        found.open = dialog.open;
        found.text = dialog.innerText;
        found.focus = document.activeElement.tagName;
        found.worst = dialog.querySelectorAll(".heat .shade4").length;
        found.title = dialog.getAttribute("aria-label");
        found.link = cell.getAttribute("aria-label");
        found.scrolled = [...dialog.querySelectorAll("pre")].every((code) => code.tabIndex === 0);
        dialog.close();
        """,
    )
    assert (found["before"], found["open"], found["focus"]) == (False, True, "H3")
    assert "input 0: the sign is wrong" in found["text"]
    assert "import numpy as np" in found["text"]
    assert "pytest --minigrad-contract=mine::wrong -k derivative" in found["text"]
    assert found["worst"] >= 1
    assert found["title"] == "mine::wrong derivative wrong-gradient"
    assert found["link"] == "mine::wrong, derivative: failed, wrong-gradient"  # among all links of the page
    assert found["scrolled"]  # wide code is scrolled by the arrow keys


def written(folder: Path, *results: Report) -> Path:
    (folder / "report.html").write_text(page(*results), encoding="utf-8")
    return folder / "report.html"


@needs_browser
def test_the_grid_is_walked_by_the_arrow_keys_and_entered_by_tab_at_one_cell(tmp_path: Path) -> None:
    found = found_in(
        written(tmp_path, passing("mine::a"), failing("mine::b"), passing("mine::c")),
        """
        document.getElementById("only").click();  // the page opens on what failed
        const name = () => {
          const cell = document.activeElement.closest("td");
          return cell ? cell.parentElement.firstElementChild.textContent + " " + cell.dataset.law : null;
        };
        const grid = document.querySelector('[role="grid"]');
        const stops = grid.querySelectorAll('[tabindex="0"]');
        found.stops = stops.length;
        stops[0].focus();
        found.path = [name()];
        for (const key of ["ArrowUp", "ArrowLeft", "ArrowDown", "Home", "ArrowLeft", "End"]) {
          document.activeElement.dispatchEvent(new KeyboardEvent("keydown", {key, bubbles: true}));
          found.path.push(name());
        }
        found.after = grid.querySelectorAll('[tabindex="0"]').length;
        """,
    )
    laws = RegisteredSubject("mine::a", "operation").laws
    left = laws[laws.index("derivative") - 1]
    assert (found["stops"], found["after"]) == (1, 1)
    assert found["path"] == [
        "mine::b derivative",
        "mine::a derivative",
        f"mine::a {left}",
        f"mine::b {left}",
        f"mine::b {laws[0]}",
        f"mine::b {laws[0]}",
        f"mine::b {laws[-1]}",
    ]


@needs_browser
def test_filters_by_namespace_law_text_and_failure_leave_what_fits_and_count_it(tmp_path: Path) -> None:
    found: dict[str, Any] = found_in(
        written(tmp_path, passing("mine::a"), failing("mine::b"), passing("other::c")),
        """
        const field = (id) => document.getElementById(id);
        found.opened = field("shown").textContent;
        field("only").click();
        const ask = (id, value) => {
          field(id)[id === "only" ? "checked" : "value"] = value;
          field("filters").dispatchEvent(new Event("input"));
          const names = [...document.querySelectorAll("tbody tr:not([hidden]) th")].map(
            (th) => th.textContent);
          const laws = [...document.querySelectorAll("thead th[data-law]")].filter((th) => th.offsetParent);
          field(id)[id === "only" ? "checked" : "value"] = id === "only" ? false : "";
          return [names, laws.length, field("shown").textContent];
        };
        found.namespace = ask("namespace", "other");
        found.law = ask("law", "linear");
        found.text = ask("text", " SIGN is");
        found.only = ask("only", true);
        found.nothing = ask("text", "no such");
        found.told = !field("nothing").hidden;
        """,
    )
    laws = len(RegisteredSubject("mine::a", "operation").laws)
    assert found["opened"] == "1 of 3 subjects"  # what failed, first
    assert found["namespace"] == [["other::c"], laws, "1 of 3 subjects"]
    assert found["law"] == [["mine::a", "mine::b", "other::c"], 1, "3 subjects"]
    assert found["text"] == found["only"] == [["mine::b"], laws, "1 of 3 subjects"]
    assert found["nothing"] == [[], 0, "0 of 3 subjects"]
    assert found["told"] is True


@needs_browser
def test_the_heading_of_a_grid_counts_the_subjects_that_are_shown(tmp_path: Path) -> None:
    found = found_in(
        written(tmp_path, passing("mine::a"), failing("mine::b"), passing("other::c")),
        """
        const heading = () => document.querySelector(".kind h2").textContent;
        found.filtered = heading();
        document.getElementById("only").click();
        found.all = heading();
        """,
    )
    assert found == {"filtered": "Operations 1 of 3", "all": "Operations 3"}


@needs_browser
@pytest.mark.parametrize("width", [300, 376])
def test_no_text_is_under_the_button_that_copies(tmp_path: Path, width: int) -> None:
    found = found_in(
        written(tmp_path, failing("mine::b")),
        f"""
        document.querySelector("td.failed a").click();
        const dialog = document.getElementById("detail");
        dialog.style.width = "{width}px";
        const text = document.createRange();
        found.apart = [...dialog.querySelectorAll(".copy")].map((button) => {{
          const heading = [...dialog.querySelectorAll("h4")].filter(
            (h) => button.compareDocumentPosition(h) & Node.DOCUMENT_POSITION_PRECEDING).pop();
          text.selectNodeContents(heading);
          const [a, b] = [text.getBoundingClientRect(), button.getBoundingClientRect()];
          return b.width > 0 && (a.right <= b.left || a.bottom <= b.top || b.bottom <= a.top);
        }});
        """,
    )
    assert found["apart"] == [True, True]


def test_a_page_that_cannot_be_written_is_refused_before_anything_is_checked(tmp_path: Path) -> None:
    for file, message in (("report.txt", "must end with .html"), ("nowhere/report.html", "is not a folder")):
        result = CliRunner().invoke(minigrad, ["check", "--html", str(tmp_path / file)])
        assert result.exit_code == 2
        assert message in " ".join(result.output.split())


@pytest.mark.parametrize("order", [["--mutants", "--html", "x.html"], ["--html", "x.html", "--mutants"]])
def test_mutants_have_no_page(order: list[str]) -> None:
    result = CliRunner().invoke(minigrad, ["check", *order])
    assert result.exit_code == 2
    assert "--mutants has no page" in " ".join(result.output.split())
