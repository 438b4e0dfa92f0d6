"""The example plugin, as a wheel, passes its own tests. `uv run mypy` checks its types."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

EXAMPLE = Path(__file__).parents[2] / "plugins_example"


def test_the_example_passes_its_own_tests(wheels: Path, tmp_path: Path) -> None:
    (wheel,) = wheels.glob("minigrad_example-*.whl")
    ZipFile(wheel).extractall(tmp_path)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    env = {**os.environ, "PYTHONPATH": str(tmp_path)}
    done = subprocess.run(command, cwd=EXAMPLE, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert " passed" in done.stdout
