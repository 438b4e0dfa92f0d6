"""`minigrad new-plugin`: what it writes and refuses. The guide's commands test that the project works."""

from __future__ import annotations

import ast
import errno
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from minigrad_core.cli.group import minigrad
from tests.plugins.testbed import Site


def new_plugin(path: Path, namespace: str = "mine") -> Result:
    return CliRunner().invoke(minigrad, ["new-plugin", str(path), "--namespace", namespace])


def test_a_project_is_written_whole(tmp_path: Path) -> None:
    result = new_plugin(tmp_path / "minigrad-mine")
    assert result.exit_code == 0, result.output
    written = {str(f.relative_to(tmp_path / "minigrad-mine")) for f in tmp_path.rglob("*") if f.is_file()}
    assert written == {
        ".github/workflows/ci.yml",
        ".github/workflows/release.yml",
        ".gitignore",
        "LICENSE",
        "README.md",
        "pyproject.toml",
        "src/minigrad_mine/__init__.py",
        "src/minigrad_mine/fan_in_normal.py",
        "src/minigrad_mine/plugin.py",
        "src/minigrad_mine/py.typed",
        "src/minigrad_mine/sign_sgd.py",
        "src/minigrad_mine/activations.py",
        "tests/test_contract.py",
        "tests/test_values.py",
    }


def test_it_uses_public_names_only(tmp_path: Path) -> None:
    new_plugin(tmp_path / "minigrad-mine")
    public = {f"minigrad_core{part}" for part in ("", ".cases", ".contracts", ".testing", ".plugins")}
    imported = [
        (node.module, alias.name)
        for file in (tmp_path / "minigrad-mine").rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("minigrad_core")
        for alias in node.names
    ]
    assert ("minigrad_core.contracts", "fans") in imported
    assert {module for module, _ in imported} <= public
    assert all(name in import_module(module).__all__ for module, name in imported)


def test_every_placeholder_is_filled_in(tmp_path: Path) -> None:
    new_plugin(tmp_path / "minigrad-mine", "mine_ops")
    for file in (tmp_path / "minigrad-mine").rglob("*"):
        if file.is_file():
            text = file.read_text()
            for shells in ("${{ matrix.python }}", "$(uv version --short)", "$GITHUB_REF_NAME"):
                text = text.replace(shells, "")
            assert "$" not in text
    assert 'mine_ops = "minigrad_mine.plugin"' in (tmp_path / "minigrad-mine" / "pyproject.toml").read_text()


def test_mypy_accepts_an_import_of_scipy(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    new_plugin(tmp_path / "minigrad-mine")
    module = tmp_path / "minigrad-mine" / "special.py"  # outside of the package, which imports the core
    module.write_text("from scipy import special\n\nf = special.erf\n")
    cache = request.config.cache.mkdir("mypy-new-plugin")
    command = [sys.executable, "-m", "mypy", "--cache-dir", str(cache), str(module)]
    done = subprocess.run(
        command, cwd=tmp_path / "minigrad-mine", capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert not done.stderr  # no warning about settings either


@pytest.mark.parametrize(
    ("namespace", "message"),
    [
        ("nn", "'nn' belongs to minigrad-ops-nn"),
        ("train", "'train' belongs to minigrad-train"),
        ("local", "'local' belongs to mg.register"),
        ("\u00b5", "(NFKC), '\\xb5' as '\\u03bc'; '\u03bc' would do"),
        (
            "my-ops",
            "'my-ops' is not a usable name: expected an identifier that is not a keyword; 'my_ops' would do",
        ),
        ("class", "expected an identifier"),
        ("_mine", "no underscore first; 'mine' would do"),
    ],
)
def test_a_namespace_that_could_not_load_is_refused(tmp_path: Path, namespace: str, message: str) -> None:
    result = new_plugin(tmp_path / "minigrad-mine", namespace)
    assert result.exit_code == 2
    assert message in result.stderr
    assert not (tmp_path / "minigrad-mine").exists()


def test_a_folder_with_something_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    result = new_plugin(tmp_path)
    assert result.exit_code == 1
    assert "exists and is not an empty folder" in result.stderr


def test_a_folder_with_a_repository_and_nothing_else_is_taken(tmp_path: Path) -> None:
    path = tmp_path / "minigrad-mine"
    (path / ".git").mkdir(parents=True)
    assert new_plugin(path).exit_code == 0
    assert (path / "pyproject.toml").exists()


def test_a_namespace_that_is_installed_is_mentioned(tmp_path: Path, site: Site) -> None:
    site.add("mg-mine", "2.0", namespace="mine")
    result = new_plugin(tmp_path / "minigrad-mine")
    assert result.exit_code == 0
    assert result.stderr == (
        "note: mg-mine 2.0 has the namespace 'mine' here: both together will be a conflict\n"
    )


def test_a_disk_that_fills_up_leaves_no_half_project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[Path] = []

    def write_three(path: Path, text: str, encoding: str) -> None:
        if len(written) == 3:
            raise OSError(errno.ENOSPC, "No space left on device")
        path.touch()
        written.append(path)

    monkeypatch.setattr("pathlib.Path.write_text", write_three)
    result = new_plugin(tmp_path / "minigrad-mine")
    assert (result.exit_code, result.stderr) == (1, "Error: writing failed: No space left on device\n")
    assert len(written) == 3
    assert not list(tmp_path.iterdir())


def test_what_was_there_outlives_a_failure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(path: Path, text: str, encoding: str) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    (tmp_path / "minigrad-mine" / ".git").mkdir(parents=True)
    monkeypatch.setattr("pathlib.Path.write_text", full)
    assert new_plugin(tmp_path / "minigrad-mine").exit_code == 1
    assert [entry.name for entry in (tmp_path / "minigrad-mine").iterdir()] == [".git"]


@pytest.mark.parametrize("name", ["-", "3d-ops", "class"])
def test_a_name_that_no_package_can_have_is_refused(tmp_path: Path, name: str) -> None:
    result = CliRunner().invoke(minigrad, ["new-plugin", "--namespace", "mine", "--", str(tmp_path / name)])
    assert result.exit_code == 2
    assert (
        "is not a name for a distribution" in result.stderr or "gives no name for a package" in result.stderr
    )


def test_a_path_that_is_a_link_to_itself_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "mg-x"
    path.symlink_to(path)
    result = CliRunner().invoke(minigrad, ["new-plugin", str(path), "--namespace", "mine"])
    assert (result.exit_code, result.stderr) == (1, f"Error: {path}: File exists\n")
