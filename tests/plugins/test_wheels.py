"""Real wheels of everything, in an environment of their own, used from another folder."""

from __future__ import annotations

import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]

TRAIN = """
import minigrad_core as mg
import numpy as np
from scipy import special

assert "minigrad_core" in mg.__file__ and "site-packages" in mg.__file__
weight = mg.Parameter(mg.initializers.nn.glorot_uniform((3, 2), rng=np.random.default_rng(0)))
optimizer = mg.optimizers.nn.sgd([weight], lr=0.1)
x = np.ones((4, 3), np.float32)
losses = []
for _ in range(5):
    loss = (special.erf(mg.ops.nn.relu(x @ weight)) - 1).var() + np.tanh(weight).sum() ** 2
    loss.backward()
    optimizer.step()
    optimizer.zero_grad()
    losses.append(loss.item())
assert losses[-1] < losses[0]
"""

WITHOUT_NN = """
import minigrad_core as mg
from scipy import special

assert not hasattr(mg.ops, "nn")
x = mg.tensor([0.5], requires_grad=True)
special.erf(x).backward()
assert x.grad[0] > 0.8
mg.rescan()
assert special.erf(x).requires_grad
"""


def run(*command: str | Path, cwd: Path) -> str:
    done = subprocess.run([*map(str, command)], cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def test_wheels_install_work_and_leave(wheels: Path, tmp_path: Path) -> None:
    """One story, since installing costs more than everything that is done with it."""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    run("uv", "venv", "--quiet", tmp_path / "venv", cwd=tmp_path)
    python = tmp_path / "venv" / "bin" / "python"
    minigrad = tmp_path / "venv" / "bin" / "minigrad"

    def install(*what: str | Path) -> None:
        run("uv", "pip", "install", "--quiet", "--python", python, *what, cwd=tmp_path)

    # The core alone: it imports, and its command line says what is missing.
    install(*wheels.glob("minigrad_core-*.whl"))
    run(python, "-I", "-c", "import minigrad_core as mg; assert dir(mg.ops) == []", cwd=elsewhere)
    done = subprocess.run([minigrad, "plugins"], capture_output=True, text=True, check=False, cwd=elsewhere)
    assert "pip install 'minigrad-core[cli]'" in done.stderr

    install(*wheels.glob("*.whl"))
    run(python, "-I", "-c", TRAIN, cwd=elsewhere)
    table = run(minigrad, "plugins", "--load", cwd=elsewhere).splitlines()[1:]
    assert [line.split()[0] for line in table] == ["basic", "example", "nn", "scipy", "train"]
    assert all(line.split()[3] == "loaded" and "  site-packages  " in line for line in table)
    assert "train " in run(minigrad, "--help", cwd=elsewhere)
    assert "all pass" in run(minigrad, "check", "example", cwd=elsewhere)
    run(minigrad, "new-plugin", "minigrad-mine", "--namespace", "mine", cwd=elsewhere)
    hidden = [".gitignore", ".github/workflows/ci.yml", "src/minigrad_mine/py.typed"]
    assert all((elsewhere / "minigrad-mine" / name).exists() for name in hidden)

    gone = ["minigrad-ops-nn", "minigrad-train"]
    run("uv", "pip", "uninstall", "--quiet", "--python", python, *gone, cwd=tmp_path)
    run(python, "-I", "-c", WITHOUT_NN, cwd=elsewhere)
    table = run(minigrad, "plugins", cwd=elsewhere).splitlines()[1:]
    assert [line.split()[0] for line in table] == ["basic", "example", "scipy"]

    install("--no-deps", "--editable", ROOT / "minigrad_ops_nn")
    run(python, "-I", "-c", TRAIN, cwd=elsewhere)
    nn = run(minigrad, "plugins", cwd=elsewhere).splitlines()[3]
    assert f"  editable: {ROOT / 'minigrad_ops_nn' / 'src'}  " in nn
