"""Every command about publishing a plugin, and about what may be wrong with one, as it is written there."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tarfile
from pathlib import Path

DOCS = Path(__file__).parents[2] / "docs"
GUIDE = [DOCS / "how-to" / "publishing.md", DOCS / "reference" / "plugins.md"]


def test_the_commands_of_the_guide_lead_to_a_published_plugin(wheels: Path, tmp_path: Path) -> None:
    """From an empty folder. The index that has minigrad is, for now, a folder of wheels."""
    pages = "\n".join(page.read_text(encoding="utf-8") for page in GUIDE)
    commands = "\n".join(re.findall(r"```sh\n(.*?)```", pages, re.DOTALL))
    # Where uv would install instead of in the project's own environment: over the one that runs the tests.
    elsewhere = {"VIRTUAL_ENV", "UV_PYTHON", "UV_PROJECT_ENVIRONMENT"}
    env = {key: value for key, value in os.environ.items() if key not in elsewhere}
    env["UV_FIND_LINKS"] = str(wheels)
    # The `minigrad` that writes it.
    env["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), env["PATH"]])
    done = subprocess.run(
        ["bash", "-ex"], input=commands, cwd=tmp_path, env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    plugin = tmp_path / "minigrad-mine"
    assert "mine: loaded" in done.stdout
    assert "0 errors, 0 warnings" in done.stdout  # pyright; mypy's status is the command's
    assert list((plugin / "dist").glob("minigrad_mine-0.1.0-*.whl"))
    assert (plugin / "docs" / "operations" / "squareplus.md").exists()
    assert "tensor([1., 2.])" in done.stdout  # from the environment elsewhere
    assert str(plugin / "elsewhere") in done.stdout
    assert list(plugin.glob(".venv/lib/*/site-packages/minigrad_core-stubs"))  # `uv sync` has kept them

    subprocess.run(["uv", "build", "--quiet", "--sdist"], cwd=plugin, env=env, check=True)  # the next release
    (sdist,) = (plugin / "dist").glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        inside = {name.partition("/")[2] for name in archive.getnames()}
    assert "src/minigrad_mine/plugin.py" in inside
    assert not [name for name in inside if name.startswith(("elsewhere", "stubs"))]
