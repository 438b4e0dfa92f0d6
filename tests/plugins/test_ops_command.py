"""`minigrad ops`."""

from __future__ import annotations

import json
import re

import pytest
from click.testing import CliRunner, Result

from minigrad_core.cli.columns import show_columns
from minigrad_core.cli.group import minigrad
from tests.plugins.testbed import WORKING, Site


def run(*args: str) -> Result:
    return CliRunner().invoke(minigrad, args)


def test_ops_lists_calls_and_first_lines(site: Site) -> None:
    code = WORKING.format(op="scale").replace(
        "    name =", '    """Twice the input.\n\n    More.\n    """\n\n    name ='
    )
    site.add("mg-a", namespace="a", code=code.replace("ctx, x", "ctx, x, *, axis=None"))
    lines = run("ops").stdout.splitlines()
    assert lines[1].split("  ") == ["a::scale", "scale(x, *, axis=None)", "Twice the input."]


def test_ops_lists_a_first_sentence_whole_and_that_of_the_instance(site: Site) -> None:
    code = WORKING.format(op="scale").replace("return [Scale()]", "return [instance()]")
    code += """
def instance():
    op = Scale()
    op.__doc__ = "Twice the\\n    input.\\n    d/dx = 2 grad.\\n"
    return op
"""
    site.add("mg-a", namespace="a", code=code)
    assert run("ops").stdout.splitlines()[1].endswith("  Twice the input.")


@pytest.mark.parametrize(
    ("pattern", "matches"), [("sca", True), ("a::*", True), ("*ale", True), ("b::*", False)]
)
def test_ops_takes_a_part_of_a_name_or_wildcards(site: Site, pattern: str, matches: bool) -> None:
    site.add("mg-a", namespace="a")
    result = run("ops", pattern)
    assert ("a::scale" in result.stdout) == matches
    assert result.exit_code == (0 if matches else 1)


def test_ops_shows_one_in_full(site: Site) -> None:
    code = WORKING.format(op="scale").replace("ctx, x)", "ctx, x: float, *, axis: int = 0)")
    members = '    "Twice the input."\n    implements = (np.tanh,)\n    name'
    code = "import numpy as np\n" + code.replace("    name", members)
    site.add("mg-a", namespace="a", code=code)
    out = run("ops", "a::scale").stdout
    assert out.startswith("a::scale (mg-a 1.0)\n\n  scale(x, *, axis=0)\n")
    assert "inputs       x: float\n" in out
    assert "settings     axis: int = 0\n" in out
    assert "implements   np.tanh\n" in out
    assert "mg_a_plugin.py:5\n" in out
    assert out.endswith("\n  Twice the input.\n")


def test_ops_prints_json_and_nothing_else_on_standard_output(site: Site) -> None:
    code = WORKING.format(op="scale").replace("ctx, x)", "ctx, x, *, axis=0)")
    members = '    "Twice the input."\n    implements = (np.tanh,)\n    name'
    site.add(
        "mg-a",
        namespace="a",
        code="import numpy as np\nprint('loading')\n" + code.replace("    name", members, 1),
    )
    for pattern in ("scale", "a::scale"):
        (entry,) = json.loads(run("ops", pattern, "--json").stdout)
        assert re.fullmatch(r".+\.py:\d+", entry.pop("source"))
        assert entry == {
            "name": "a::scale",
            "call": "scale(x, *, axis=0)",
            "inputs": ["x"],
            "settings": ["axis"],
            "implements": ["np.tanh"],
            "derivatives": "of any order",
            "broadcasts": True,
            "summary": "Twice the input.",
        }


def test_ops_suggests_a_name(site: Site) -> None:
    site.add("mg-a", namespace="a")
    result = run("ops", "a::sclae")
    assert result.exit_code == 1
    assert "plugin 'a' has no operation 'sclae'\n  near  a::scale" in result.stderr


def test_on_a_terminal_what_does_not_fit_goes_below_its_row() -> None:
    shown: list[str] = []
    rows = [("a", "one two three four"), ("b", "five")]
    show_columns(("NAME", "TEXT"), rows, width=18, show=shown.append)
    assert shown == ["NAME  TEXT", "a", "    one two three\n    four", "b     five"]
    shown.clear()
    show_columns(("NAME", "TEXT"), rows, width=None, show=shown.append)
    assert shown == ["NAME  TEXT", "a     one two three four", "b     five"]
