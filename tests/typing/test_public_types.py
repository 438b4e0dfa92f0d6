"""mypy and pyright on code of a third party: they reject exactly the marked lines."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
RIGHT = sorted(HERE.glob("right/*.py"))
WRONG = sorted(HERE.glob("wrong/*.py"))

# NumPy's stubs type np.f(tensor) as an array or Any, so strict code needs the exception.
MYPY = ["--strict", "--no-warn-return-any", "--config-file=", "--no-pretty"]

Line = tuple[str, int]


def run_mypy(files: list[Path], cache: Path) -> set[Line]:
    """Return the lines that mypy rejects."""
    command = [sys.executable, "-m", "mypy", *MYPY, f"--cache-dir={cache}", *map(str, files)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode in (0, 1), done.stderr + done.stdout
    found = re.findall(r"^(.+?):(\d+): error", done.stdout, re.MULTILINE)
    return {(Path(name).name, int(line)) for name, line in found}


def run_pyright(files: list[Path], folder: Path) -> set[Line]:
    """Return the lines that pyright rejects; run in `folder`, since our settings exclude wrong files."""
    options = ["--outputjson", f"--pythonpath={sys.executable}"]
    command = [sys.executable, "-m", "pyright", *options, *map(str, files)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder)
    diagnostics = json.loads(done.stdout)["generalDiagnostics"]
    errors = [entry for entry in diagnostics if entry["severity"] == "error"]
    return {(Path(entry["file"]).name, entry["range"]["start"]["line"] + 1) for entry in errors}


def find_marked_lines(checker: str) -> set[Line]:
    """Return the lines whose comment says that `checker` must reject them."""
    return {
        (file.name, number)
        for file in WRONG
        for number, line in enumerate(file.read_text().splitlines(), 1)
        if checker in line.partition("# rejected:")[2]
    }


@pytest.fixture
def cache(request: pytest.FixtureRequest, worker_id: str) -> Path:
    """A folder that persists between runs: mypy reads NumPy's stubs in ten seconds, and its cache in one."""
    return Path(request.config.cache.mkdir(f"mypy-{worker_id}"))


def test_mypy_rejects_the_marked_lines_and_no_others(cache: Path) -> None:
    assert run_mypy([*RIGHT, *WRONG], cache) == find_marked_lines("mypy")


def test_pyright_rejects_the_marked_lines_and_no_others(tmp_path: Path) -> None:
    assert run_pyright([*RIGHT, *WRONG], tmp_path) == find_marked_lines("pyright")
