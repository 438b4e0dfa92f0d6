"""What holds for all tests."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).parents[1]
PROJECTS = [
    *("minigrad_core", "minigrad_ops_basic", "minigrad_ops_nn", "minigrad_train", "minigrad_scipy"),
    "plugins_example",
]

# That of the terminal where the tests run. readline, which pytest imports, sets it for child processes alone.
os.environ.pop("COLUMNS", None)
os.unsetenv("COLUMNS")
# Images of containers often set this variable. A process without bytecode compiles all that it imports: a
# short training takes 1.8 s of CPU time instead of 0.8 s, the collection of a worker 12 s instead of 6 s.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

# How fast examples are made depends on what else the machine does; no test measures it.
settings.register_profile("minigrad", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("minigrad")


_FIRST_STATES: dict[str, Any] = {}


@pytest.fixture(autouse=True)
def generator_of_the_module(request: pytest.FixtureRequest) -> None:
    """Let `RNG` of a module draw the same numbers in a test, whichever tests ran before."""
    module = getattr(request.node, "module", None)  # an example in a docstring has none
    if rng := getattr(module, "RNG", None):
        state = _FIRST_STATES.setdefault(request.node.module.__name__, rng.bit_generator.state)
        rng.bit_generator.state = state


@pytest.fixture(scope="session")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a wheel of each package and of the example, built once for all workers."""
    shared = tmp_path_factory.getbasetemp()
    shared = shared.parent if shared.name.startswith("popen-") else shared
    folder, made = shared / "wheels", shared / "wheels-are-there"
    with FileLock(shared / "wheels.lock"):
        if not made.exists():
            for project in PROJECTS:
                command = ["uv", "build", "--quiet", "--wheel", "--out-dir", str(folder), str(ROOT / project)]
                subprocess.run(command, check=True)
            made.touch()
    return folder


@pytest.fixture
def interrupts_arrive() -> Iterator[None]:
    """Let SIGINT raise, also where the tests themselves run as a background job that ignores it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)
