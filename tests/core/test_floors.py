"""The architecture: imports go to lower layers only, and only `plugins/` imports importlib.metadata."""

from __future__ import annotations

import ast
import subprocess
import sys
from importlib import import_module
from importlib.metadata import version
from pathlib import Path

import pytest

import minigrad_core
from minigrad_core.package_version import get_package_attribute
from tests.each import for_each

CORE = Path(minigrad_core.__file__).parent
FILES = sorted(path for path in CORE.rglob("*.py") if "plugins" not in path.relative_to(CORE).parts)


def test_imports_only_go_down() -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([linter, "--no-cache"], capture_output=True, text=True, cwd=CORE.parents[2])
    assert done.returncode == 0, done.stdout


@for_each(FILES)
def test_only_plugins_imports_importlib_metadata(path: Path) -> None:
    imported = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            imported |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            imported.add(node.module or "")
    assert not {name for name in imported if name.startswith(("importlib.metadata", "pluggy"))}


def test_importing_the_core_needs_neither_pluggy_nor_metadata() -> None:
    unwanted = {"pluggy", "importlib.metadata", "packaging", "minigrad_core.drawing"}
    code = f"import sys, minigrad_core; print(*({unwanted} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


@pytest.mark.parametrize("package", ["core", "ops_basic", "ops_nn", "train", "scipy", "interop"])
def test_a_package_has_the_version_of_its_distribution(package: str) -> None:
    assert import_module(f"minigrad_{package}").__version__ == version(
        f"minigrad-{package.replace('_', '-')}"
    )


def test_a_module_that_is_not_installed_has_no_version() -> None:
    with pytest.raises(AttributeError, match="module 'not_installed' has no attribute '__version__'"):
        get_package_attribute("not_installed", "__version__")
