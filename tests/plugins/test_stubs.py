"""`minigrad stubs`: what type checkers know of the operations that are installed."""

from __future__ import annotations

import json
import subprocess
import sys
import venv
from pathlib import Path
from zipfile import ZipFile

import numpy
import pytest
from click.testing import CliRunner

import minigrad_core as mg
from minigrad_core.cli.group import minigrad
from tests.plugins.testbed import WORKING, Site

PLUGIN = (
    WORKING.format(op="scale").replace("[Scale()]", "[Scale(), Bare()]")
    + """
class Bare:
    name = "bare"

    def forward(self, ctx: mg.Context, x: mg.Array, *, power: int = 2) -> mg.Array:
        return x**power

    def backward(self, ctx: mg.Context, grad: mg.Array) -> mg.Array:
        return grad

class Descent(mg.Optimizer):
    name = "descent"

    def update(self, data, grad, state, settings):
        data -= grad

@mg.hookimpl
def minigrad_optimizers():
    return [Descent]
"""
)


def typed(code: str) -> str:
    return code.replace("(self, ctx, x)", "(self, ctx: mg.Context, x: mg.Array) -> mg.Array").replace(
        "(self, ctx, grad)", "(self, ctx: mg.Context, grad: mg.Array) -> mg.Array"
    )


TYPED = typed(PLUGIN)

USE = """
import minigrad_core as mg
x = mg.tensor([1.0])
mg.ops.mine.scale(x)
mg.ops.official(x)
mg.ops.mine.bare(x, power=3)
mg.ops["mine::scale"](x)
mg.optimizers.mine.descent
mg.ops.mine.scale(x, axs=1)        # wrong
mg.ops.mine.bare(x, powr=3)        # wrong
mg.ops.mine.sclae(x)               # wrong
mg.ops.nothing                     # wrong
mg.ops.scale                       # wrong
mg.optimizers.mine.scale           # wrong
"""
WRONG = [number for number, line in enumerate(USE.splitlines(), 1) if "# wrong" in line]


def write_stubs(out: Path) -> Path:
    result = CliRunner().invoke(minigrad, ["stubs", "--out", str(out)])
    assert result.exit_code == 0, result.output
    return Path(result.stdout.strip())


def in_folder(folder: Path, *module: str) -> subprocess.CompletedProcess[str]:
    """Run a module of this Python in a folder."""
    command = [sys.executable, "-m", *module]
    return subprocess.run(command, capture_output=True, text=True, cwd=folder, check=False)


@pytest.fixture
def environment(site: Site, tmp_path: Path) -> Path:
    """The Python of an environment that has the stubs and sees what is installed here."""
    site.add("mg-mine", namespace="mine", code=TYPED, typed=True)
    site.add("minigrad-ops-nn", namespace="nn", code=typed(WORKING.format(op="official")), typed=True)
    wheel = write_stubs(tmp_path / "dist")
    venv.create(tmp_path / "venv", with_pip=False)
    (packages,) = (tmp_path / "venv").glob("lib/python3*/site-packages")
    ZipFile(wheel).extractall(packages)
    folders = [site.folder, *(Path(module.__path__[0]).parent for module in (mg, numpy))]
    (packages / "all.pth").write_text("\n".join(map(str, folders)))
    (tmp_path / "use.py").write_text(USE)
    return tmp_path / "venv" / "bin" / "python"


def test_the_wheel_is_named_and_filled_as_promised(site: Site, tmp_path: Path) -> None:
    site.add("mg-mine", namespace="mine", code=TYPED, typed=True)
    wheel = write_stubs(tmp_path / "dist")
    assert wheel.name.startswith("minigrad_core_stubs-")
    assert wheel.name.endswith("-py3-none-any.whl")
    with ZipFile(wheel) as archive:
        assert archive.read("minigrad_core-stubs/py.typed") == b"partial\n"
        text = archive.read("minigrad_core-stubs/dispatch/installed.pyi").decode()
    assert "import mg_mine_plugin as _m0" in text
    assert "class _ops_mine:\n    bare: _conforming_mine_bare\n    scale: _m0.Scale\n" in text


def test_what_conforms_in_a_package_without_types_is_left_unchecked(site: Site, tmp_path: Path) -> None:
    site.add("mg-mine", namespace="mine", code=TYPED)
    with ZipFile(write_stubs(tmp_path / "dist")) as archive:
        assert "    bare: Any\n" in archive.read("minigrad_core-stubs/dispatch/installed.pyi").decode()


def test_the_same_plugins_give_the_same_bytes(site: Site, tmp_path: Path) -> None:
    site.add("mg-mine", namespace="mine", code=TYPED, typed=True)
    assert write_stubs(tmp_path / "a").read_bytes() == write_stubs(tmp_path / "b").read_bytes()


def test_mypy_checks_calls_by_registered_name(
    environment: Path, tmp_path: Path, request: pytest.FixtureRequest, worker_id: str
) -> None:
    cache = request.config.cache.mkdir(f"mypy-stubs-{worker_id}")
    options = ["--strict", "--config-file=", f"--python-executable={environment}", f"--cache-dir={cache}"]
    done = in_folder(tmp_path, "mypy", *options, "use.py")
    lines = [int(line.split(":")[1]) for line in done.stdout.splitlines() if ": error:" in line]
    assert lines == WRONG, done.stdout + done.stderr


def test_pyright_checks_calls_by_registered_name(environment: Path, tmp_path: Path) -> None:
    done = in_folder(tmp_path, "pyright", "--outputjson", f"--pythonpath={environment}", "use.py")
    entries = json.loads(done.stdout)["generalDiagnostics"]
    errors = [entry["range"]["start"]["line"] + 1 for entry in entries if entry["severity"] == "error"]
    assert errors == WRONG, entries
