"""Run the tutorial as a newcomer would: all of its pages in order, in an environment with wheels alone."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from difflib import ndiff
from pathlib import Path

import pytest

from minigrad_core.cli.new_plugin import TEMPLATES

TUTORIAL = Path(__file__).parents[2] / "docs" / "tutorial"
PAGES = ["first-steps.md", "first-operation.md", "first-plugin.md"]
BLOCK = re.compile(
    r"```sh\n(?P<commands>.*?)```"
    r"|```\{code-block\} python\n:caption: (?P<file>\S+)\n\n(?P<content>.*?)```"
    r"|(?P<examples>```python\n>>> )",
    re.DOTALL,
)
# The pages use pip and venv. uv does the same from its cache in a tenth of the time.
QUICK_PIP = """
pip() { if [ "$1" = install ]; then uv pip "$@"; else command pip "$@"; fi; }
python() {
    if [ "$1 $2" = "-m venv" ]; then uv venv --quiet --seed --python "$(type -P python)" "$3"
    else command python "$@"; fi
}
"""


def read_script(page: Path) -> str:
    """Return the shell script of a page: its commands, its files, and one doctest run for all examples."""
    script = []
    examples = f"python -m doctest -o ELLIPSIS -o NORMALIZE_WHITESPACE '{page}'\n"
    for block in BLOCK.finditer(page.read_text(encoding="utf-8")):
        if block["commands"]:
            script.append(block["commands"])
        elif block["file"]:
            script.append(f"cat > {block['file']} <<'EOF'\n{block['content']}EOF\n")
        elif examples not in script:
            script.append(examples)
    return "".join(script)


def test_the_file_of_hooks_is_that_of_the_template_and_two_lines() -> None:
    """The project's README names all that the template registers."""
    template = TEMPLATES / "src" / "PACKAGE" / "plugin.py.tmpl"
    blocks = BLOCK.finditer((TUTORIAL / "first-plugin.md").read_text(encoding="utf-8"))
    (content,) = [b["content"] for b in blocks if b["file"] == "src/minigrad_mine/plugin.py"]
    changes = [
        line
        for line in ndiff(template.read_text(encoding="utf-8").splitlines(), content.splitlines())
        if line[0] in "+-"
    ]
    assert changes == [
        "+ from .sin2 import sin2",
        "-     return [squareplus]",
        "+     return [squareplus, sin2]",
    ]


@pytest.mark.parametrize("pip", [QUICK_PIP, pytest.param("", marks=pytest.mark.slow)], ids=["quick", "pip"])
def test_the_commands_and_examples_of_the_tutorial_work(wheels: Path, tmp_path: Path, pip: str) -> None:
    outside = {"VIRTUAL_ENV", "UV_PYTHON", "UV_PROJECT_ENVIRONMENT", "PYTHONPATH"}
    env = {key: value for key, value in os.environ.items() if key not in outside}
    env |= {"PIP_FIND_LINKS": str(wheels), "UV_FIND_LINKS": str(wheels), "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    # A Python without minigrad.
    env["PATH"] = os.pathsep.join([str(Path(sys.base_prefix) / "bin"), env["PATH"]])
    (tmp_path / "minigrad").symlink_to(TUTORIAL.parents[1])  # the clone
    script = pip + "".join(read_script(TUTORIAL / page) for page in PAGES)
    process = subprocess.run(
        ["bash", "-ex"], input=script, cwd=tmp_path, env=env, capture_output=True, text=True, check=False
    )
    assert process.returncode == 0, process.stdout + process.stderr
    assert process.stdout.count("mine: loaded") == 1
    assert process.stdout.count("all pass") == 2
    assert " passed" in process.stdout
    assert "0.8414709848" in process.stdout  # sin(1), the derivative of sin2 at 1/2
    assert re.search(r"^mine +minigrad-mine .* site-packages ", process.stdout, re.MULTILINE)  # the wheel
