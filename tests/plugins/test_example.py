"""The example plugin, as a wheel: its own tests and types."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest

EXAMPLE = Path(__file__).parents[2] / "plugins_example"


def test_the_example_passes_its_own_tests_and_types(
    tmp_path: Path, request: pytest.FixtureRequest, worker_id: str
) -> None:
    def run(*command: str) -> str:
        env = {**os.environ, "PYTHONPATH": str(tmp_path / "site-packages")}
        done = subprocess.run(command, cwd=EXAMPLE, env=env, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    run("uv", "build", "--quiet", "--wheel", "--out-dir", str(tmp_path / "dist"))
    (wheel,) = (tmp_path / "dist").glob("*.whl")
    ZipFile(wheel).extractall(tmp_path / "site-packages")
    tests = ["-m", "pytest", "-q", "-p", "no:cacheprovider"]
    assert " passed" in run(sys.executable, *tests)
    cache = request.config.cache.mkdir(f"mypy-{worker_id}")
    run(sys.executable, "-m", "mypy", f"--cache-dir={cache}")
